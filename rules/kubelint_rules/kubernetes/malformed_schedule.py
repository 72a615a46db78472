"""kubernetes/malformed-schedule."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.autoscaling import ScaledJob, ScaledObject
from kubelint.systems.kubernetes.model import CronJob, KubernetesObject
from kubelint.systems.kubernetes.trigger_schedules import trigger_faults
from kubelint.systems.kubernetes.values import Family, value_faults
from kubelint.words import quoted


class MalformedSchedule(Rule[KubernetesObject]):
    """The schedule or the time zone of a CronJob or of a cron trigger cannot be read, or its time never comes.

    ## Why
    The API server refuses a schedule that it cannot read. One that it can read but whose day is in no month, such as
    30 February, is accepted and never runs.

    ## Example
    ```yaml backup.yaml
    apiVersion: batch/v1
    kind: CronJob
    metadata:
      name: backup
    spec:
      schedule: "0 2 * * 7"
      jobTemplate:
        spec:
          template:
            spec:
              restartPolicy: Never
              containers:
              - name: backup
                image: restic/restic:0.17.3
    ```

    ## Stays silent when
    - it is one of the short forms (`@daily`, `@every 90m`)
    - a part of it is a placeholder

    ## Source
    Kubernetes documentation, "CronJob", sections "Schedule syntax" and "Time zones".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True
    keys = ("schedule", "timeZone", "triggers")

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where nothing can happen at the time that is written."""
        if isinstance(subject, ScaledObject | ScaledJob):
            yield from self._triggers(subject)
        if not isinstance(subject, CronJob):
            return
        for fault in value_faults(graph, subject, Family.SCHEDULE):
            if fault.field == "timeZone":
                yield self.finding(
                    f"{quoted(fault.node.text)} {fault.clause}", fault.span, "not found", subject=subject
                )
                continue
            short = len(fault.clause) <= _LONGEST_CLAUSE
            yield self.finding(
                f"the schedule {quoted(fault.node.text)} "
                + ("never runs" if fault.clause.endswith("never runs") else "cannot be read"),
                fault.span,
                fault.clause if short else "not understood",
                help="the fields are minute, hour, day of the month, month and day of the week",
                note=None if short else fault.clause,
                subject=subject,
            )

    def _triggers(self, subject: ScaledObject | ScaledJob) -> Iterator[Finding]:
        for node, clause, span in trigger_faults(subject):
            yield self.finding(
                f"{quoted(node.text)} of a trigger of the type `cron` cannot be used",
                span,
                clause if len(clause) <= _LONGEST_CLAUSE else "not understood",
                note=None if len(clause) <= _LONGEST_CLAUSE else clause,
                help="write five fields as for a CronJob in `start` and `end`, and an IANA time zone in `timezone`",
                subject=subject,
            )


_LONGEST_CLAUSE = 70
