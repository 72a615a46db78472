"""kubernetes/undeclared-target-port."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service
from kubelint.systems.kubernetes.ports import selected


class UndeclaredTargetPort(Rule[Service]):
    """A Service sends to a port number that no container of the selected pods declares.

    ## Why
    Ports need not be declared, so that this works whenever the program listens there. Where every container does
    declare its ports, a number that none of them has is often an old one.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
        targetPort: 8080
    ---
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
            - containerPort: 80
    ```

    ## Stays silent when
    - a selected pod has a container without declared ports, or shares the network of the node
    - the Service selects no pod of the repository
    - the target port is a name: `target-port-not-found` is about those

    ## Source
    API reference, Container, `ports`; Kubernetes documentation, "Service", section "Port definitions".
    """

    severity = Severity.INFO
    group = Group.STYLE

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each number that no container declares."""
        templates = selected(graph, subject)
        if not templates or subject.unit.incomplete or any(template.host_network for template in templates):
            return
        containers = [each for template in templates for each in template.containers if each.long_running]
        declared = [port.number for container in containers for port in container.ports]
        if not all(container.ports for container in containers) or any(
            number is None or number.opaque for number in declared
        ):
            return
        numbers = {number.text for number in declared if number is not None}
        for port in subject.ports:
            target = port.scalar("targetPort") or port.scalar("port")
            if target is None or not target.text.isdigit() or target.text in numbers:
                continue
            yield self.finding(
                f"no container behind Service `{subject.name}` declares port {target.text}",
                target,
                "does a program listen there?",
                related=[(number, "a declared port") for number in declared[:3] if number is not None],
                path=(subject, templates[0].owner),
                help="send to a declared port, or declare this one",
                subject=subject,
            )
