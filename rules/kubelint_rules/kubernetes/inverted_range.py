"""kubernetes/inverted-range."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.ranges import inverted_ranges


class InvertedRange(Rule[KubernetesObject]):
    """A lower bound is above its upper bound, so the object is rejected.

    ## Why
    Between a minimum and a smaller maximum nothing fits. The API server or the webhook of the controller refuses the
    object.

    ## Example
    ```yaml web.yaml
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata:
      name: web
    spec:
      scaleTargetRef:
        apiVersion: apps/v1
        kind: Deployment
        name: web
      minReplicas: 5
      maxReplicas: 3
    ```

    ## Stays silent when
    - the two are equal (see `autoscaler-without-range`)
    - one of them is a placeholder

    ## Source
    API reference, HorizontalPodAutoscalerSpec and LimitRangeItem; KEDA documentation, "ScaledObject specification";
    Vertical Pod Autoscaler documentation, ContainerResourcePolicy.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True
    keys = (
        "maxReplicas",
        "maxReplicaCount",
        "maxAllowed",
        "endPort",
        "backendRequest",
        "renewBefore",
        "default",
        "defaultRequest",
        "max",
    )

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each lower bound that is above its upper bound."""
        del graph
        for bounds in inverted_ranges(subject):
            yield self.finding(
                f"`{bounds.low_name}` {bounds.low.text} is above `{bounds.high_name}` {bounds.high.text}",
                bounds.low,
                "the lower bound",
                related=[(bounds.high, "the upper bound")],
                help="exchange them, or raise the upper one",
                subject=subject,
            )
