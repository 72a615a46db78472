"""kubernetes/secret-in-config-map."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.literal_secrets import literal_secret
from kubelint.systems.kubernetes.model import ConfigMap
from kubelint.tree.node import Scalar


class SecretInConfigMap(Rule[ConfigMap]):
    """A secret stands in a ConfigMap as plain text.

    ## Why
    A ConfigMap is for what everybody may read: many more people and programs get to see it than a Secret, and it
    stays in the history of the repository.

    ## Example
    ```yaml config.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      DB_USER: shop
      DB_PASSWORD: hunter2
    ```

    ## Stays silent when
    - the key says something about the secret only (`…_FILE`, `…_PATH`, `…_NAME`, `TOKEN_TTL`, `PUBLIC_KEY`)
    - the value is a path, a switch, a number, a reference to a store of secrets, or something to be replaced
      (`changeme`, `<password>`)
    - the value is a whole file: only private keys are looked for there
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "ConfigMaps" ("ConfigMap does not provide secrecy or encryption").
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: ConfigMap, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each key whose value is a secret."""
        del graph
        for key, value in subject.root.pairs_at("data"):
            kind = literal_secret(key.text, value) if isinstance(value, Scalar) else None
            if kind is not None:
                yield self.finding(
                    f"ConfigMap `{subject.name}` has {kind} in plain text: `{key.text}`",
                    value,
                    "is readable for all who see the ConfigMap",
                    related=[(key, "promises a secret")] if kind == "a secret" else [],
                    help="put it into a Secret",
                    subject=subject,
                )
