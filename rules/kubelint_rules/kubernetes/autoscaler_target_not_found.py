"""kubernetes/autoscaler-target-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class AutoscalerTargetNotFound(Rule[KubernetesObject]):
    """An autoscaler scales a workload that does not exist under this name.

    ## Why
    The autoscaler reports `FailedGetScale` and never scales anything. The same goes for a ScaledObject of KEDA and for
    a VerticalPodAutoscaler.

    ## Example
    ```yaml web.yaml
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

    ---
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata:
      name: web
    spec:
      scaleTargetRef:
        apiVersion: apps/v1
        kind: Deployment
        name: webb
      maxReplicas: 5
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)
    - the target is of a custom kind that the repository does not hold
    - only the version of the target's apiVersion differs: the API server converts

    ## Source
    Kubernetes documentation, "Horizontal Pod Autoscaling"; KEDA documentation, "ScaledObject specification".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("scaleTargetRef", "targetRef")
    references = References(("scales", "sizes"), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for verb in ("scales", "sizes"):
            for reference in graph.outgoing(subject, verb):
                if reference.dangling:
                    yield self.dangling(reference, reference.wanted.kind.partition(".")[0], "nothing is scaled")
