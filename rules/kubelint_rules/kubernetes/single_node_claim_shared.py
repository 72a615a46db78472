"""kubernetes/single-node-claim-shared."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import DaemonSet, Workload
from kubelint.systems.kubernetes.storage import mounts_before, narrow_mounts, pods_at_a_time, stays_on_one_node

_SEVERAL = 2


class SingleNodeClaimShared(Rule[Workload]):
    """Several pods mount a claim that one node only, or one pod only, may mount.

    ## Why
    A `ReadWriteOnce` volume is attached to one node: the pods that are scheduled to another one stay in
    `ContainerCreating` (`Multi-Attach error`). Of `ReadWriteOncePod` a second pod is not even scheduled.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: uploads
    spec:
      accessModes: [ReadWriteOnce]
      resources:
        requests:
          storage: 5Gi
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 3
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          volumes:
          - name: uploads
            persistentVolumeClaim:
              claimName: uploads
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - the claim also has an access mode for many nodes
    - one pod runs only; `replicas` is not set, so that somebody else decides
    - the claims are made from the templates of a StatefulSet: each pod has its own
    - something keeps all pods on one node: a node name, the label `kubernetes.io/hostname` in a node selector or an
      affinity, a local volume
    - the claim is not in the repository

    ## Source
    Kubernetes documentation, "Persistent Volumes", section "Access Modes".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("persistentVolumeClaim",)

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each claim that several pods cannot mount."""
        bounds = pods_at_a_time(graph, subject)
        if bounds is None or subject.unit.incomplete:
            return
        everywhere = isinstance(subject, DaemonSet)
        several = everywhere or (bounds.maximum is not None and bounds.maximum >= _SEVERAL)
        for mount in narrow_mounts(graph, subject):
            rival = mounts_before(graph, mount) if mount.one_pod else None
            if rival is not None:
                yield self.finding(
                    f"two workloads mount the {mount.mode.text} claim `{mount.claim.name}`",
                    mount.node,
                    "the second one",
                    related=[(mount.mode, "one pod only may mount it"), (rival.node, "the first one")],
                    path=(subject, mount.claim),
                    help="use another access mode, or a claim for each workload",
                    severity=Severity.ERROR,
                    subject=subject,
                )
            if not several or (not mount.one_pod and stays_on_one_node(graph, mount)):
                continue
            pods = "one on each node" if everywhere else f"up to {bounds.maximum}"
            yield self.finding(
                f"the pods of {subject.kind} `{subject.name}` share a {mount.mode.text} claim",
                mount.node,
                f"mounted by every pod, {pods}",
                related=[
                    (mount.mode, "one pod only may mount it" if mount.one_pod else "one node only may mount it"),
                    *([] if bounds.node is None else [(bounds.node, "several pods run")]),
                ],
                path=(subject, mount.claim),
                help="use ReadWriteMany, one pod, or a StatefulSet with `volumeClaimTemplates`",
                severity=Severity.ERROR if mount.one_pod else None,
                subject=subject,
            )
