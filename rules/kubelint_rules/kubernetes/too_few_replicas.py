"""kubernetes/too-few-replicas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Workload
from kubelint.systems.kubernetes.scale import REPLICATED_KINDS, scale
from kubelint.systems.kubernetes.selecting import services_before


class TooFewReplicas(Rule[Workload]):
    """A Deployment runs fewer pods than it takes to survive the loss of one.

    ## Why
    Each drain of a node, each crash and each eviction takes the only pod away, and nothing answers until another one
    is scheduled, pulled and ready.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 1
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - an autoscaler of the repository decides the number (its bounds are for `autoscaler-minimum-too-low`)
    - the strategy is `Recreate`: two pods at a time are not wanted then
    - `replicas` is 0 (see `scaled-to-zero`) or only known later
    - `replicas` is not set and a part of the unit could not be read: an autoscaler may stand there
    - it is no Deployment: whether a StatefulSet's program can run several times is its own matter (`kinds` adds kinds)

    ## Source
    API reference, Deployment, field `replicas`; Kubernetes documentation, "Disruptions".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """What counts as few, and for whom."""

        minimum: int = option(2, "The least number of replicas that is enough.", at_least=1)
        kinds: tuple[str, ...] = option(
            ("Deployment", "Rollout"), "Kinds of workloads that are looked at.", choices=sorted(REPLICATED_KINDS)
        )
        only_behind_service: bool = option(
            default=False, description="Only look at workloads that a Service of the repository sends traffic to."
        )

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the number of replicas is below the minimum."""
        if subject.kind not in self.options.kinds or subject.root.text_at("spec", "strategy", "type") == "Recreate":
            return
        bounds = scale(graph, subject)
        if bounds.scaler is not None or bounds.minimum is None or not 0 < bounds.minimum < self.options.minimum:
            return
        if bounds.node is None and subject.unit.incomplete:
            return
        services = [] if subject.template is None else services_before(graph, subject.template)
        if self.options.only_behind_service and not services:
            return
        pods = "one pod" if bounds.minimum == 1 else f"{bounds.minimum} pods"
        yield self.finding(
            f"{subject.kind} `{subject.name}` runs only {pods}",
            bounds.node or subject.name_node or subject.node,
            f"fewer than {self.options.minimum}" if bounds.node is not None else "`replicas` is not set, which means 1",
            related=[(service.node, "sends its traffic there") for service in services[:1]],
            help=f"set `spec.replicas` to {self.options.minimum} or more, or let an autoscaler decide",
            subject=subject,
        )
