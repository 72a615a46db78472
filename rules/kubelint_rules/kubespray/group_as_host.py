"""kubespray/group-as-host."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import Span, TextEdit
from kubelint.systems.kubespray.declared import HostEntry
from kubelint.systems.kubespray.entities import InventoryGroup
from kubelint.systems.kubespray.model import Inventory


class GroupAsHost(Rule[Inventory]):
    """A group is listed among the hosts of another group.

    ## Why
    A section without `:children` lists hosts. A group's name in it makes a host of that name, which Ansible tries to
    connect to, and the hosts of the group are not in the other one. Kubespray's sample has
    `[etcd:children]` with `kube_control_plane` below; without `:children` there is one etcd member, and it does not
    exist.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    kube_control_plane

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```

    ## Stays silent when
    - the host has variables, a port or `host_vars`, or is in the list of all hosts: it exists
    - the group lists the host of its own name, as inventories with a group for each host do
    - the group has neither hosts nor children

    ## Source
    Ansible, "How to build your inventory: Grouping groups"; measured with ansible-core 2.18 ("Found both group and host
    with same name").
    """

    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Look for hosts that have the name of a group and nothing else."""
        del graph
        for host in inventory.hosts.values():
            group = host.meant_group
            if group is not None:
                for entry in host.entries:
                    yield self._finding(inventory, entry, group)

    def _finding(self, inventory: Inventory, entry: HostEntry, group: InventoryGroup) -> Finding:
        name, section = group.name, entry.group
        if inventory.declared.syntax == "ini":
            advice, fix = f"write `[{section}:children]`", self._fix(inventory, section)
        else:
            advice, fix = f"list it below `children` of `{section}`", None
        return self.finding(
            f"group `{name}` is listed as a host of `{section}`",
            entry.node,
            "makes a host of that name",
            related=[(group, "the group that was probably meant")],
            help=advice,
            note=f"the hosts of `{name}` are not in `{section}`; Ansible connects to a host `{name}` instead",
            fix=fix,
            subject=inventory,
        )

    @staticmethod
    def _fix(inventory: Inventory, section: str) -> Fix | None:
        """Return the fix of the header where all that stands below it are groups."""
        group = inventory.groups[section]
        header = inventory.header(section)
        names = [name for entry in group.hosts for name in entry.names or ("",)]
        if header is None or len(group.headers) > 1 or any(name not in inventory.groups for name in names):
            return None
        behind = Span(header.source, header.end, header.end)
        return Fix(f"write `[{section}:children]`", (TextEdit(behind, ":children"),), Safety.UNSAFE)
