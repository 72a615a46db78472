"""kubernetes/load-balancer-port-taken."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service
from kubelint.systems.kubernetes.ports import load_balancer_ports, taken_before, wanted_of_load_balancer


class LoadBalancerPortTaken(Rule[Service]):
    """Two Services ask a load balancer for the same port of the same address.

    ## Why
    Services of the type `LoadBalancer` may share an address where the implementation lets them, but a port of it leads
    to one of them only. The second one stays without an address (`EXTERNAL-IP <pending>`).

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: LoadBalancer
      loadBalancerIP: 192.0.2.10
      selector:
        app: web
      ports:
      - port: 443
        targetPort: 8443
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: admin
    spec:
      type: LoadBalancer
      loadBalancerIP: 192.0.2.10
      selector:
        app: admin
      ports:
      - port: 443
        targetPort: 9443
    ```

    ## Stays silent when
    - the Services share the address and their ports or protocols differ
    - the Services are in different units, in files that are alternatives of each other, or in a folder of examples

    ## Source
    API reference, ServiceSpec (`loadBalancerIP`); documentation of MetalLB ("IP address sharing"), Cilium
    ("LoadBalancer IP Address Management", sharing keys) and kube-vip.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = (
        "loadBalancerIP",
        "metallb.io/loadBalancerIPs",
        "metallb.universe.tf/loadBalancerIPs",
        "lbipam.cilium.io/ips",
        "io.cilium/lb-ipam-ips",
        "kube-vip.io/loadbalancerIPs",
    )

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each address of which a Service before has a port that this one asks for."""
        seen = set()
        for node, address, protocol, port in wanted_of_load_balancer(subject):
            claims = load_balancer_ports(graph).get((id(subject.unit), address, protocol, port), [])
            own = next((claim for claim in claims if claim.owner is subject), None)
            other = None if own is None else taken_before(graph, claims, own)
            if own is None or other is None or other.owner is subject or address in seen:
                continue
            seen.add(address)
            yield self.finding(
                f"port {port} of {address} is taken by Service `{other.owner.name}`",
                node,
                f"both listen on {port}/{protocol}, so this one gets no address",
                related=[(other.node, "taken here")],
                path=(subject, other.owner),
                help="choose another address or another port",
                subject=subject,
            )
