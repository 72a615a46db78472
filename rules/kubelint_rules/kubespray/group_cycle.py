"""kubespray/group-cycle."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.model import Inventory


class GroupCycle(Rule[Inventory]):
    """A group of an inventory is its own child, directly or over others.

    ## Why
    Ansible refuses the inventory with "creates a recursive dependency loop", which is only a warning: it drops the
    whole file, goes on with no hosts, and the exit code stays 0.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd:children]
    kube_control_plane

    [kube_control_plane:children]
    etcd
    ```

    ## Stays silent when
    - two groups share a child, or a group is a child of several

    ## Source
    Ansible, "How to build your inventory: Grouping groups"; measured with ansible-core 2.18.
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report the entry that closes the first cycle."""
        del graph
        cycle = inventory.cycle
        if not cycle:
            return
        last = max(cycle, key=lambda entry: entry.node.start)
        others = [entry for entry in cycle if entry is not last]
        way = [f"`{cycle[0].parent}`", *(f"`{entry.name}`" for entry in cycle)]
        yield self.finding(
            f"group `{last.name}` is its own child, so Ansible drops the whole inventory",
            last.node,
            f"makes `{last.name}` a child of `{last.parent}`",
            related=[(entry.node, f"makes `{entry.name}` a child of `{entry.parent}`") for entry in others[:5]],
            path=way,
            help="take the group out of one of the two",
            subject=inventory,
        )
