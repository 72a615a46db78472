"""kubernetes/unnamed-container-port."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container


class UnnamedContainerPort(Rule[Container]):
    """A container port has no name, so everything else must name it by its number.

    ## Why
    Services, probes and monitors can refer to a port by name, and then nothing but the container knows the number.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27
        ports:
        - containerPort: 80
    ```

    ## Stays silent when
    - the container declares no port

    ## Source
    API reference, ContainerPort, field `name`.
    """

    severity = Severity.INFO
    group = Group.STYLE
    keys = ("containerPort",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each number without name."""
        del graph
        for port in subject.ports:
            if port.name is None and port.number is not None:
                yield self.finding(
                    f"port {port.number.text} of container `{subject.label}` has no name",
                    port.number,
                    help="add `name`, such as `http`",
                    subject=subject.owner,
                )
