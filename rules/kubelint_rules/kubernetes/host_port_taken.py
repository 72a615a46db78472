"""kubernetes/host-port-taken."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.ports import Claim, host_ports, pod_host_ports, taken_before


class HostPortTaken(Rule[PodTemplate]):
    """Two containers that run on the same node ask for the same port of it.

    ## Why
    A port of a node can be used once. Two containers of one pod are refused by the API server; of two DaemonSets
    that run on every node the second stays `Pending`: no node has free ports.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: node-exporter
    spec:
      selector:
        matchLabels:
          app: node-exporter
      template:
        metadata:
          labels:
            app: node-exporter
        spec:
          hostNetwork: true
          containers:
          - name: node-exporter
            image: prom/node-exporter:v1.9.1
            ports:
            - containerPort: 9100
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: process-exporter
    spec:
      selector:
        matchLabels:
          app: process-exporter
      template:
        metadata:
          labels:
            app: process-exporter
        spec:
          containers:
          - name: process-exporter
            image: ncabatoff/process-exporter:0.8.7
            ports:
            - containerPort: 9256
              hostPort: 9100
    ```

    ## Stays silent when
    - the protocols or the addresses (`hostIP`) differ
    - one of the DaemonSets runs on some of the nodes only (`nodeSelector`, node affinity)
    - the DaemonSets are in different units, in files that are alternatives of each other, or in a folder of
      examples
    - it is a Deployment: how many of its pods meet on a node is the scheduler's affair

    ## Source
    API reference, ContainerPort, `hostPort`; Kubernetes documentation, "Configuration Best Practices".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("hostPort", "hostNetwork")

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port of the node that another container has."""
        own: dict[tuple[str, str], list[Claim]] = {}
        for key, claim in pod_host_ports(subject):
            own.setdefault(key, []).append(claim)
        everywhere = host_ports(graph)
        for key, claims in own.items():
            for claim in claims:
                other = taken_before(graph, claims, claim)
                if other is None:
                    others = everywhere.get((id(subject.owner.unit), *key), [])
                    listed = next((each for each in others if each.node is claim.node), None)
                    other = None if listed is None else taken_before(graph, others, listed)
                if other is not None:
                    port, protocol = key
                    yield self.finding(
                        f"port {port}/{protocol} of the node is taken by {other.owner.kind} `{other.owner.name}`",
                        claim.node,
                        "no node has it free for this container",
                        related=[(other.node, "taken here")],
                        path=() if other.owner is subject.owner else (subject.owner, other.owner),
                        help="choose another port, or do without a port of the node",
                        subject=subject.owner,
                    )
