"""kubespray/cidr-overlap."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.networks import ClusterNetwork, cluster_networks, host_addresses, own_addresses

_MOST_RELATED = 5


class CidrOverlap(Rule[Inventory]):
    """The networks of pods and services overlap each other, or hold an address that is not theirs.

    ## Why
    An address that is both a pod's and a Service's, or a pod's and a node's, is routed to one of the two. Kubespray
    refuses pods inside the service network, but not services inside the pod network, and looks at no host.

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
    kube_service_addresses: 10.233.0.0/18
    kube_pods_subnet: 10.233.0.0/16
    ```

    ## Stays silent when
    - a value holds a template or is no network
    - neither network is set in the inventory
    - a file that may set one of them cannot be read

    ## Source
    Kubespray, `roles/validate_inventory`: "Check that kube_pods_subnet does not collide with kube_service_addresses";
    `inventory/sample/group_vars/k8s_cluster/k8s-cluster.yml`: "must be unused in your network".
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Compare the networks in effect with each other, then the hosts and kubespray's own addresses with each."""
        del graph
        if not inventory.kubespray:
            return
        for pods, services in cluster_networks(inventory):
            if pods is not None and services is not None and pods.network.overlaps(services.network):
                yield self._networks(inventory, pods, services)
            for network in (pods, services):
                if network is None:
                    continue
                if network.value is not None:
                    yield from self._hosts(inventory, network)
                yield from self._own(inventory, network)

    def _own(self, inventory: Inventory, network: ClusterNetwork) -> Iterator[Finding]:
        for what, node, address in own_addresses(inventory):
            if address in network.network:
                note = (
                    None
                    if network.value is not None
                    else f"`{network.variable}` is not set, so it is {network.network}"
                )
                yield self.finding(
                    f"the address of {what} is inside the network of {network.what}",
                    node,
                    f"{network.network} is for {network.what} alone",
                    related=[] if network.value is None else [(network.value, f"the network of {network.what}")],
                    help="choose an address that is in neither of the networks",
                    note=note,
                    subject=inventory,
                )

    def _networks(self, inventory: Inventory, pods: ClusterNetwork, services: ClusterNetwork) -> Finding:
        first, second = (pods, services) if pods.value is not None else (services, pods)
        assert first.value is not None  # noqa: S101 - one of the two is set, or there is nothing to compare
        related = []
        note = None
        if second.value is not None:
            related = [(second.value, f"the network of {second.what}")]
        else:
            note = f"`{second.variable}` is not set, so it is {second.network}"
        return self.finding(
            f"pods and services share addresses: {pods.network} and {services.network}",
            first.value,
            f"the network of {first.what}",
            related=related,
            help="choose two networks that have no address in common",
            note=note,
            subject=inventory,
        )

    def _hosts(self, inventory: Inventory, network: ClusterNetwork) -> Iterator[Finding]:
        inside = [(name, value) for name, value, address in host_addresses(inventory) if address in network.network]
        if not inside or network.value is None:
            return
        names = ", ".join(f"`{name}`" for name, _ in inside[:3])
        more = f" and {len(inside) - 3} more hosts" if len(inside) > 3 else ""
        yield self.finding(
            f"the network of {network.what} holds the address of {names}{more}",
            network.value,
            f"{network.network} is for {network.what} alone",
            related=[(value, f"`{name}` is inside") for name, value in inside[:_MOST_RELATED]],
            help=f"give {network.what} a network that no host is in",
            subject=inventory,
        )
