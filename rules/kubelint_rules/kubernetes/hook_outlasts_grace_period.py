"""kubernetes/hook-outlasts-grace-period."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.timing import stop_time


class HookOutlastsGracePeriod(Rule[Container]):
    """The `preStop` hook sleeps as long as the pod has to stop, so the program is killed.

    ## Why
    The time to stop (`terminationGracePeriodSeconds`, 30 unless it is set) runs while the hook does. When it is over
    the container is killed: the program never gets the signal to shut down.

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
            lifecycle:
              preStop:
                exec:
                  command: [sh, -c, sleep 60]
    ```

    ## Stays silent when
    - the script branches or loops, so that nobody can tell how long it takes
    - one of the numbers is a placeholder

    ## Source
    Kubernetes documentation, "Container Lifecycle Hooks" and "Pod Lifecycle", section "Termination of Pods"; API
    reference, SleepAction.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("preStop",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where no time is left to stop."""
        del graph
        found = stop_time(subject)
        if found is None or found.seconds < found.grace or found.seconds == 0:
            return
        related: list[tuple[Place, str]] = []
        if found.grace_node is not None:
            related.append((found.grace_node, f"the pod has {found.grace} s to stop"))
        yield self.finding(
            f"the `preStop` hook of container `{subject.label}` takes all the time to stop",
            found.span,
            f"sleeps {found.seconds} s of {found.grace} s, then the container is killed",
            related=related,
            help=f"set `terminationGracePeriodSeconds` to {found.seconds + found.grace}, or sleep for less",
            note=None
            if found.grace_node is not None
            else f"`terminationGracePeriodSeconds` is {found.grace} unless it is set",
            severity=Severity.ERROR if found.native and found.seconds > found.grace else None,
            subject=subject.owner,
        )
