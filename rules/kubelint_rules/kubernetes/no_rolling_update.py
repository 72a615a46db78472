"""kubernetes/no-rolling-update."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import PersistentVolumeClaim, Workload
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.selecting import services_before
from kubelint.systems.kubernetes.storage import narrowest


class NoRollingUpdate(Rule[PodTemplate]):
    """An update of a workload that serves traffic stops all of its pods first, or reaches none by itself.

    ## Why
    With `Recreate`, or with `maxUnavailable: 100%`, the old pods are gone before a new one is ready: each release is an
    outage. With `OnDelete` a change of the template reaches a pod only once somebody deletes it.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 2
      strategy:
        type: Recreate
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
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
    ```

    ## Stays silent when
    - no Service of the repository sends traffic to the pods (`only-behind-service: false` asks for all workloads)
    - the pods mount a claim that is not known to be shared: two pods could not hold a ReadWriteOnce volume, so that
      `Recreate` is right
    - a percentage is below 100, or `maxUnavailable` is a number

    ## Source
    API reference, DeploymentStrategy, StatefulSetUpdateStrategy, DaemonSetUpdateStrategy.
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """For whom."""

        only_behind_service: bool = option(
            default=True, description="Only look at workloads that a Service of the repository sends traffic to."
        )

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the strategy."""
        owner = subject.owner
        if not isinstance(owner, Workload):
            return
        field = "strategy" if owner.kind == "Deployment" else "updateStrategy"
        kind = owner.root.scalar("spec", field, "type")
        share = owner.root.scalar("spec", field, "rollingUpdate", "maxUnavailable")
        services = services_before(graph, subject)
        if self.options.only_behind_service and not services:
            return
        related = [(service.node, "sends its traffic there") for service in services[:1]]
        if kind is not None and kind.text == "OnDelete":
            yield self.finding(
                f"an update of {owner.kind} `{owner.name}` reaches no pod by itself",
                kind,
                "a pod changes only once somebody deletes it",
                related=related,
                help=f"use `{field}.type: RollingUpdate`",
                subject=owner,
            )
            return
        all_at_once = share is not None and share.text == "100%"
        at = kind if kind is not None and kind.text == "Recreate" else share if all_at_once else None
        if at is not None and not self._holds_volume(subject, graph):
            yield self.finding(
                f"an update of {owner.kind} `{owner.name}` stops all its pods at once",
                at,
                "no pod is left until a new one is ready",
                related=related,
                help=f"use `{field}.type: RollingUpdate` with a smaller `maxUnavailable`",
                subject=owner,
            )

    @staticmethod
    def _holds_volume(template: PodTemplate, graph: Graph) -> bool:
        """Tell whether the pods mount a claim that one pod or node at a time may hold, as far as anybody knows."""
        for reference in graph.outgoing(template.owner, "claims"):
            claims = [target for target in reference.targets if isinstance(target, PersistentVolumeClaim)]
            if not claims or any(narrowest(claim) is not None for claim in claims):
                return True
        return False
