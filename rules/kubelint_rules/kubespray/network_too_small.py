"""kubespray/network-too-small."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.effective import is_waived
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.networks import Shortage, shortages


class NetworkTooSmall(Rule[Inventory]):
    """The network of pods has no room for all hosts, or a host's part of it for all its pods.

    ## Why
    Each host gets a part of `kube_pods_subnet` of the size `kube_network_node_prefix`. A host for which none is left
    stays NotReady, and a pod for which no address is left stays in ContainerCreating. Kubespray checks both and stops.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml inventory/prod/group_vars/k8s_cluster/k8s-cluster.yml
    kube_network_plugin: flannel
    kube_network_node_prefix: 26
    kubelet_max_pods: 110
    ```

    ## Stays silent when
    - the plugin is Calico, which hands out blocks of its own, or `none`
    - a part of the inventory is a template, a script or a plugin, so that the number of hosts is not known

    ## Source
    Kubespray, `roles/validate_inventory`: "Guarantee that enough network address space is available for all pods" and
    "Check that ipv4 IP range is enough for the nodes".
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Compare what is needed with what there is."""
        del graph
        if inventory.kubespray and not is_waived(inventory):
            for shortage in shortages(inventory):
                yield self._pods(inventory, shortage) if shortage.pods else self._hosts(inventory, shortage)

    def _pods(self, inventory: Inventory, shortage: Shortage) -> Finding:
        return self.finding(
            f"{shortage.needed} pods on a host need more than its {max(shortage.room, 0)} addresses",
            shortage.node,
            "so kubespray stops",
            help=f"lower `kubelet_max_pods` to at most {max(shortage.room, 0)}, or `kube_network_node_prefix`",
            subject=inventory,
        )

    def _hosts(self, inventory: Inventory, shortage: Shortage) -> Finding:
        return self.finding(
            f"the network of pods has room for {shortage.room} hosts, and the cluster has {shortage.needed}",
            shortage.node,
            "so kubespray stops",
            help="choose a larger `kube_pods_subnet` or a larger `kube_network_node_prefix`",
            subject=inventory,
        )
