"""kubernetes/ttl-empties-history."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import CronJob


class TtlEmptiesHistory(Rule[CronJob]):
    """A CronJob says how many finished Jobs to keep, and its Jobs remove themselves by time.

    ## Why
    Two controllers clean up, and the quicker one wins: the Job that failed on Friday is gone by Monday although
    `failedJobsHistoryLimit` keeps it, and its logs with it.

    ## Example
    ```yaml report.yaml
    apiVersion: batch/v1
    kind: CronJob
    metadata:
      name: report
    spec:
      schedule: "0 3 * * *"
      failedJobsHistoryLimit: 5
      jobTemplate:
        spec:
          ttlSecondsAfterFinished: 600
          template:
            spec:
              restartPolicy: Never
              containers:
              - name: report
                image: ghcr.io/example/report:1.4.0
    ```

    ## Stays silent when
    - no history limit is written down, or it is 0

    ## Source
    Kubernetes documentation, "Automatic Cleanup for Finished Jobs" and "CronJob", section "Jobs history limits".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY
    keys = ("ttlSecondsAfterFinished",)

    def check(self, subject: CronJob, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the time to live, with the limit as the other end."""
        del graph
        ttl = subject.root.scalar("spec", "jobTemplate", "spec", "ttlSecondsAfterFinished")
        if ttl is None or ttl.opaque:
            return
        limits = [
            (node, name)
            for name in ("failedJobsHistoryLimit", "successfulJobsHistoryLimit")
            if (node := subject.root.scalar("spec", name)) is not None and not node.opaque and node.text != "0"
        ]
        if limits:
            yield self.finding(
                f"the Jobs of CronJob `{subject.name}` do not stay for its history",
                ttl,
                f"removes each of them {ttl.text} s after it has finished",
                related=[(node, f"`{name}` would keep this many") for node, name in limits],
                help="remove `ttlSecondsAfterFinished` or the history limits",
                subject=subject,
            )
