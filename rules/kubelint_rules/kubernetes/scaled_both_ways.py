"""kubernetes/scaled-both-ways."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.autoscaling import VerticalPodAutoscaler, resource_metrics, scaled_by


class ScaledBothWays(Rule[VerticalPodAutoscaler]):
    """A vertical autoscaler changes the request that a horizontal autoscaler computes its share of.

    ## Why
    The horizontal autoscaler divides the usage by the request, and the vertical one sets the request after the
    usage. Each answers to what the other does, so that neither settles.

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
      - type: Resource
        resource:
          name: cpu
          target:
            type: Utilization
            averageUtilization: 80
    ---
    apiVersion: autoscaling.k8s.io/v1
    kind: VerticalPodAutoscaler
    metadata:
      name: web
    spec:
      targetRef:
        apiVersion: apps/v1
        kind: Deployment
        name: web
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
    - the vertical autoscaler only recommends (`updateMode` is `Off`)
    - its policies leave out the resource (`controlledResources`) or the container (`mode` is `Off`)
    - the horizontal autoscaler reads absolute values, or custom metrics only
    - the two are in different units, or in files that are alternatives of each other

    ## Source
    Vertical Pod Autoscaler documentation, "Known limitations"; Kubernetes documentation, "Vertical Pod
    Autoscaling".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: VerticalPodAutoscaler, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each resource that a horizontal autoscaler reads and this one changes."""
        if not subject.acts:
            return
        for sizes in graph.outgoing(subject, "sizes"):
            place = (id(subject.unit), *sizes.wanted[1:])
            for autoscaler, _ in scaled_by(graph).get(place, ()):
                if not together(graph, subject, autoscaler):
                    continue
                for resource, container, node in resource_metrics(autoscaler):
                    if subject.controls(resource, container):
                        yield self.finding(
                            f"{resource} of {sizes.wanted.kind} `{sizes.wanted.name}` is scaled both ways",
                            node,
                            f"a share of the {resource} request",
                            related=[(sizes.node, f"VerticalPodAutoscaler `{subject.name}` changes that request")],
                            path=(autoscaler, subject),
                            help=f"leave {resource} out of `controlledResources`, or scale on another metric",
                            subject=autoscaler,
                        )
