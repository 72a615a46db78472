"""kubernetes/progress-deadline-too-short."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.systems.kubernetes.model import Deployment
from kubelint.systems.kubernetes.timing import short_deadline


class ProgressDeadlineTooShort(Rule[Deployment]):
    """The progress deadline of a Deployment is over before its pods can be available.

    ## Why
    Pods count only after `minReadySeconds`, and a startup probe gives them time to start. A deadline that is not above
    `minReadySeconds` is refused; one that is shorter than the start reports a healthy rollout as failed.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      minReadySeconds: 60
      progressDeadlineSeconds: 30
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
    - neither number is set
    - the start takes longer than the default deadline of 600 s, which nobody chose
    - a number is a placeholder

    ## Source
    Kubernetes documentation, "Deployments", sections "Progress Deadline Seconds" and "Min Ready Seconds"; API
    reference, DeploymentSpec.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("progressDeadlineSeconds", "minReadySeconds")

    def check(self, subject: Deployment, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where no rollout can succeed in time."""
        del graph
        found = short_deadline(subject)
        if found is None:
            return
        related: list[tuple[Place, str]] = []
        if found.longer is not None and found.longer is not found.node:
            what = "pods must be ready for" if found.refused else "pods may take"
            related.append((found.longer, f"{what} {found.longer_seconds} s"))
        yield self.finding(
            "the progress deadline is over before pods can be available",
            found.node,
            f"the deadline is {found.seconds} s",
            related=related,
            help=f"set `progressDeadlineSeconds` above {found.longer_seconds}",
            severity=Severity.ERROR if found.refused else Severity.WARNING,
            subject=subject,
        )
