"""kubernetes/scaled-to-zero."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import HorizontalPodAutoscaler, Workload
from kubelint.systems.kubernetes.scale import REPLICATED_KINDS, scale
from kubelint.systems.kubernetes.selecting import services_before


class ScaledToZero(Rule[Workload]):
    """A workload is committed with `replicas: 0`, so nothing runs.

    ## Why
    Often a leftover of a repair. A Service in front of it has no endpoints, and a HorizontalPodAutoscaler does not
    help: at 0 replicas it is switched off.

    ## Example
    ```yaml worker.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: worker
    spec:
      replicas: 0
      selector:
        matchLabels:
          app: worker
      template:
        metadata:
          labels:
            app: worker
        spec:
          containers:
          - name: worker
            image: ghcr.io/example/worker:2.3.1
    ```

    ## Stays silent when
    - KEDA scales it: a ScaledObject starts the pods when there is work

    ## Source
    Kubernetes documentation, "Horizontal Pod Autoscaling", section "Implicit maintenance-mode deactivation".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the zero."""
        count = subject.replicas
        if subject.kind not in REPLICATED_KINDS or count is None or count.text != "0":
            return
        scaler = scale(graph, subject).scaler
        if scaler is not None and not isinstance(scaler, HorizontalPodAutoscaler):
            return
        services = [] if subject.template is None else services_before(graph, subject.template)
        related = [(service.node, "has no endpoints meanwhile") for service in services[:1]]
        if scaler is not None:
            related.append((scaler.node, "is switched off by it"))
        yield self.finding(
            f"{subject.kind} `{subject.name}` is scaled to zero",
            count,
            "no pod runs",
            related=related,
            help="set the number of pods that is meant, or remove the workload",
            subject=subject,
        )
