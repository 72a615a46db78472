"""kubespray/more-replicas-than-nodes."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubernetes.model import DaemonSet, Job, Workload
from kubelint.systems.kubernetes.spreading import keeps_apart
from kubelint.systems.kubespray.nodes import HOSTNAME, ClusterNode, cluster_nodes, refused, selected
from kubelint.tree.node import Node, Scalar


class MoreReplicasThanNodes(Rule[Workload]):
    """A workload wants each replica on a node of its own, and has more replicas than the cluster has nodes.

    ## Why
    A required anti-affinity is never given up, so the replicas beyond the number of nodes stay Pending, and a rolling
    update that starts a new pod first waits forever even where the numbers are equal.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml deploy/cache.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: cache
    spec:
      replicas: 3
      selector:
        matchLabels: {app: cache}
      template:
        metadata:
          labels: {app: cache}
        spec:
          affinity:
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - topologyKey: kubernetes.io/hostname
                  labelSelector:
                    matchLabels: {app: cache}
          containers:
            - name: cache
              image: memcached:1.6.29
    ```

    ## Stays silent when
    - the anti-affinity is preferred only, or over another key than `kubernetes.io/hostname`
    - the repository has several inventories of clusters, or the nodes are not all known
    - the number of replicas is a template, or set by an autoscaler

    ## Source
    Kubernetes documentation, "Inter-pod affinity and anti-affinity"; kubespray, group `kube_node`.
    """

    def check(self, workload: Workload, graph: Graph) -> Iterator[Finding]:
        """Count the nodes that take the pods."""
        template, replicas = workload.template, workload.replicas
        if (
            template is None
            or replicas is None
            or isinstance(workload, DaemonSet | Job)
            or not replicas.text.isdecimal()
        ):
            return
        term = keeps_apart(template, HOSTNAME)
        nodes = cluster_nodes(graph) if term is not None else None
        if not nodes or term is None or graph.incoming(workload, "scales"):
            return
        meant = selected(template, nodes)
        fitting = [node for node in (nodes if meant is None else meant) if refused(template, node) is None]
        if int(replicas.text[:6]) > len(fitting):
            yield self._finding(workload, replicas, term, fitting)

    def _finding(self, workload: Workload, replicas: Scalar, term: Node, fitting: list[ClusterNode]) -> Finding:
        count = len(fitting)
        too_many = int(replicas.text[:6]) - count
        nodes = "1 node takes" if count == 1 else f"{count} nodes take"
        related = [(term, "one pod on each node at most")]
        return self.finding(
            f"{workload} has {replicas.text} replicas, and {nodes} one each",
            replicas,
            f"{too_many} of them {'stays' if too_many == 1 else 'stay'} Pending",
            related=[*related, *((node.host.node, f"node `{node.name}`") for node in fitting[:5])],
            help=f"lower `replicas` to {count}, add nodes, or prefer the anti-affinity instead of requiring it",
            subject=workload,
        )
