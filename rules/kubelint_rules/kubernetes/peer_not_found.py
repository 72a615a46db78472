"""kubernetes/peer-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.peers import VERB, Peer
from kubelint.systems.kubernetes.scale import scale


class PeerNotFound(Rule[KubernetesObject]):
    """A host name means a pod of a StatefulSet that the StatefulSet does not have.

    ## Why
    The pods of a StatefulSet are called `<name>-<number>.<serviceName>`, with numbers from 0 up to one less than
    `replicas`. Any other number or Service does not resolve, and a cluster waits for a member that never comes.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: etcd
    spec:
      clusterIP: None
      selector:
        app: etcd
      ports:
      - port: 2380
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: etcd
    spec:
      replicas: 3
      serviceName: etcd
      selector:
        matchLabels:
          app: etcd
      template:
        metadata:
          labels:
            app: etcd
        spec:
          containers:
          - name: etcd
            image: quay.io/coreos/etcd:v3.6.0
            env:
            - name: ETCD_INITIAL_CLUSTER
              value: etcd-0=http://etcd-0.etcd:2380,etcd-1=http://etcd-1.etcd:2380,etcd-3=http://etcd-3.etcd:2380
    ```

    ## Stays silent when
    - an autoscaler may make as many pods
    - `replicas` is 0, so that somebody scales by hand, or only known later
    - `ordinals.start` shifts the numbers
    - what follows the name is no Service and nothing near it (`web-0.log`)
    - the StatefulSet is not in the repository, or in another namespace

    ## Source
    Kubernetes documentation, "StatefulSets", sections "Stable Network ID" and "Start ordinal".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    references = References(("names-pod",), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host name of a pod that does not exist."""
        for reference in graph.outgoing(subject, VERB):
            peer = reference.detail
            if not reference.dangling or not isinstance(peer, Peer):
                continue
            owner, host = peer.stateful_set, reference.wanted.name
            if peer.service is not None:
                pod = host.partition(".")[0]
                yield self.finding(
                    f"`{host}` does not resolve: the pods are named below `{peer.service.text}`",
                    reference.node,
                    f"a pod of StatefulSet `{owner.name}`",
                    related=[(peer.service, "the pods get their names from this Service")],
                    help=f"write `{pod}.{peer.service.text}`",
                    subject=subject,
                )
                continue
            numbers = f"{peer.first} to {peer.last}" if peer.last != peer.first else f"{peer.first} only"
            bounds = scale(graph, owner)
            yield self.finding(
                f"StatefulSet `{owner.name}` has no pod `{host.partition('.')[0]}`",
                reference.node,
                f"its pods have the numbers {numbers}",
                related=[(owner.replicas or bounds.node or owner.node, "the number of pods")],
                help="correct the list of members, or `replicas`",
                subject=subject,
            )
