"""kubernetes/target-in-another-namespace."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import NOT_FOUND, Group, References, Rule
from kubelint.systems.kubernetes.elsewhere import target_elsewhere
from kubelint.systems.kubernetes.gateway import Route
from kubelint.systems.kubernetes.model import KubernetesObject


class TargetInAnotherNamespace(Rule[KubernetesObject]):
    """An Ingress, a route or a binding names something that exists in another namespace only.

    ## Why
    A name without a namespace means the own one. A route that names the Gateway of another team's namespace like this
    attaches to nothing, and an Ingress whose Service is elsewhere answers 503. A binding whose namespace is misspelt
    grants its role to nobody.

    ## Example
    ```yaml route.yaml
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata:
      name: web
      namespace: shop
    spec:
      parentRefs:
      - name: public
      rules:
      - backendRefs:
        - name: web
          port: 80
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata:
      name: public
      namespace: edge
    spec:
      gatewayClassName: envoy
      listeners:
      - name: http
        port: 80
        protocol: HTTP
        allowedRoutes:
          namespaces:
            from: All
    ```

    ## Stays silent when
    - an object of that name exists in the namespace that is meant, or in one that is not written down
    - the object of the other namespace is in another unit: each may have its own
    - the account of a binding is in a namespace that is no near miss of the one that is written: it may be elsewhere
    - the name is a placeholder, or is declared under `externals` in the configuration

    ## Source
    Gateway API specification, ParentReference and BackendRef (`namespace`); Kubernetes documentation, "Ingress".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("parentRefs", "backendRefs", "backendRef", "backend", "defaultBackend", "subjects")
    references = References(outcomes=NOT_FOUND)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each target that is in another namespace than the one that is asked."""
        for reference, target, place in target_elsewhere(graph, subject):
            kind = target.kind
            if reference.kind == "binds":
                advice = f"write `namespace: {target.namespace}`"
            elif isinstance(subject, Route):
                advice = f"write `namespace: {target.namespace}` beside the name"
            else:
                advice = f"an Ingress reaches its own namespace only: move it to `{target.namespace}`"
            yield self.finding(
                f"{kind} `{target.name}` is in namespace `{target.namespace}`, not in `{reference.wanted.namespace}`",
                place,
                f"looked for in namespace `{reference.wanted.namespace}`",
                related=[(target, f"in namespace `{target.namespace}`")],
                path=(subject, target),
                help=advice,
                subject=subject,
            )
