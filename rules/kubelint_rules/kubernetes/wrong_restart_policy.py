"""kubernetes/wrong-restart-policy."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    ReplicaSet,
    ReplicationController,
    StatefulSet,
    Workload,
)
from kubelint.tree.node import Scalar


class WrongRestartPolicy(Rule[Workload]):
    """The pods of a workload have a restart policy that its kind does not allow.

    ## Why
    The pods of a Deployment, StatefulSet or DaemonSet are always restarted; those of a Job must be able to end. The
    default, `Always`, is no policy for a Job, so it has to be written down there.

    ## Example
    ```yaml backup.yaml
    apiVersion: batch/v1
    kind: CronJob
    metadata:
      name: backup
    spec:
      schedule: "0 2 * * *"
      jobTemplate:
        spec:
          template:
            spec:
              containers:
              - name: backup
                image: restic/restic:0.17.3
    ```

    ## Stays silent when
    - it is a Pod of its own
    - the policy is a placeholder, or no policy at all (see `wrong-value`)

    ## Source
    Kubernetes documentation, "Jobs", section "Pod Template", and "Deployments"; API reference, PodSpec
    (`restartPolicy`).
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the policy does not fit the kind."""
        del graph
        template = subject.template
        if template is None:
            return
        node = template.spec.at("restartPolicy")
        policy = node if isinstance(node, Scalar) and not node.is_null and node.text else None
        if policy is not None and (policy.opaque or policy.text not in ("Always", "OnFailure", "Never")):
            return
        text = "Always" if policy is None else policy.text
        if isinstance(subject, Job | CronJob):
            if text == "Always" and not subject.unit.incomplete:
                place = policy or (template.spec.entries[0][0] if template.spec.entries else template.spec)
                yield self.finding(
                    f"the pods of a {subject.kind} cannot be restarted always",
                    place,
                    "`Always` is the default" if policy is None else "they must be able to end",
                    help="set `restartPolicy` to `Never`, or to `OnFailure` to try again in the same pod",
                    subject=subject,
                )
        elif text != "Always" and isinstance(subject, _RESTARTED):
            yield self.finding(
                f"the pods of a {subject.kind} are always restarted",
                policy or template.spec,
                f"`{text}` is for Jobs and Pods",
                help="remove it, or use a Job",
                subject=subject,
            )


_RESTARTED = (Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController)
