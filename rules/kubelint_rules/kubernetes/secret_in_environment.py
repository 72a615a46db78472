"""kubernetes/secret-in-environment."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.literal_secrets import literal_secret
from kubelint.systems.kubernetes.pod import Container
from kubelint.tree.node import Scalar


class SecretInEnvironment(Rule[Container]):
    """A secret stands in the environment of a container as plain text.

    ## Why
    Everybody who reads the repository, the Deployment or `kubectl describe` has it, and it stays in the history
    when it is changed.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: registry.example.com/shop/web:1.4
        env:
        - name: DB_PASSWORD
          value: hunter2
    ```

    ## Stays silent when
    - the value comes from a Secret (`valueFrom`)
    - the name says something about the secret only (`…_FILE`, `…_PATH`, `…_NAME`, `TOKEN_TTL`, `PUBLIC_KEY`)
    - the value is a path, a switch, a number, a reference to a store of secrets, or something to be replaced
      (`changeme`, `<password>`)
    - the value uses other variables (`$(DB_PASSWORD)`)
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Good practices for Kubernetes Secrets" and "Define Environment Variables for a
    Container".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("env",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each variable whose value is a secret."""
        del graph
        for entry in subject.environment:
            name, value = entry.scalar("name"), entry.at("value")
            kind = literal_secret(name.text, value) if name is not None and isinstance(value, Scalar) else None
            if name is not None and value is not None and kind is not None:
                yield self.finding(
                    f"container `{subject.label}` has {kind} in plain text: `{name.text}`",
                    value,
                    "is readable for all who see the repository",
                    related=[(name, "promises a secret")] if kind == "a secret" else [],
                    help="put it into a Secret, and take it with `valueFrom.secretKeyRef` or from a file",
                    subject=subject.owner,
                )
