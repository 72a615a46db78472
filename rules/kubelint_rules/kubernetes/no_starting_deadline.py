"""kubernetes/no-starting-deadline."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import CronJob
from kubelint.systems.kubernetes.resource_requirements import has


class NoStartingDeadline(Rule[CronJob]):
    """A CronJob has no `startingDeadlineSeconds`: a run that was missed starts however late it is.

    ## Why
    After an outage of the controller, or a long run under `concurrencyPolicy: Forbid`, the latest missed run is started
    hours late, in the middle of the next day's work. With a deadline it is skipped and counted as missed.

    ## Example
    ```yaml report.yaml
    apiVersion: batch/v1
    kind: CronJob
    metadata:
      name: report
    spec:
      schedule: "0 3 * * *"
      jobTemplate:
        spec:
          template:
            spec:
              restartPolicy: Never
              containers:
              - name: report
                image: ghcr.io/example/report:1.4.0
    ```

    ## Stays silent when
    - the CronJob is suspended

    ## Source
    Kubernetes documentation, "CronJob", section "Deadline for delayed Job start".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: CronJob, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the schedule."""
        del graph
        if has(subject.root, "spec", "startingDeadlineSeconds") or subject.root.text_at("spec", "suspend") == "true":
            return
        yield self.finding(
            f"CronJob `{subject.name}` has no deadline for a late start",
            subject.root.scalar("spec", "schedule") or subject.name_node or subject.node,
            "a missed run starts however late it is",
            help="set `startingDeadlineSeconds` (to more than 10, the controller looks every 10 s)",
            subject=subject,
        )
