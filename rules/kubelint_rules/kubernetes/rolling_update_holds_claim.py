"""kubernetes/rolling-update-holds-claim."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Deployment
from kubelint.systems.kubernetes.scale import scale
from kubelint.systems.kubernetes.storage import narrow_mounts, stays_on_one_node


class RollingUpdateHoldsClaim(Rule[Deployment]):
    """A rolling update starts the new pod while the old one holds a claim that one node only may mount.

    ## Why
    The new pod may be scheduled to another node, where the volume cannot be attached until the old pod is gone, and
    the old pod goes only when the new one is ready: the update hangs.

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
      replicas: 1
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
    - the strategy is `Recreate`, or `maxSurge` is 0
    - several pods run: `single-node-claim-shared` says so
    - something keeps all pods on one node, or the claim also has an access mode for many nodes

    ## Source
    Kubernetes documentation, "Deployments", section "Strategy"; "Persistent Volumes", section "Access Modes".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY
    keys = ("persistentVolumeClaim",)

    def check(self, subject: Deployment, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each claim that old and new pod mount together."""
        strategy = subject.root.at("spec", "strategy")
        kind = None if strategy is None else strategy.scalar("type")
        surge = None if strategy is None else strategy.scalar("rollingUpdate", "maxSurge")
        if (kind is not None and kind.text != "RollingUpdate") or (surge is not None and surge.text in ("0", "0%")):
            return
        bounds = scale(graph, subject)
        if bounds.maximum != 1 or subject.unit.incomplete:
            return
        for mount in narrow_mounts(graph, subject):
            if mount.one_pod or not stays_on_one_node(graph, mount):
                yield self.finding(
                    f"a rolling update of Deployment `{subject.name}` can hang on its claim",
                    mount.node,
                    "the new pod mounts it while the old one still does",
                    related=[(mount.mode, "one pod only" if mount.one_pod else "one node only")],
                    path=(subject, mount.claim),
                    help="set `strategy.type: Recreate`",
                    subject=subject,
                )
