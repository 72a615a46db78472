"""kubernetes/spread-without-selector."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.parts import parts
from kubelint.tree.node import Scalar


class SpreadWithoutSelector(Rule[KubernetesObject]):
    """A topology spread constraint has no label selector, so it counts no pods and spreads nothing.

    ## Why
    The scheduler counts the pods that the selector matches in each zone or node. A constraint without one matches none:
    all places are equally empty and the constraint has no effect.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          topologySpreadConstraints:
          - maxSkew: 1
            topologyKey: topology.kubernetes.io/zone
            whenUnsatisfiable: DoNotSchedule
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - there is a selector, also an empty one, which matches all pods of the namespace
    - a part of the constraint is only known later

    ## Source
    Kubernetes documentation, "Pod Topology Spread Constraints"; API reference, TopologySpreadConstraint
    (`labelSelector`).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    alone = True
    keys = ("topologySpreadConstraints",)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each constraint that selects nothing."""
        for part in parts(graph, subject).of("core.TopologySpreadConstraint"):
            if any(key.opaque for key, _ in part.node.entries):
                continue
            selector = part.node.at("labelSelector")
            if selector is None or (isinstance(selector, Scalar) and selector.is_null):
                yield self.finding(
                    "a topology spread constraint without selector spreads nothing",
                    part.node.scalar("topologyKey") or part.node,
                    "no pod is counted",
                    help="add `labelSelector` with the labels of the pod template",
                    subject=subject,
                )
