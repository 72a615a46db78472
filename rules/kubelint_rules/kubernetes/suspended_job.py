"""kubernetes/suspended-job."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import CronJob, Job, Workload

#: The label by which Kueue knows the Jobs that it starts when their turn has come.
QUEUE = "kueue.x-k8s.io/queue-name"


class SuspendedJob(Rule[Workload]):
    """A Job or CronJob is committed with `suspend: true`, so it does not run.

    ## Why
    A CronJob that was paused for a repair stays paused: no error, no event, just no backups since.

    ## Example
    ```yaml backup.yaml
    apiVersion: batch/v1
    kind: CronJob
    metadata:
      name: backup
    spec:
      schedule: "0 3 * * *"
      suspend: true
      jobTemplate:
        spec:
          template:
            spec:
              restartPolicy: Never
              containers:
              - name: backup
                image: ghcr.io/example/backup:1.4.0
    ```

    ## Stays silent when
    - Kueue starts it: the object or its job template carries the label of a queue

    ## Source
    Kubernetes documentation, "CronJob", section "Schedule suspension", and "Jobs", section "Suspending a Job".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY
    keys = ("suspend",)

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the `true`."""
        del graph
        suspend = subject.root.scalar("spec", "suspend")
        if not isinstance(subject, Job | CronJob) or suspend is None or suspend.text != "true":
            return
        inner = subject.root.at("spec", "jobTemplate", "metadata", "labels")
        if QUEUE in subject.labels or (inner is not None and inner.get(QUEUE) is not None):
            return
        yield self.finding(
            f"{subject.kind} `{subject.name}` is suspended",
            suspend,
            "it does not run",
            help="remove `suspend`, or the whole object",
            subject=subject,
        )
