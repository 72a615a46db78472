"""kubernetes/gateway-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class GatewayNotFound(Rule[KubernetesObject]):
    """A route attaches to a Gateway that does not exist under this name.

    ## Why
    A route without parent is accepted and serves nothing: no listener takes it.

    ## Example
    ```yaml web.yaml
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata:
      name: public
      namespace: shop
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
      - name: pubic
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
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)
    - the parent is of a kind that an implementation brings along

    ## Source
    Gateway API specification, ParentReference.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("parentRefs", "parentRef")
    references = References(("attaches-to",), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject, "attaches-to"):
            kind = reference.wanted.kind.partition(".")[0]
            if reference.dangling and kind in ("Gateway", "ListenerSet"):
                yield self.dangling(reference, kind, "nothing serves this route")
