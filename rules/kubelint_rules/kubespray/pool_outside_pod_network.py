"""kubespray/pool-outside-pod-network."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.networks import strange_pools


class PoolOutsidePodNetwork(Rule[Inventory]):
    """Calico's pool of addresses is not inside the network of pods.

    ## Why
    Pods get addresses from `calico_pool_cidr`, and kube-proxy and the proxy settings know only `kube_pods_subnet`: to
    them such a pod is an address outside of the cluster, and its traffic is masqueraded or goes to the proxy.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml inventory/prod/group_vars/k8s_cluster/k8s-net-calico.yml
    calico_pool_cidr: 10.64.0.0/16
    ```

    ## Stays silent when
    - one of the two holds a template
    - the network plugin is not Calico

    ## Source
    Kubespray, `inventory/sample/group_vars/k8s_cluster/k8s-net-calico.yml`: "must be inside kube_pods_subnet".
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Compare each pool with the network of its address family."""
        del graph
        if not inventory.kubespray:
            return
        for variable, pods in strange_pools(inventory):
            note = None if pods.value is not None else f"`{pods.variable}` is not set, so it is {pods.network}"
            yield self.finding(
                f"the pool of Calico is not inside the network of pods, {pods.network}",
                variable.value,
                "addresses that the cluster does not know as those of pods",
                related=[] if pods.value is None else [(pods.value, "the network of pods")],
                help=f"choose a part of {pods.network}, or leave `{variable.name}` out",
                note=note,
                subject=inventory,
            )
