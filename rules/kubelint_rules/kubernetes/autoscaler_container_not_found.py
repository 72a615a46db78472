"""kubernetes/autoscaler-container-not-found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kubelint.finding import Finding, Label, Severity
from kubelint.graph.model import Entity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import HorizontalPodAutoscaler, KubernetesObject


class AutoscalerContainerNotFound(Rule[KubernetesObject]):
    """An autoscaler names a container that the pods do not have.

    ## Why
    A `ContainerResource` metric names one container of the pod. Without a container of that name the metric cannot
    be computed: the autoscaler reports `FailedGetContainerResourceMetric` and does not scale. A policy of a vertical
    autoscaler for a container that is not there bounds nothing.

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
      maxReplicas: 5
      metrics:
      - type: ContainerResource
        containerResource:
          name: cpu
          container: app
          target:
            type: Utilization
            averageUtilization: 80
    ---
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
          containers:
          - name: web
            image: nginx:1.27
            resources:
              requests:
                cpu: 100m
    ```

    ## Stays silent when
    - the target is not in the repository, or several alternatives are and one has the container
    - the name is that of a sidecar that a mesh injects (`istio-proxy`, `linkerd-proxy`)
    - the name of a container is a placeholder

    ## Source
    Kubernetes documentation, "Horizontal Pod Autoscaling", section "Container resource metrics"; Vertical Pod
    Autoscaler documentation, ContainerResourcePolicy.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("scaleTargetRef", "targetRef")
    references = References(("reads-container",), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject, "reads-container"):
            if reference.dangling and not subject.unit.incomplete:
                target = reference.detail
                finding = self.dangling(reference, "container", _consequence(subject))
                if not reference.candidates and isinstance(target, Entity):
                    extra = Label(target.span, "its pods have no such container")
                    finding = replace(finding, related=(extra,), help="name a container of the pod template")
                yield finding


def _consequence(autoscaler: KubernetesObject) -> str:
    if isinstance(autoscaler, HorizontalPodAutoscaler):
        return "the metric is never known"
    return "its bounds apply to no container"
