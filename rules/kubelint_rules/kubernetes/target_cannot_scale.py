"""kubernetes/target-cannot-scale."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.autoscaling import ScaledObject, scale_fault
from kubelint.systems.kubernetes.model import HorizontalPodAutoscaler, KubernetesObject


class TargetCannotScale(Rule[KubernetesObject]):
    """An autoscaler scales a kind that has no replicas, or that its apiVersion does not have.

    ## Why
    The controller looks the kind up in the API group of `apiVersion` and writes to its `scale` subresource.
    DaemonSets, Jobs, CronJobs and Pods have none; a Deployment is in `apps` alone. The autoscaler reports
    `FailedGetScale` for ever.

    ## Example
    ```yaml web.yaml
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata:
      name: web
    spec:
      scaleTargetRef:
        apiVersion: apps/v1
        kind: DaemonSet
        name: web
      maxReplicas: 5
    ---
    apiVersion: apps/v1
    kind: DaemonSet
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
    - the kind is a custom one: its definition decides
    - only the version differs (`apps/v1beta1`): the group is what counts
    - the configuration targets a version of Kubernetes that still served the kind in that group
    - a KEDA ScaledObject leaves `apiVersion` out, which means `apps/v1`

    ## Source
    Kubernetes documentation, "Horizontal Pod Autoscaling"; API reference, CrossVersionObjectReference.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True
    keys = ("scaleTargetRef",)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the target cannot be scaled whatever objects exist."""
        if not isinstance(subject, HorizontalPodAutoscaler | ScaledObject):
            return
        fault = scale_fault(graph, subject)
        if fault is None:
            return
        fix = None
        if fault.meant is not None and fault.node.span.text == getattr(fault.node, "text", None):
            edit = TextEdit(fault.node.span, fault.meant)
            fix = Fix(f"write `{fault.meant}`", (edit,), Safety.UNSAFE)
        yield self.finding(fault.headline, fault.node, fault.label, help=fault.help, fix=fix, subject=subject)
