"""kubespray/route-reflector-unusable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.links import INCLUDES
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.placement import forgotten_cluster_id, lost_reflectors, odd_cluster_ids


class RouteReflectorUnusable(Rule[Inventory]):
    """Calico's route reflectors lack what makes them work: a `cluster_id`, or a place in the cluster.

    ## Why
    As soon as `calico_rr` has hosts, kubespray peers the nodes with them and stops where `cluster_id` is not set, or
    where one of them is not in `k8s_cluster`.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12

    [calico_rr]
    rr1 ansible_host=10.0.0.21
    ```

    ## Stays silent when
    - the group is empty, as in many inventories that were copied from the sample
    - the network plugin is not Calico
    - `cluster_id` is set anywhere, or a file that may set it cannot be read

    ## Source
    Kubespray, `check.yml` of the role `calico`: "Check that cluster_id is set if calico_rr enabled" and "Check that
    calico_rr nodes are in k8s_cluster group".
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Look for the variable and for the group."""
        # Where a child group is misspelt, that is what is wrong.
        if not inventory.kubespray or any(reference.dangling for reference in graph.outgoing(inventory, INCLUDES)):
            return
        header = forgotten_cluster_id(inventory)
        if header is not None:
            yield self.finding(
                "there are route reflectors and no `cluster_id`, so kubespray stops",
                header,
                "these hosts make kubespray peer with them",
                help=f"set `cluster_id: 1.0.0.1` in `group_vars/{header.text}.yml`, or leave the group empty",
                subject=inventory,
            )
        for variable in odd_cluster_ids(inventory):
            yield self.finding(
                "the `cluster_id` of route reflectors must be an IPv4 address, so kubespray stops",
                variable.value,
                "this is none",
                help="write any address that no other cluster of reflectors has, such as `1.0.0.1`",
                subject=inventory,
            )
        for name, entries in lost_reflectors(inventory).items():
            yield self.finding(
                f"the route reflector `{name}` is not in `{inventory.cluster_groups[0]}`, so kubespray stops",
                entries[0].node,
                "only in the group of route reflectors",
                help=f"add `{entries[0].group}` to `[{inventory.cluster_groups[0]}:children]`",
                subject=inventory,
            )
