"""kubernetes/ssh-port."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container


class SshPort(Rule[Container]):
    """A container declares port 22, so it probably runs an SSH server.

    ## Why
    A way in beside `kubectl exec` that the cluster neither checks nor logs, with keys and passwords of its own.

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
        ports:
        - containerPort: 22
    ```

    ## Stays silent when
    - the container serves another port
    - the value is only known later (a template, a placeholder)

    ## Source
    API reference, ContainerPort, field `containerPort`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("containerPort",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a port 22."""
        del graph
        for port in subject.ports:
            number = port.number
            if number is not None and number.text == "22" and port.protocol == "TCP":
                yield self.finding(
                    f"container `{subject.label}` seems to run an SSH server",
                    number,
                    "is the port of SSH",
                    help="remove the server, and use `kubectl exec`",
                    subject=subject.owner,
                )
