"""kubernetes/called-port-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.addresses import Address
from kubelint.systems.kubernetes.model import ConfigMap
from kubelint.systems.kubernetes.reach import declares_ports, may_be_own


class CalledPortNotFound(Rule[Address]):
    """An address names a Service of the repository with a port that the Service does not have.

    ## Why
    A Service forwards only the ports that it declares. The connection is refused or, with most network plugins,
    dropped until it times out. Often the port is that of the container, which the Service maps to another one.

    ## Example
    ```yaml shop.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: shop
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
            image: registry.example.com/shop/web:1.4.2
            env:
            - name: DATABASE_URL
              value: postgres://db:5432/shop
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: shop
    spec:
      selector:
        app: db
      ports:
      - port: 5433
        targetPort: 5432
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: db
      namespace: shop
    spec:
      selector:
        matchLabels:
          app: db
      template:
        metadata:
          labels:
            app: db
        spec:
          containers:
          - name: db
            image: registry.example.com/shop/db:1.4.2
    ```

    ## Stays silent when
    - the Service is headless (clients reach the pods themselves), of type ExternalName, or has no ports written down
    - the Service is in another folder, where no namespace is written down or which may be another cluster or stage
    - the Service sends to the pods that the address is told to: it may be what they listen on
    - no port is written down
    - one of several Services that may be meant has the port

    ## Source
    Kubernetes documentation, "Service", section "Defining a Service".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Address, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        if subject.port is None or subject.port_node is None or subject.resource.unit.incomplete:
            return
        services = [service for service in subject.services if declares_ports(service)]
        if not services or len(services) < len(subject.services) or may_be_own(graph, subject):
            return
        known = [port for service in services for port in service.ports]
        if any(port.text_at("port") == str(subject.port) for port in known):
            return
        service = services[0]
        mapped = next((port for port in known if port.text_at("targetPort") == str(subject.port)), None)
        shown = [port for port in ([mapped] if mapped is not None else known[:3]) if port.at("port") is not None]
        yield self.finding(
            f"Service `{service.name}` has no port {subject.port}",
            subject.port_node,
            "nothing answers on this port",
            related=[
                (port.at("port") or port, "this port leads to it" if port is mapped else "the Service has this port")
                for port in shown
            ],
            path=(subject.resource, service),
            help=f"write port {shown[0].text_at('port')}" if len(shown) == 1 else "write a port of the Service",
            severity=Severity.WARNING if isinstance(subject.resource, ConfigMap) else None,
            subject=subject.resource,
        )
