"""kubernetes/measured-object-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import HorizontalPodAutoscaler


class MeasuredObjectNotFound(Rule[HorizontalPodAutoscaler]):
    """An autoscaler reads the metric of an object that does not exist under this name.

    ## Why
    An `Object` metric is that of one object, such as the requests per second of an Ingress. Nobody exports it for a
    name that does not exist: the autoscaler reports `FailedGetObjectMetric` and does not scale.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: checkout
    spec:
      ports:
      - port: 80
    ---
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata:
      name: checkout
    spec:
      scaleTargetRef:
        apiVersion: apps/v1
        kind: Deployment
        name: checkout
      maxReplicas: 5
      metrics:
      - type: Object
        object:
          metric:
            name: requests_per_second
          describedObject:
            apiVersion: v1
            kind: Service
            name: chekcout
          target:
            type: Value
            value: 2k
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)

    ## Source
    Kubernetes documentation, "HorizontalPodAutoscaler Walkthrough", section "Autoscaling on multiple metrics and
    custom metrics".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("describedObject", "target")

    def check(self, subject: HorizontalPodAutoscaler, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject, "measures"):
            if reference.dangling:
                yield self.dangling(reference, reference.wanted.kind.partition(".")[0], "nobody measures it")
