"""istio/gateway-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.istio.hosts import gateway_name
from kubelint.systems.istio.model import VirtualService
from kubelint.tree.node import Scalar


class GatewayNotFound(Rule[VirtualService]):
    """A VirtualService is bound to a gateway that does not exist under this name or in this namespace.

    ## Why
    Its routes are then programmed into no gateway, and requests from outside get 404. A name without a namespace is
    looked up in the namespace of the VirtualService; a gateway elsewhere is written `namespace/name`.

    ## Example
    ```yaml shop.yaml
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata:
      name: public
      namespace: istio-system
    spec:
      selector:
        istio: ingressgateway
      servers:
      - port:
          number: 80
          name: http
          protocol: HTTP
        hosts:
        - "*"
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: shop
      namespace: shop
    spec:
      hosts:
      - shop.example.com
      gateways:
      - public
      http:
      - route:
        - destination:
            host: frontend
    ```

    ## Stays silent when
    - a gateway of that name exists in the namespace that is meant, or one of the two namespaces is not written down
    - nothing in the repository has that name and nothing in the same unit a near one: the gateway may live elsewhere
    - the name is `mesh`, or that of a gateway that istiod makes of a Gateway API resource

    ## Source
    Istio reference, "VirtualService", field `gateways`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("gateways",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each name of a gateway that leads nowhere."""
        for reference in graph.outgoing(subject, "binds-gateway"):
            node = reference.node
            if not reference.dangling or not isinstance(node, Scalar):
                continue
            namespace, name = gateway_name(node.text, subject.namespace)
            writings = [
                f"{found.namespace}/{found.name}" if found.namespace not in ("", subject.namespace) else found.name
                for found in reference.candidates
            ]
            elsewhere = [found for found in reference.candidates if found.name == name]
            if elsewhere and "/" not in node.text:
                headline = f"namespace `{namespace}` has no gateway `{name}`; {did_you_mean(writings)}"
            else:
                meant = did_you_mean(writings)
                headline = f"gateway `{node.text}` does not exist" + (f"; {meant}" if meant else "")
            fix = None
            if len(writings) == 1:
                edit = TextEdit(node.part(0, len(node.text)), writings[0])
                fix = Fix(f"write `{writings[0]}`", (edit,), Safety.UNSAFE)
            yield self.finding(
                headline,
                node,
                "no gateway takes these routes: requests from outside get 404",
                related=[
                    (
                        found,
                        f"this one is in namespace `{found.namespace}`" if found in elsewhere else "this one exists",
                    )
                    for found in reference.candidates
                ],
                path=(subject, *reference.candidates[:1]),
                help=f"write `{writings[0]}`" if len(writings) == 1 else f"define the gateway `{name}`",
                fix=fix,
                subject=subject,
            )
