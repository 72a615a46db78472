"""kubespray/cluster-group-incomplete."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Place, Rule
from kubelint.source import Span, TextEdit
from kubelint.systems.kubespray.declared import HostEntry
from kubelint.systems.kubespray.links import INCLUDES
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.placement import left_out
from kubelint_schemas import kubespray as releases


class ClusterGroupIncomplete(Rule[Inventory]):
    """The group of the cluster leaves out hosts of the control plane or of the nodes.

    ## Why
    The playbooks run on `k8s_cluster`, and its variables are those of the cluster. Before 2.27 a host that has a role
    and is not in it is set up in part: it gets no container engine and no kubelet.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12

    [k8s_cluster:children]
    kube_control_plane
    ```

    ## Stays silent when
    - the release is 2.27 or later: kubespray puts the hosts of all roles into the group itself
    - the inventory has no such group, and nothing says that the release is an older one
    - the hosts are in the group by their own names

    ## Source
    Kubespray, `inventory/sample/inventory.ini` of each release; `roles/dynamic_groups`.
    """

    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Compare the hosts of the roles with those of the group."""
        # Where a child is misspelt, that is what is wrong.
        misspelt = any(reference.dangling for reference in graph.outgoing(inventory, INCLUDES))
        if inventory.kubespray and not misspelt:
            for role, hosts in left_out(inventory):
                yield self._finding(inventory, role, hosts)

    def _finding(self, inventory: Inventory, role: str, hosts: dict[str, list[HostEntry]]) -> Finding:
        name = next(one for one in inventory.cluster_groups if one in inventory.groups)
        group = inventory.groups[name]
        known_as = next(
            (one for one in (role, releases.name_in(role, inventory.release)) if one in inventory.groups), role
        )
        shown = ", ".join(f"`{host}`" for host in list(hosts)[:3]) + (" and others" if len(hosts) > 3 else "")
        related: list[tuple[Place, str]] = []
        header = inventory.header(known_as)
        if header is not None:
            related = [(header, f"the group of {shown}")]
        fix = None
        if inventory.declared.syntax == "ini" and group.children:
            last = group.children[-1].node
            end = last.source.lines.bounds(last.span.line)[1]
            edit = TextEdit(Span(last.source, end, end), f"\n{known_as}")
            fix = Fix(f"add `{known_as}` to the children", (edit,), Safety.UNSAFE)
        certain = inventory.release < releases.dynamic_since()
        return self.finding(
            f"`{name}` leaves out the hosts of `{known_as}`",
            inventory.header(name) or inventory,
            f"{shown} {'is' if len(hosts) == 1 else 'are'} not in it",
            related=related,
            help=f"add `{known_as}` to `[{name}:children]`",
            note=None if certain else "since 2.27 kubespray adds them itself, and nothing here names the release",
            fix=fix,
            severity=None if certain else Severity.WARNING,
            subject=inventory,
        )
