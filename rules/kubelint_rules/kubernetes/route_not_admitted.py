"""kubernetes/route-not-admitted."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.attachment import attachments
from kubelint.systems.kubernetes.gateway import Route


class RouteNotAdmitted(Rule[Route]):
    """A route attaches to a Gateway none of whose listeners takes it.

    ## Why
    A listener takes routes of its own namespace only, unless `allowedRoutes` says otherwise, and only routes of the
    kinds that fit its protocol. A route that none takes serves nothing, and says so in its status alone
    (`NotAllowedByListeners`).

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
    - the Gateway is not in the repository, or there are several alternatives of it
    - a namespace is not written down, or its labels are not known because no file defines it
    - a ListenerSet adds listeners to the Gateway
    - the protocol of a listener is not one of the API's own

    ## Source
    Gateway API specification, AllowedRoutes: `from` is `Same` by default; "Cross-Namespace routing".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Route, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each parent none of whose listeners takes the route."""
        if subject.unit.incomplete:
            return
        for attachment in attachments(graph, subject):
            if attachment.taken:
                continue
            gateway, listener = attachment.gateway, attachment.asked[0]
            wrong_kind = not any(each.takes_kind(subject.kind) for each in attachment.asked)
            allowed = listener.node.at("allowedRoutes", "kinds" if wrong_kind else "namespaces")
            if wrong_kind:
                headline = f"no listener of {gateway.kind} `{gateway.name}` takes routes of kind {subject.kind}"
                label = "takes routes of other kinds only"
                advice = "attach to a listener of another protocol, or allow the kind in `allowedRoutes.kinds`"
            else:
                headline = f"{gateway.kind} `{gateway.name}` takes no routes from namespace `{subject.namespace}`"
                label = "takes routes of its own namespace only" if allowed is None else "takes routes of these only"
                advice = "allow the namespace in `allowedRoutes.namespaces` of the listener, or move the route"
            yield self.finding(
                headline,
                attachment.reference.node,
                "nothing serves this route",
                related=[(allowed or listener.name or gateway, f"listener `{listener}` {label}")],
                path=(subject, gateway),
                help=advice,
                subject=subject,
            )
