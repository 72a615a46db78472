"""What the names of an inventory refer to: child entries to groups, host entries to hosts."""

from __future__ import annotations

from ipaddress import ip_address

from kubelint.graph.model import Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.suggest import nearest
from kubelint.systems.kubespray.declared import ALL, UNGROUPED, ChildEntry, Header, HostEntry
from kubelint.systems.kubespray.detect import SYSTEM_NAME
from kubelint.systems.kubespray.entities import ADDRESSES, InventoryGroup, InventoryHost
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.variables import GROUP
from kubelint.tree.node import Scalar
from kubelint_schemas import kubespray as releases

INCLUDES, LISTS, SETS = "includes", "lists", "sets"
IMPLICIT = (ALL, UNGROUPED)
#: Hosts with an address, in numbers, that make one without look forgotten.
_ENOUGH_GIVEN = 2
_MOST_STRAYS = 20
#: Child entries times groups: beyond this nobody wrote the inventory by hand, and near misses would cost too much.
_MOST_COMPARISONS = 1_000_000


def link(graph: Graph) -> None:
    """Resolve the references of all inventories."""
    for inventory in graph.subjects(Inventory):
        link_inventory(graph, inventory)


def link_inventory(graph: Graph, inventory: Inventory) -> None:
    """Resolve what one inventory names: child groups, groups of ``:vars`` sections, hosts."""
    for child in inventory.declared.children:
        _link_child(graph, inventory, child)
    for header in inventory.declared.headers:
        if header.kind == "vars" and header.group not in inventory.groups:
            _link_group(graph, inventory, SETS, header.node, header.group, header)
    _link_hosts(graph, inventory)


def _link_child(graph: Graph, inventory: Inventory, child: ChildEntry) -> None:
    # In YAML the entry declares the group; an empty one that is a slip of another's name is still a slip.
    if inventory.declared.syntax == "yaml" and not _is_bare(inventory, child):
        target = inventory.groups.get(child.name)
        targets = () if target is None else (target,)
        wanted = _group_key(child.name)
        graph.add_reference(
            Reference(INCLUDES, inventory, child.node, wanted, Resolution.RESOLVED, targets, detail=child)
        )
        return
    _link_group(graph, inventory, INCLUDES, child.node, child.name, child)


def _is_bare(inventory: Inventory, child: ChildEntry) -> bool:
    """Tell whether a YAML child says nothing of the group and nothing else does."""
    group = inventory.groups.get(child.name)
    if child.declares or group is None:
        return group is None
    if group.hosts or group.children or group.variables or inventory.has_file(GROUP, child.name):
        return False
    return len(group.headers) == len(group.parents)


def _link_group(
    graph: Graph, inventory: Inventory, kind: str, node: Scalar, name: str, detail: ChildEntry | Header
) -> None:
    reference = Reference(kind, inventory, node, _group_key(name), Resolution.UNKNOWN, detail=detail)
    yaml = inventory.declared.syntax == "yaml"
    everywhere = [inventory, *inventory.siblings]
    defining = inventory.siblings if yaml else everywhere
    targets = [one.groups[name] for one in defining if name in one.groups]
    if targets or name in IMPLICIT:
        reference.resolution, reference.targets = Resolution.RESOLVED, tuple(targets[:1])
    elif inventory.known:
        reference.candidates = tuple(_similar(inventory, name))
        if reference.candidates:
            reference.resolution = Resolution.NEAR_MISS
        elif not yaml:
            reference.resolution = Resolution.MISSING
        else:
            reference.resolution = Resolution.RESOLVED
            reference.targets = (inventory.groups[name],) if name in inventory.groups else ()
    graph.add_reference(reference)


def misspelt_header(inventory: Inventory, reference: Reference) -> InventoryGroup | None:
    """Return the group whose header is a slip, where a reference to one of kubespray's groups leads nowhere.

    None where the reference is the slip: its name is none of kubespray's, or that of the group is.
    """
    if not inventory.kubespray or reference.wanted.name not in releases.group_names():
        return None
    found = [group for group in reference.candidates if group.name not in releases.group_names()]
    if len(found) != 1 or not isinstance(found[0], InventoryGroup) or found[0].inventory is not inventory:
        return None
    return found[0] if found[0].headers else None


def _similar(inventory: Inventory, name: str) -> list[InventoryGroup]:
    """Return the groups of the inventory that a name is a slip of; in YAML only those with hosts or children."""
    groups = inventory.groups
    if len(inventory.declared.children) * len(groups) > _MOST_COMPARISONS:
        return []
    names = [other for other in groups if other != name]
    if inventory.declared.syntax == "yaml":
        names = [other for other in names if groups[other].hosts or groups[other].children]
    return [groups[near] for near in nearest(name, names)]


def _link_hosts(graph: Graph, inventory: Inventory) -> None:
    given = {name for name, host in inventory.hosts.items() if host.given}
    addressed = [name for name in given if any(True for _ in inventory.hosts[name].addresses())]
    judged = inventory.known and addressed and not _addressed_by_group(inventory)
    elsewhere = {name for one in inventory.siblings for name in one.hosts}
    # A host that the inventory lists without a word about it, while it tells of the others where they are.
    lonely = len(addressed) == len(given) >= _ENOUGH_GIVEN
    described = given | elsewhere | inventory.groups.keys()
    names = [name for name in inventory.hosts if name not in described and "," not in name] if judged else []
    # Many of them are no slips: such an inventory takes its addresses from somewhere else.
    strays = {name: nearest(name, given) for name in names} if len(names) <= _MOST_STRAYS else {}
    if len(strays) >= len(given):
        strays = {name: near for name, near in strays.items() if near}
    for host in inventory.hosts.values():
        for entry in host.entries:
            if entry.node is not host.node or host.name in strays:
                _link_host(graph, entry, host, strays.get(host.name), lonely=lonely)


def _link_host(graph: Graph, entry: HostEntry, host: InventoryHost, near: list[str] | None, *, lonely: bool) -> None:
    """Refer to a host; ``near`` are the hosts that may be meant, None where the host is what it seems."""
    inventory = host.inventory
    wanted = Key(SYSTEM_NAME, "Host", "", host.name)
    reference = Reference(LISTS, inventory, entry.node, wanted, Resolution.RESOLVED, (host,), detail=entry)
    if near:
        reference.resolution, reference.targets = Resolution.NEAR_MISS, ()
        reference.candidates = tuple(inventory.hosts[name] for name in near)
    elif near is not None and lonely and not _resolves(host.name):
        reference.resolution, reference.targets = Resolution.MISSING, ()
    graph.add_reference(reference)


def _addressed_by_group(inventory: Inventory) -> bool:
    """Tell whether a group gives its hosts an address by a template, so that no host needs one of its own."""
    names = set(ADDRESSES)
    if any(names & group.variables.keys() for group in inventory.groups.values()):
        return True
    return inventory.variables_incomplete or any(
        names & file.variables.keys() for file in inventory.variable_files if file.kind == GROUP
    )


def _resolves(name: str) -> bool:
    """Tell whether a host name is an address by itself: an IP, a name with a domain, this machine."""
    if "." in name or name == "localhost":
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _group_key(name: str) -> Key:
    return Key(SYSTEM_NAME, "Group", "", name)
