"""kubernetes/reference-not-granted."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.attachment import missing_grants
from kubelint.systems.kubernetes.model import KubernetesObject


class ReferenceNotGranted(Rule[KubernetesObject]):
    """A route or a Gateway refers to an object of another namespace that has not granted it.

    ## Why
    Without a ReferenceGrant in the namespace of the target the reference is refused (`RefNotPermitted`): the route
    answers 500, the listener has no certificate.

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
      rules:
      - backendRefs:
        - name: payments
          namespace: billing
          port: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: payments
      namespace: billing
    spec:
      selector:
        app: payments
      ports:
      - port: 80
    ```

    ## Stays silent when
    - the target is not in the repository
    - a ReferenceGrant of the target's namespace allows it, by name or for all
    - a namespace is not written down on one of the two sides
    - a part of the unit could not be read

    ## Source
    Gateway API documentation, "ReferenceGrant" and "Cross-Namespace routing".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("backendRefs", "backendRef", "certificateRefs")

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference across namespaces that nothing grants."""
        if subject.unit.incomplete or not subject.group.startswith("gateway."):
            return  # other APIs look into other namespaces by rules of their own
        for missing in missing_grants(graph, subject):
            target, reference = missing.target, missing.reference
            if target.unit.incomplete:
                continue
            near = [(grant, "this grant is for something else") for grant in missing.grants[:2]]
            yield self.finding(
                f"nothing grants {subject.kind} `{subject.name}` the use of `{target.namespace}/{target.name}`",
                reference.node,
                f"a {target.kind} of another namespace",
                related=[(target, "the target"), *near],
                path=(subject, target),
                help=f"add a ReferenceGrant to `{target.namespace}`: "
                f"from {subject.kind} of `{subject.namespace}` to {target.kind}",
                subject=subject,
            )
