"""kubernetes/port-by-number."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.model import Ingress, KubernetesObject, Service
from kubelint.systems.kubernetes.pod import Container
from kubelint.tree.node import Node, Scalar

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
HANDLERS = ("httpGet", "tcpSocket")


class PortByNumber(Rule[KubernetesObject]):
    """A probe, a Service or an Ingress names a port by its number although the port has a name.

    ## Why
    Where the number stands in four places, three are forgotten when it changes. The name stays.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 2
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
              containerPort: 8080
            readinessProbe:
              httpGet:
                path: /healthz
                port: 8080
    ```

    ## Stays silent when
    - the port has no name there, or pods that the Service selects call it differently
    - it is the handler of a `grpc` probe, which takes numbers only

    ## Source
    API reference, HTTPGetAction, ServicePort (`targetPort`), ServiceBackendPort.
    """

    severity = Severity.INFO
    group = Group.STYLE
    fixable = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each number for which there is a name."""
        for template in subject.pod_templates():
            for container in template.containers:
                yield from self._probes(container)
        if isinstance(subject, Service):
            yield from self._target_ports(subject, graph)
        elif isinstance(subject, Ingress):
            for reference in graph.outgoing(subject, "routes-to-port"):
                for service in reference.detail if isinstance(reference.detail, list) else ():
                    yield from self._backend(subject, service, reference.node)

    def _probes(self, container: Container) -> Iterator[Finding]:
        for probe in PROBES:
            for handler in HANDLERS:
                port = container.node.scalar(probe, handler, "port")
                name = None if port is None or not port.text.isdigit() else _name_of(container, port.text)
                if port is not None and name is not None:
                    yield self._finding(container.owner, port, name, f"the {probe} of `{container.label}`", Safety.SAFE)

    def _target_ports(self, service: Service, graph: Graph) -> Iterator[Finding]:
        containers = [
            container
            for reference in graph.outgoing(service, "selects")
            for target in reference.targets
            if isinstance(target, KubernetesObject)
            for template in target.pod_templates()
            for container in template.containers
        ]
        for entry in service.ports:
            port = entry.scalar("targetPort")
            if port is None or not port.text.isdigit():
                continue
            names = [name for container in containers if (name := _name_of(container, port.text)) is not None]
            declared = sum(_declares(container, port.text) for container in containers)
            if names and len(names) == declared and len({name.text for name in names}) == 1:
                yield self._finding(service, port, names[0], f"Service `{service.name}`", Safety.UNSAFE)

    def _backend(self, ingress: Ingress, service: object, port: Node) -> Iterator[Finding]:
        if not isinstance(service, Service) or not isinstance(port, Scalar) or not port.text.isdigit():
            return
        for entry in service.ports:
            name = entry.scalar("name")
            if entry.text_at("port") == port.text and name is not None:
                # `number` would have to become `name` too, which is more than a change of the value.
                yield self._finding(ingress, port, name, f"Ingress `{ingress.name}`", None)

    def _finding(
        self, subject: KubernetesObject, port: Scalar, name: Scalar, who: str, safety: Safety | None
    ) -> Finding:
        fix = None
        if safety is not None and not name.opaque:
            fix = Fix(f"write `{name.text}`", (TextEdit(port.span, name.text),), safety)
        return self.finding(
            f"{who} names port `{name.text}` by its number",
            port,
            f"is called `{name.text}`",
            related=[(name, "the name of the port")],
            help=f"write `{name.text}`" if safety is not None else f"write `name: {name.text}`",
            fix=fix,
            subject=subject,
        )


def _name_of(container: Container, number: str) -> Scalar | None:
    return next((port.name for port in container.ports if port.number is not None and port.number.text == number), None)


def _declares(container: Container, number: str) -> bool:
    return any(port.number is not None and port.number.text == number for port in container.ports)
