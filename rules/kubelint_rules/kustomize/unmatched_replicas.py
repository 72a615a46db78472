"""kustomize/unmatched-replicas."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean
from kubelint.systems.kustomize.build.watch import IdleReplicas
from kubelint.systems.kustomize.near import near, rewrite
from kubelint.words import cut, listed


class UnmatchedReplicas(Rule[IdleReplicas]):
    """An entry of `replicas` names a workload that the kustomization does not build, so the build fails.

    ## Why
    The name must be that of a Deployment, ReplicaSet, ReplicationController or StatefulSet. A name that no such object
    has stops the build with "does not match a config"; other kinds that have replicas are not looked at.

    ## Example
    ```yaml kustomization.yaml
    resources:
    - deployment.yaml
    replicas:
    - name: fronted
      count: 3
    ```
    ```yaml deployment.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: frontend
    spec:
      selector:
        matchLabels:
          app: frontend
      template:
        metadata:
          labels:
            app: frontend
        spec:
          containers:
          - name: frontend
            image: registry.example.com/frontend:1.4.0
    ```

    ## Stays silent when
    - a base lies on another host, or a chart or a plugin may make the workload
    - the workload had the name before a prefix or a suffix changed it
    - `configurations` say that another kind has replicas

    ## Source
    kustomize, the kustomization reference: `replicas`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: IdleReplicas, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of an entry."""
        del graph
        similar = near(subject.wanted, subject.known)
        label = did_you_mean(list(similar))
        if not label:
            label = f"there is {listed(subject.known)}" if subject.known else "no workload of this build has replicas"
        yield self.finding(
            f"no workload is called `{cut(subject.wanted, 30)}`, which `replicas` names",
            subject.node,
            label,
            related=[(node, f"the workload that exists is called `{name}`") for name, node in similar.items()],
            help=f"write `{next(iter(similar))}`" if similar else "correct the name, or remove the entry",
            note="Deployment, ReplicaSet, ReplicationController and StatefulSet are looked at",
            fix=rewrite(subject.node, similar),
            subject=subject.owner,
        )
