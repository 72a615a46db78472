"""kubernetes/replicas-under-autoscaler."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import remove_entry
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.autoscaling import ScaledObject
from kubelint.systems.kubernetes.model import Workload


class ReplicasUnderAutoscaler(Rule[Workload]):
    """A workload has a fixed number of `replicas` although an autoscaler decides it.

    ## Why
    Each time the manifest is applied the number falls back to what is written, and the autoscaler has to find the
    right one again: after a deployment under load too few pods run for a while.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 2
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
    ---
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
    ```

    ## Stays silent when
    - the autoscaler is in another unit, in a file that is an alternative of this one, or in a folder of examples
    - `replicas` is 0, which switches the autoscaler off
    - a ScaledObject is paused

    ## Source
    Kubernetes documentation, "Horizontal Pod Autoscaling", section "Migrating Deployments and StatefulSets to
    horizontal autoscaling".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY
    fixable = True

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where an autoscaler of the unit scales a workload with replicas."""
        replicas = subject.replicas
        if replicas is None or replicas.opaque or replicas.text == "0":
            return
        for reference in graph.incoming(subject, "scales"):
            autoscaler = reference.source
            if not together(graph, autoscaler, subject) or (isinstance(autoscaler, ScaledObject) and autoscaler.paused):
                continue
            spec = subject.root.mapping("spec")
            edit = None if spec is None else remove_entry(spec, "replicas")
            yield self.finding(
                f"`replicas` of {subject.kind} `{subject.name}` is set, but an autoscaler decides it",
                replicas,
                f"each apply sets {replicas.text} again",
                related=[(reference.node, f"{autoscaler.key.kind.partition('.')[0]} `{autoscaler.name}` scales it")],
                path=(autoscaler, subject),
                help="delete `replicas`",
                note="the first `kubectl apply` without it scales to 1 once; the documentation has the steps",
                fix=None if edit is None else Fix("delete `replicas`", (edit,), Safety.UNSAFE),
                subject=subject,
            )
            return
