"""kubernetes/service-address-taken."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service
from kubelint.systems.kubernetes.ports import cluster_addresses, taken_before
from kubelint.tree.node import Scalar


class ServiceAddressTaken(Rule[Service]):
    """Two Services ask for the same cluster address.

    ## Why
    A cluster IP belongs to one Service. The API server refuses the second one: `provided IP is already allocated`.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: dns
    spec:
      clusterIP: 10.96.0.10
      selector:
        k8s-app: dns
      ports:
      - port: 53
        protocol: UDP
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: dns-tcp
    spec:
      clusterIP: 10.96.0.10
      selector:
        k8s-app: dns
      ports:
      - port: 53
    ```

    ## Stays silent when
    - the Services are headless
    - the Services are in different units, in files that are alternatives of each other, or in a folder of examples

    ## Source
    Kubernetes documentation, "Service", section "Choosing your own IP address".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("clusterIP", "clusterIPs")

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each address that a Service before has taken."""
        seen = set()
        for node in (subject.root.scalar("spec", "clusterIP"), *subject.root.items_at("spec", "clusterIPs")):
            if not isinstance(node, Scalar) or node.text in seen:
                continue
            seen.add(node.text)
            claims = cluster_addresses(graph).get((id(subject.unit), node.text), [])
            own = next((claim for claim in claims if claim.owner is subject), None)
            other = None if own is None else taken_before(graph, claims, own)
            if other is not None and other.owner is not subject:
                yield self.finding(
                    f"address {node.text} is taken by Service `{other.owner.name}`",
                    node,
                    "the API server refuses it",
                    related=[(other.node, "taken here")],
                    path=(subject, other.owner),
                    help="choose another address, or leave `clusterIP` out to get a free one",
                    subject=subject,
                )
