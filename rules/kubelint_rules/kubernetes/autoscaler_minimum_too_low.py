"""kubernetes/autoscaler-minimum-too-low."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import HorizontalPodAutoscaler


class AutoscalerMinimumTooLow(Rule[HorizontalPodAutoscaler]):
    """An autoscaler may scale down to fewer pods than it takes to survive the loss of one.

    ## Why
    In quiet hours the autoscaler leaves one pod. A drained node or a crash then takes the whole service down, which is
    what several replicas are for.

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
      minReplicas: 1
      maxReplicas: 10
    ```

    ## Stays silent when
    - `minReplicas` is 0: scaling to zero is a choice of its own
    - `minReplicas` is only known later
    - `maxReplicas` is below the minimum too: the number of pods is fixed on purpose

    ## Source
    API reference, HorizontalPodAutoscalerSpec: `minReplicas` defaults to 1.
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """What counts as few."""

        minimum: int = option(2, "The least `minReplicas` that is enough.", at_least=1)

    def check(self, subject: HorizontalPodAutoscaler, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the lower bound, written or by default, is below the minimum."""
        del graph
        low, high = subject.root.scalar("spec", "minReplicas"), subject.root.text_at("spec", "maxReplicas")
        text = "1" if low is None else low.text
        if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) < self.options.minimum:
            return
        if high is not None and high.isascii() and high.isdigit() and int(high[:9]) < self.options.minimum:
            return
        yield self.finding(
            f"HorizontalPodAutoscaler `{subject.name}` may scale down to {text} pod{'' if text == '1' else 's'}",
            low or subject.name_node or subject.node,
            f"fewer than {self.options.minimum}" if low is not None else "`minReplicas` is not set, which means 1",
            help=f"set `minReplicas` to {self.options.minimum} or more",
            subject=subject,
        )
