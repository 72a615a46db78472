"""kubernetes/autoscalers-share-target."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, References, Rule
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.autoscaling import scaled_by
from kubelint.systems.kubernetes.model import KubernetesObject


class AutoscalersShareTarget(Rule[KubernetesObject]):
    """Two autoscalers scale the same workload, each to another number.

    ## Why
    Each controller computes a number of its own and writes it; the workload is scaled up and down for ever. KEDA
    makes a HorizontalPodAutoscaler of each ScaledObject, so that a second one beside it is one too many.

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
    ---
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata:
      name: web-memory
    spec:
      scaleTargetRef:
        apiVersion: apps/v1
        kind: Deployment
        name: web
      maxReplicas: 5
      metrics:
      - type: Resource
        resource:
          name: memory
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
                memory: 100Mi
    ```

    ## Stays silent when
    - the autoscalers are in different units, in files that are alternatives of each other, or in a folder of
      examples
    - a ScaledObject is paused, or takes over the autoscaler that exists (`scaledobject.keda.sh/transfer-hpa-
      ownership`)

    ## Source
    Kubernetes documentation, "Horizontal Pod Autoscaling"; KEDA documentation, "Scaling Deployments, StatefulSets
    and Custom Resources".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("scaleTargetRef",)
    references = References(("scales",))

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for an autoscaler whose target another one scales already."""
        for reference in graph.outgoing(subject, "scales"):
            before = []
            for autoscaler, node in scaled_by(graph).get((id(subject.unit), *reference.wanted[1:]), ()):
                if autoscaler is subject:
                    break
                before.append((autoscaler, node))
            else:
                return
            for other, node in before:
                if together(graph, other, subject):
                    kind, name = reference.wanted.kind.partition(".")[0], reference.wanted.name
                    yield self.finding(
                        f"{kind} `{name}` is scaled by two autoscalers",
                        reference.node,
                        f"{subject.kind} `{subject.name}` scales it",
                        related=[(node, f"and so does {other.kind} `{other.name}`")],
                        path=(subject, other),
                        help="put all metrics into one autoscaler: the highest result wins there",
                        subject=subject,
                    )
                    return
