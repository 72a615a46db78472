"""kubernetes/secret-read-from-environment."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container


class SecretReadFromEnvironment(Rule[Container]):
    """A container takes a Secret through its environment and not from a file.

    ## Why
    The environment is passed on to every child process, ends up in crash reports and logs, and does not change when
    the Secret does. A mounted Secret has none of that.

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
          valueFrom:
            secretKeyRef:
              name: db
              key: password
    ```

    ## Stays silent when
    - the Secret is mounted as a volume
    - the environment comes from ConfigMaps or fields of the pod

    ## Source
    Kubernetes documentation, "Good practices for Kubernetes Secrets", section "Restrict Secret access to specific
    containers".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("secretKeyRef", "secretRef")

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each Secret in the environment."""
        del graph
        places = [entry.at("valueFrom", "secretKeyRef") for entry in subject.environment]
        places += [entry.at("secretRef") for entry in subject.node.items_at("envFrom")]
        for place in places:
            if place is not None:
                yield self.finding(
                    f"container `{subject.label}` takes a Secret through its environment",
                    place.scalar("name") or place,
                    "goes into the environment of all its processes",
                    help="mount the Secret as a volume, and let the program read the file",
                    subject=subject.owner,
                )
