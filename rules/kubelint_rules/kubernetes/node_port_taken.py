"""kubernetes/node-port-taken."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service
from kubelint.systems.kubernetes.ports import node_ports, taken_before


class NodePortTaken(Rule[Service]):
    """Two Services ask for the same port of the nodes.

    ## Why
    A node port belongs to one Service of the cluster, whatever its namespace. The API server refuses the second
    one: `provided port is already allocated`.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
      selector:
        app: web
      ports:
      - port: 80
        nodePort: 30080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: admin
    spec:
      type: NodePort
      selector:
        app: admin
      ports:
      - port: 80
        nodePort: 30080
    ```

    ## Stays silent when
    - the protocols differ
    - the Services are in different units, in files that are alternatives of each other, or in a folder of examples

    ## Source
    Kubernetes documentation, "Service", section "type: NodePort".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("nodePort",)

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each node port that a Service before has taken."""
        for port in subject.ports:
            node = port.scalar("nodePort")
            if node is None or node.opaque:
                continue
            claims = node_ports(graph).get((id(subject.unit), node.text, port.text_at("protocol") or "TCP"), [])
            own = next((claim for claim in claims if claim.node is node and claim.owner is subject), None)
            other = None if own is None else taken_before(graph, claims, own)
            if other is not None:
                yield self.finding(
                    f"node port {node.text} is taken by Service `{other.owner.name}`",
                    node,
                    "the API server refuses it",
                    related=[(other.node, "taken here")],
                    path=() if other.owner is subject else (subject, other.owner),
                    help="choose another port, or leave `nodePort` out to get a free one",
                    subject=subject,
                )
