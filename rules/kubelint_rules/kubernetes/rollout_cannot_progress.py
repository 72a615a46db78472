"""kubernetes/rollout-cannot-progress."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Workload
from kubelint.systems.kubernetes.rollouts import stalemate


class RolloutCannotProgress(Rule[Workload]):
    """A rolling update may neither add a pod nor take one away, so the object is rejected.

    ## Why
    An update replaces pods: it must be allowed to run one more, or one less. With both at 0 it could never begin. A
    DaemonSet may do only one of the two.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      strategy:
        rollingUpdate:
          maxSurge: 0
          maxUnavailable: 0%
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
    - one of them is left out: its default is not 0 (25 % in a Deployment)
    - one of them is a placeholder

    ## Source
    API reference, RollingUpdateDeployment and RollingUpdateDaemonSet.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True
    keys = ("maxSurge", "maxUnavailable")

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the bounds of the update contradict each other."""
        del graph
        found = stalemate(subject)
        if found is not None:
            yield self.finding(
                found.headline,
                found.node,
                found.label,
                related=[] if found.other is None else [(found.other, "together with this one")],
                help=found.help,
                subject=subject,
            )
