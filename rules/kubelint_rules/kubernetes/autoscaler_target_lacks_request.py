"""kubernetes/autoscaler-target-lacks-request."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.autoscaling import Autoscaler, ScaledObject, resource_metrics
from kubelint.systems.kubernetes.model import HorizontalPodAutoscaler, KubernetesObject, Workload
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.resource_requirements import requests
from kubelint.tree.node import Node


class AutoscalerTargetLacksRequest(Rule[KubernetesObject]):
    """An autoscaler reads a share of a request that a container does not have: the metric stays `<unknown>`.

    ## Why
    Utilization is usage divided by the request. When one container of the pod has no request for the resource, the
    controller cannot compute it, reports `<unknown>` and never scales.

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
      maxReplicas: 10
      metrics:
      - type: Resource
        resource:
          name: cpu
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
    ```

    ## Stays silent when
    - a limit for the resource is set: the API server copies it into the request
    - a LimitRange of the namespace sets a default request
    - the metric is an absolute value (`AverageValue`), or of another container (`ContainerResource`)
    - the target is not in the repository, or a patch of its kustomization may set the request
    - only init containers that end before the pod runs lack the request
    - the pod as a whole has the request, or a VerticalPodAutoscaler sets it

    ## Source
    Kubernetes documentation, "Horizontal Pod Autoscaling", section "Algorithm details"; KEDA documentation, "CPU
    Scaler".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("scaleTargetRef",)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each metric and target whose containers lack the request."""
        if not isinstance(subject, HorizontalPodAutoscaler | ScaledObject):
            return
        workloads = [
            target
            for reference in graph.outgoing(subject, "scales")
            for target in reference.targets
            if isinstance(target, Workload)
        ]
        for resource, container_name, metric in resource_metrics(subject):
            for workload in workloads:
                if subject.unit.incomplete or workload.unit.incomplete:
                    continue  # a part that was not read, or a patch, may set the request
                lacking = self._lacking(graph, workload, resource, container_name)
                if lacking:
                    yield self._finding(subject, workload, resource, metric, lacking)

    @staticmethod
    def _lacking(graph: Graph, workload: Workload, resource: str, container_name: str | None) -> list[Container]:
        return [
            container
            for container in (() if workload.template is None else workload.template.containers)
            if container.long_running
            and (container_name is None or container.label == container_name)
            and not requests(graph, container, resource)
        ]

    def _finding(
        self,
        autoscaler: Autoscaler,
        workload: Workload,
        resource: str,
        metric: Node,
        lacking: list[Container],
    ) -> Finding:
        names = " and ".join(f"`{container.label}`" for container in lacking[:3])
        plural = "s" if len(lacking) > 1 else ""
        return self.finding(
            f"{workload.kind} `{workload.name}` requests no {resource}, so the metric is never known",
            metric,
            f"a share of the {resource} request, which container{plural} {names} lack{'' if plural else 's'}",
            related=[
                (container.name or container.node, f"no `resources.requests.{resource}` here") for container in lacking
            ],
            path=(autoscaler, workload),
            help=f"set `resources.requests.{resource}` in each container, or scale on an absolute value",
            subject=autoscaler,
        )
