"""kubernetes/listener-not-found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kubelint.finding import Finding, Label, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.gateway import Listeners, Route


class ListenerNotFound(Rule[Route]):
    """A route attaches to a listener that its Gateway does not have.

    ## Why
    `sectionName` is the name of a listener. The route is not accepted (`NoMatchingParent`), so that nothing serves
    it.

    ## Example
    ```yaml web.yaml
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata:
      name: public
      namespace: infra
    spec:
      gatewayClassName: envoy
      listeners:
      - name: http
        protocol: HTTP
        port: 80
        allowedRoutes:
          namespaces:
            from: All
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata:
      name: web
      namespace: shop
    spec:
      parentRefs:
      - name: public
        namespace: infra
        sectionName: https
      rules:
      - backendRefs:
        - name: web
          port: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      namespace: shop
    spec:
      selector:
        app: web
      ports:
      - port: 80
    ```

    ## Stays silent when
    - the Gateway is not in the repository, or one of several alternatives of it has the listener
    - a ListenerSet adds listeners to the Gateway
    - a name is a placeholder

    ## Source
    Gateway API specification, ParentReference, `sectionName` and `port`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Route, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject, "attaches-to-port"):
            gateway = reference.detail
            if reference.dangling and not subject.unit.incomplete and isinstance(gateway, Listeners):
                ports = [port for listener in gateway.listeners if (port := listener.node.scalar("port")) is not None]
                yield self.finding(
                    f"{gateway.kind} `{gateway.name}` has no listener on port {reference.node.span.text}",
                    reference.node,
                    "no listener takes the route",
                    related=[(port, "a port of the gateway") for port in ports[:3]],
                    help="name the port of a listener, or leave `port` out",
                    subject=subject,
                )
        for reference in graph.outgoing(subject, "attaches-to-listener"):
            gateway = reference.detail
            if not reference.dangling or subject.unit.incomplete or not isinstance(gateway, Listeners):
                continue
            finding = self.dangling(reference, "listener", f"{gateway.kind} `{gateway.name}` has no such listener")
            if not reference.candidates:
                known = [listener.name for listener in gateway.listeners if listener.name is not None]
                labels = tuple(Label(name.span, "a listener of the gateway") for name in known[:3])
                advice = "name a listener of the gateway, or leave `sectionName` out"
                finding = replace(finding, related=labels, help=advice)
            yield finding
