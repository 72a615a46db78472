"""kubespray/missing-group."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import Reference
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.kubespray.links import INCLUDES, SETS
from kubelint.systems.kubespray.model import Inventory
from kubelint_schemas import kubespray as releases

#: Groups of the three that make a file more than a part of an inventory.
_ENOUGH = 2


class MissingGroup(Rule[Inventory]):
    """A cluster's inventory has no host in `kube_control_plane`, `etcd` or `kube_node`.

    ## Why
    Without a control plane or without etcd members kubespray stops at its checks. Without `kube_node` there is no
    worker, and releases before 2.26 stop as well. Under a misspelt name `k8s_cluster` is no group of the cluster, and
    before 2.27 nothing is set up at all.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [kube_node]
    node2 ansible_host=10.0.0.12

    [k8s_cluster:children]
    kube_control_plane
    kube_node
    ```

    ## Stays silent when
    - `etcd` is missing and `etcd_deployment_type` is `kubeadm` or not known
    - the inventory has no host at all, as the sample inventory
    - another inventory of the folder has the group, or a part of it is a script, a plugin or a template
    - `kube_node` is declared and empty, for releases that accept it
    - two of the three are missing: such a file is a part of an inventory
    - there is no `etcd`, and no group or variable of kubespray's own either: other playbooks have the other two, too

    ## Source
    Kubespray, `roles/validate_inventory`: "Stop if kube_control_plane group is empty", "Stop if etcd group is empty in
    external etcd mode"; issue 11245.
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Look for the groups that a cluster needs under all names that the release knows them by."""
        everywhere = [inventory, *inventory.siblings]
        if inventory.kubespray and inventory.hosts and all(one.known for one in everywhere):
            dangling = [
                reference
                for one in everywhere
                for kind in (INCLUDES, SETS)
                for reference in graph.outgoing(one, kind)
                if reference.dangling
            ]
            yield from self._roles(inventory, everywhere, dangling)
            # What asks for the group by its name is reported with the header that is misspelt.
            if not any(reference.wanted.name in inventory.cluster_groups for reference in dangling):
                yield from self._misspelt_cluster(inventory, everywhere)

    def _roles(self, inventory: Inventory, everywhere: list[Inventory], dangling: list[Reference]) -> Iterator[Finding]:
        required = {need.group: self._names(need.group) for need in releases.required(inventory.release)}
        declared = {
            group: [name for name in names for one in everywhere if name in one.groups]
            for group, names in required.items()
        }
        if sum(1 for names in declared.values() if names) < _ENOUGH:
            return
        for group, hosts_until in releases.required(inventory.release):
            if any(one.members(name) for one in everywhere for name in required[group]):
                continue
            if group == "etcd" and not (inventory.etcd_is_external and (declared[group] or inventory.is_cluster)):
                continue
            if not declared[group]:
                # What asks for the group by its name is reported with the header that is misspelt.
                if not any(reference.wanted.name == group and reference.candidates for reference in dangling):
                    yield self._missing(inventory, group, optional=hosts_until is not None)
            elif not dangling and (hosts_until is None or inventory.release < hosts_until):
                yield self._empty(inventory, declared[group][0])

    @staticmethod
    def _names(group: str) -> list[str]:
        """Return the names that a group has in any release up to the one in use."""
        return [group, *(old for old, new in releases.renamed().items() if new == group)]

    def _misspelt_cluster(self, inventory: Inventory, everywhere: list[Inventory]) -> Iterator[Finding]:
        """Report a group that is nearly the group of the cluster, where the inventory has none of that name."""
        if any(name in one.groups for name in inventory.cluster_groups for one in everywhere):
            return
        name = releases.cluster_group(inventory.release)
        near = [
            group
            for group in nearest(name, set(inventory.groups) - releases.group_names())
            if inventory.groups[group].children or inventory.groups[group].hosts
        ]
        header = inventory.header(near[0]) if len(near) == 1 else None
        if header is not None:
            dynamic = inventory.release >= releases.dynamic_since()
            yield self.finding(
                f"there is no group `{name}` in this inventory",
                header,
                did_you_mean([name]),
                help=f"rename it to `{name}`",
                note="since 2.27 kubespray makes the group itself, without what is set for it here"
                if dynamic
                else None,
                severity=Severity.WARNING if dynamic else None,
                subject=inventory,
            )

    def _empty(self, inventory: Inventory, group: str) -> Finding:
        return self.finding(
            f"group `{group}` has no hosts, so kubespray stops",
            inventory.header(group) or inventory,
            "empty, and so are its children",
            help=f"list the hosts of `{group}`",
            subject=inventory,
        )

    def _missing(self, inventory: Inventory, group: str, *, optional: bool) -> Finding:
        known = set(inventory.groups) - releases.group_names()
        near = nearest(group, known)
        at = inventory.header(near[0]) if near else None
        new = next((new for old, new in releases.renamed().items() if old == group and new in inventory.groups), None)
        effect = "" if optional else ", so kubespray stops"
        label = did_you_mean([group]) if at is not None else "the inventory begins here"
        if new is not None:
            at, label = inventory.header(new), f"kubespray {inventory.release} calls it `{group}`"
        advice = f"add a section `[{group}]`" if inventory.declared.syntax == "ini" else f"add a group `{group}`"
        return self.finding(
            f"there is no group `{group}` in this inventory{effect}",
            inventory if at is None else at,
            label,
            help=f"rename it to `{group}`" if at is not None else advice,
            severity=Severity.WARNING if optional and not near else None,
            subject=inventory,
        )
