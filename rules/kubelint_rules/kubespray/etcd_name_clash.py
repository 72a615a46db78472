"""kubespray/etcd-name-clash."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.placement import Twice, clashing_member_names


class EtcdNameClash(Rule[Inventory]):
    """Two members of etcd get the same name.

    ## Why
    Members find each other by name and address. With a name twice the second member does not start: "member count is
    unequal". A member without `etcd_member_name` is called `etcd` and its position in the group, so to name only some
    of them is enough for a clash.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11 etcd_member_name=etcd2
    node2 ansible_host=10.0.0.12
    node3 ansible_host=10.0.0.13

    [etcd:children]
    kube_control_plane

    [kube_node]
    node4 ansible_host=10.0.0.14
    ```

    ## Stays silent when
    - no member has a name of its own
    - a name is a template, or the members are not all known

    ## Source
    Kubespray, `roles/kubespray_defaults`, `etcd_member_name` and `etcd_peer_addresses`.
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Name the members as kubespray does and compare."""
        del graph
        if inventory.kubespray:
            for twice in clashing_member_names(inventory):
                yield self._finding(inventory, twice)

    def _finding(self, inventory: Inventory, twice: Twice) -> Finding:
        both = twice.first is not twice.second
        note = None
        if not both:
            note = f"a member without a name is called `etcd` and its position, here `{twice.name}`"
        return self.finding(
            f"the etcd members `{twice.first_host}` and `{twice.host}` are both called `{twice.name}`",
            twice.second.value,
            "the same name again" if both else "the other one gets this name by default",
            related=[(twice.first.value, f"the name of `{twice.first_host}`")] if both else [],
            help="give each member a name of its own, or none of them",
            note=note,
            subject=inventory,
        )
