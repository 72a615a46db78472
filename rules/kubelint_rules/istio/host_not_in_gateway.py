"""istio/host-not-in-gateway."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import Resolution
from kubelint.graph.query import Graph, fits
from kubelint.rule import Group, Rule
from kubelint.systems.istio.hosts import matches, server_host
from kubelint.systems.istio.model import Gateway, VirtualService
from kubelint.tree.node import Scalar


class HostNotInGateway(Rule[VirtualService]):
    """A host of a VirtualService is served by none of its gateways: requests for it get 404.

    ## Why
    A gateway takes only requests for the hosts of its servers. A host may carry a namespace (`shop/*.example.com`):
    then only VirtualServices of that namespace are taken.

    ## Example
    ```yaml shop.yaml
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata:
      name: public
    spec:
      selector:
        istio: ingressgateway
      servers:
      - port:
          number: 80
          name: http
          protocol: HTTP
        hosts:
        - "*.example.com"
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: shop
    spec:
      hosts:
      - shop.example.org
      gateways:
      - public
      http:
      - route:
        - destination:
            host: frontend
    ```

    ## Stays silent when
    - one of the gateways is not in the repository, or a host on either side is a placeholder
    - the VirtualService is bound to `mesh` as well: the host may be meant for that
    - any of several definitions of a gateway serves the host

    ## Source
    Istio reference, "Gateway", field `Server.hosts`.
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS
    keys = ("gateways",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host that no gateway serves."""
        if subject.in_mesh:
            return
        bound = graph.outgoing(subject, "binds-gateway")
        if not bound or any(reference.resolution is not Resolution.RESOLVED for reference in bound):
            return
        gateways = [target for reference in bound for target in reference.targets if isinstance(target, Gateway)]
        served = [(gateway, node) for gateway in gateways for node in gateway.server_hosts()]
        if not served or any(node.opaque for _, node in served):
            return
        for host in subject.hosts:
            if not host.opaque and not any(_serves(gateway, node, host, subject) for gateway, node in served):
                shown = [f"`{name}`" for name in dict.fromkeys(node.text for _, node in served)]
                yield self.finding(
                    f"no gateway of this VirtualService serves the host `{host.text}`",
                    host,
                    "requests for this host get 404",
                    related=[(node, "a gateway serves this host") for _, node in served[:3]],
                    path=(subject, gateways[0]),
                    help=f"add the host to a server of the gateway; it serves {', '.join(shown[:3])}",
                    subject=subject,
                )


def _serves(gateway: Gateway, node: Scalar, host: Scalar, service: VirtualService) -> bool:
    namespace, served = server_host(node.text, gateway.namespace)
    return (namespace == "*" or fits(namespace, service.namespace)) and matches(served, host.text)
