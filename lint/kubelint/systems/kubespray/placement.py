"""Hosts and their roles: which are given twice, which have none, which are in a group that does nothing for them.

Source: kubespray, ``roles/validate_inventory``, ``roles/dynamic_groups``, ``check.yml`` of the role ``calico``,
``roles/kubespray_defaults`` (``etcd_member_name``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import NamedTuple

from kubelint.suggest import nearest
from kubelint.systems.kubespray.declared import ALL, UNGROUPED, HostEntry
from kubelint.systems.kubespray.effective import effective
from kubelint.systems.kubespray.entities import InventoryHost, VariableFile
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.values import Variable
from kubelint.systems.kubespray.variables import GROUP, Adjacent
from kubelint.tree.node import Node, Scalar
from kubelint_schemas import kubespray as releases

CONTROL_PLANE, NODES, REFLECTORS, ETCD = "kube_control_plane", "kube_node", "calico_rr", "etcd"
#: Variables that hold an address of which a host has only one.
_UNIQUE = ("ansible_host", "ip", "access_ip", "ip6")
_PORTS = ("ansible_port", "ansible_ssh_port", "ansible_connection")


class Twice(NamedTuple):
    """A value that two hosts, or two lines for one host, give: the variable of each; ``host`` is the later one's."""

    name: str
    first: Variable
    second: Variable
    first_host: str
    host: str


def repeated_addresses(inventory: Inventory) -> Iterator[Twice]:
    """Yield the addresses that several hosts of the cluster have; behind a port of its own each may be another."""
    members = inventory.cluster_hosts or {}
    for name in _UNIQUE:
        seen: dict[str, tuple[str, Variable]] = {}
        for host_name, host in inventory.hosts.items():
            if host_name not in members:
                continue
            variable = host.variable(name)
            text = None if variable is None else variable.text
            if variable is None or not text or (name == "ansible_host" and _has_port(host)):
                continue
            if text in seen:
                first_host, first = seen[text]
                yield Twice(name, first, variable, first_host, host_name)
            else:
                seen[text] = (host_name, variable)


def _has_port(host: InventoryHost) -> bool:
    return any(entry.port for entry in host.entries) or any(host.variable(name) is not None for name in _PORTS)


def contradicting_lines(inventory: Inventory) -> Iterator[Twice]:
    """Yield the addresses that two lines of the inventory give one host, where they differ."""
    for host in inventory.hosts.values():
        seen: dict[str, Variable] = {}
        for entry in host.entries if len(host.entries) > 1 else ():
            for variable in entry.variables:
                if variable.name not in _UNIQUE or variable.text is None:
                    continue
                first = seen.setdefault(variable.name, variable)
                if first.text != variable.text:
                    yield Twice(variable.name, first, variable, host.name, host.name)
                    seen[variable.name] = variable


def idle_hosts(inventory: Inventory) -> list[InventoryHost]:
    """Return the hosts that are in no group but ``all``, where others are in groups of the cluster."""
    everywhere = [inventory, *inventory.siblings]
    if not all(one.known for one in everywhere) or not inventory.cluster_hosts:
        return []
    busy = {
        entry_name
        for one in everywhere
        for group in one.groups.values()
        if group.name not in (ALL, UNGROUPED)
        for entry in group.hosts
        for entry_name in entry.names or ()
    }
    return [host for name, host in inventory.hosts.items() if name not in busy and name != "localhost"]


def left_out(inventory: Inventory) -> list[tuple[str, dict[str, list[HostEntry]]]]:
    """Return the roles whose hosts the group of the cluster leaves out, each with those hosts.

    Since 2.27 kubespray fills the group itself, so for a release that may be a later one only a group that is declared
    counts.
    """
    dynamic = releases.dynamic_since()
    if inventory.releases.stated and inventory.release >= dynamic:
        return []
    name = next((one for one in inventory.cluster_groups if one in inventory.groups), None)
    members = None if name is None else inventory.members(name)
    if members is None or any(one is not inventory and name in one.groups for one in inventory.siblings):
        return []
    found = []
    for role in (CONTROL_PLANE, NODES):
        missing = {host: at for host, at in (inventory.hosts_of(role) or {}).items() if host not in members}
        if missing:
            found.append((role, missing))
    return found


def clashing_member_names(inventory: Inventory) -> Iterator[Twice]:
    """Yield the names of etcd members that two hosts get, where at least one of them is written down.

    A member without a name is called ``etcd`` and its position in the group.
    """
    seen: dict[str, tuple[str, Variable | None]] = {}
    for position, host_name in enumerate(inventory.members(inventory.etcd_group) or (), 1):
        variable = inventory.hosts[host_name].variable("etcd_member_name")
        if variable is not None and variable.text is None and not variable.is_empty:
            return  # a template: any name
        text = None if variable is None else variable.text
        name = text or f"etcd{position}"
        first_host, first = seen.setdefault(name, (host_name, variable if text else None))
        if first_host == host_name:
            continue
        written = variable if text and variable is not None else first
        if written is not None:
            yield Twice(name, first or written, written, first_host, host_name)


def forgotten_cluster_id(inventory: Inventory) -> Scalar | None:
    """Return the header of the route reflectors where Calico has some and nothing sets their ``cluster_id``."""
    plugin = effective(inventory, "kube_network_plugin")
    if plugin is None or plugin.text != "calico" or inventory.variables_incomplete:
        return None
    if not inventory.hosts_of(REFLECTORS) or "cluster_id" in {*inventory.assigned, *inventory.meant}:
        return None
    header = inventory.header(REFLECTORS) or inventory.header("calico-rr")
    return header if isinstance(header, Scalar) else None


def odd_cluster_ids(inventory: Inventory) -> Iterator[Variable]:
    """Yield the variables that set the ``cluster_id`` of route reflectors to something else than an IPv4 address."""
    plugin = effective(inventory, "kube_network_plugin")
    if plugin is None or plugin.text != "calico" or not inventory.hosts_of(REFLECTORS):
        return
    for assignment in inventory.assigned.get("cluster_id", ()):
        data = assignment.variable.data
        try:
            if data is not None:
                IPv4Address(str(data))
        except ValueError:
            yield assignment.variable


def lost_reflectors(inventory: Inventory) -> dict[str, list[HostEntry]]:
    """Return the route reflectors that are in no group of the cluster, for releases that do not add them."""
    if inventory.releases.newest >= releases.dynamic_since():
        return {}
    if not any(name in inventory.groups for name in inventory.cluster_groups):
        return {}  # without the group at all, that is what is wrong
    members = {host for name in inventory.cluster_groups for host in inventory.members(name) or ()}
    return {host: at for host, at in (inventory.hosts_of(REFLECTORS) or {}).items() if host not in members}


def ignored_members(inventory: Inventory) -> tuple[Node, dict[str, list[HostEntry]]] | None:
    """Return ``etcd_deployment_type: kubeadm`` and the hosts of ``etcd`` that are outside of the control plane.

    Kubeadm runs etcd on the hosts of the control plane and on no others.
    """
    kind = effective(inventory, "etcd_deployment_type")
    if kind is None or kind.text != "kubeadm" or kind.node is None:
        return None
    control_plane = inventory.hosts_of(CONTROL_PLANE)
    members = inventory.members(ETCD)
    if not control_plane or not members:
        return None
    outside = {host: at for host, at in members.items() if host not in control_plane}
    return (kind.node, outside) if outside else None


def misnamed_files(inventory: Inventory) -> Iterator[tuple[VariableFile, list[str]]]:
    """Yield the variable files of groups and hosts that do not exist, with the names that were probably meant."""
    everywhere = [inventory, *inventory.siblings]
    if not all(one.known for one in everywhere):
        return
    kinds: dict[str, set[str]] = defaultdict(set)
    for one in everywhere:
        kinds[GROUP].update(one.groups, (ALL, UNGROUPED))
        kinds["host"].update(one.hosts)
    for file in inventory.variable_files:
        names = kinds[file.kind]
        if file.adjacent is not Adjacent.INVENTORY or file.target in names or not file.variables:
            continue
        if file.kind == GROUP and file.target in releases.group_names():
            continue  # kubespray makes it, or it has another name in this release
        # A file for `all` or `k8s_cluster` is misnamed even where the inventory leaves the group to kubespray.
        near = nearest(file.target, names)
        if not near and file.kind == GROUP:
            near = nearest(file.target, {releases.name_in(one, inventory.release) for one in releases.group_names()})
        if near:
            yield file, near
