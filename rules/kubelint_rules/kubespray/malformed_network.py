"""kubespray/malformed-network."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.networks import malformed_networks


class MalformedNetwork(Rule[Inventory]):
    """The value for the network of pods or services is no network.

    ## Why
    Kubespray takes the first address of a network with its prefix and nothing else: at an address with bits behind the
    prefix, or without a prefix, it stops with "is not a valid network range".

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
    kube_pods_subnet: 10.64.0.1/16
    ```

    ## Stays silent when
    - the value is empty or holds a template

    ## Source
    Kubespray, `roles/validate_inventory`: "Check that kube_service_addresses is a network range" and its kin.
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each such value, wherever it is set."""
        del graph
        if inventory.kubespray:
            for variable, fault in malformed_networks(inventory):
                yield self.finding(
                    f"`{variable.name}` is no network, so kubespray stops",
                    variable.value,
                    fault,
                    help="write the first address of the network and its prefix",
                    subject=inventory,
                )
