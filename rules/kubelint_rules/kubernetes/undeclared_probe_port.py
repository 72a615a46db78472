"""kubernetes/undeclared-probe-port."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.probe_ports import probe_ports


class UndeclaredProbePort(Rule[Container]):
    """A probe asks a port number that no container of the pod declares.

    ## Why
    Ports need not be declared, so that this works whenever the program listens there. Where all ports are declared,
    a number that is not among them is often an old one, and the probe fails each time.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
            ports:
            - name: http
              containerPort: 80
            readinessProbe:
              httpGet:
                path: /
                port: 8080
    ```

    ## Stays silent when
    - the container declares no ports
    - another container of the pod declares the number, since all share one network
    - the probe asks another host

    ## Source
    API reference, Container, `ports`; Kubernetes documentation, "Configure Liveness, Readiness and Startup Probes".
    """

    severity = Severity.INFO
    group = Group.STYLE
    keys = ("httpGet", "tcpSocket", "grpc")

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each number that no container declares."""
        del graph
        declared = subject.template.port_numbers
        if not subject.ports or subject.template.has_hidden_ports:
            return
        for name, port in probe_ports(subject):
            if not port.text.isdigit() or port.text in declared:
                continue
            yield self.finding(
                f"`{name}` asks port {port.text}, which no container declares",
                port,
                "does a program listen there?",
                related=[(number, "a declared port") for number in islice(declared.values(), 3)],
                help="ask a declared port, or declare this one",
                subject=subject.owner,
            )
