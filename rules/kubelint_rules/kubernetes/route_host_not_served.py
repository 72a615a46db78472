"""kubernetes/route-host-not-served."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.attachment import attachments, unserved_hosts
from kubelint.systems.kubernetes.gateway import Route


class RouteHostNotServed(Rule[Route]):
    """A route is for a host that no listener of its Gateways serves.

    ## Why
    Only host names that fit the `hostname` of a listener are served; the others are left out without any message.
    When none fits, the route is not accepted (`NoMatchingListenerHostname`).

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
      - name: https
        protocol: HTTPS
        port: 443
        hostname: "*.example.com"
        tls:
          certificateRefs:
          - name: wildcard
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
      hostnames:
      - shop.exmaple.com
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
    - one of the parents is not in the repository, or has several alternatives, or ListenerSets that add to it
    - a listener has no `hostname`: it serves all
    - a host is a placeholder
    - no listener takes the route at all: `route-not-admitted` says so

    ## Source
    Gateway API specification, HTTPRouteSpec, `hostnames`; Listener, `hostname`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("hostnames",)

    def check(self, subject: Route, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host that no listener serves."""
        if subject.unit.incomplete or not subject.has_hostnames:
            return
        unserved = unserved_hosts(graph, subject)
        for host in unserved:
            served = [
                listener.hostname
                for attachment in attachments(graph, subject)
                for listener in attachment.taken
                if listener.hostname is not None
            ]
            gateway = attachments(graph, subject)[0].gateway
            all_of_them = len(unserved) == len(subject.hostnames)
            yield self.finding(
                f"no listener of {gateway.kind} `{gateway.name}` serves `{host.text}`",
                host,
                "nothing serves this route" if all_of_them else "this host is left out",
                related=[(name, "the listener serves this") for name in served[:3]],
                path=(subject, gateway),
                help="correct the host, or add a listener for it",
                severity=None if all_of_them else Severity.WARNING,
                subject=subject,
            )
