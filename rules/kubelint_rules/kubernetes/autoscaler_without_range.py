"""kubernetes/autoscaler-without-range."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import HorizontalPodAutoscaler
from kubelint.systems.kubernetes.numbers import number_at, whole_number


class AutoscalerWithoutRange(Rule[HorizontalPodAutoscaler]):
    """An autoscaler has the same lower and upper bound, so it never scales.

    ## Why
    With `minReplicas` equal to `maxReplicas` the number of pods is fixed. The metrics are read and nothing follows from
    them.

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
      minReplicas: 3
      maxReplicas: 3
    ```

    ## Stays silent when
    - the bounds differ
    - one of them is a placeholder

    ## Source
    API reference, HorizontalPodAutoscalerSpec.
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: HorizontalPodAutoscaler, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the bounds leave one number of pods."""
        del graph
        spec = subject.root.mapping("spec")
        most = None if spec is None else spec.scalar("maxReplicas")
        number = whole_number(most)
        if spec is None or most is None or number is None or number_at(spec, "minReplicas", 1) != number:
            return
        least = spec.scalar("minReplicas")
        yield self.finding(
            f"the autoscaler always runs {number} pod{'' if number == 1 else 's'}",
            most,
            "no more than the minimum",
            related=[] if least is None else [(least, "the minimum")],
            help="raise `maxReplicas`, or set `replicas` in the workload and remove the autoscaler",
            subject=subject,
        )
