"""The parts of an inventory: groups, hosts, files of variables, and single assignments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from kubelint.graph.model import Entity, Key, Resource, Unit
from kubelint.systems.kubespray.declared import ALL, UNGROUPED, ChildEntry, Header, HostEntry
from kubelint.systems.kubespray.detect import SYSTEM_NAME
from kubelint.systems.kubespray.values import Variable
from kubelint.systems.kubespray.variables import HOST, VariableDocument
from kubelint.tree.node import Node

if TYPE_CHECKING:
    from kubelint.systems.kubespray.model import Inventory

#: Variables by which a host says where it is reached.
ADDRESSES = ("ansible_host", "ansible_ssh_host", "ip", "access_ip", "ip6")


class VariableFile(Resource):
    """A file of ``group_vars`` or ``host_vars``; ``hidden_by`` is the path that Ansible reads instead of it."""

    __slots__ = ("adjacent", "hidden_by", "kind", "target", "variables")

    def __init__(self, unit: Unit, root: Node, found: VariableDocument) -> None:
        path = found.document.source.path
        node = next((key for key, _ in root.pairs()), root)
        super().__init__(Key(SYSTEM_NAME, "Variables", "", path), node, unit, root, found.document)
        self.kind = found.kind
        self.target = found.target
        self.adjacent = found.adjacent
        self.hidden_by = found.hidden_by
        self.variables = {key.text: Variable(key, value) for key, value in root.pairs()}


class InventoryGroup(Entity):
    """A group: where it is declared, what it lists and what its own lines set."""

    __slots__ = ("children", "headers", "hosts", "inventory", "parents", "variables")

    def __init__(self, name: str, node: Node, inventory: Inventory) -> None:
        super().__init__(Key(SYSTEM_NAME, "Group", "", name), node, inventory.unit, inventory)
        self.inventory = inventory
        self.headers: list[Header] = []
        self.hosts: list[HostEntry] = []
        self.children: list[ChildEntry] = []
        self.parents: list[str] = []
        self.variables: dict[str, Variable] = {}


class InventoryHost(Entity):
    """A host: every entry that lists it, and the variables that stand behind its name (the last one wins)."""

    __slots__ = ("entries", "inventory", "variables")

    def __init__(self, name: str, node: Node, inventory: Inventory) -> None:
        super().__init__(Key(SYSTEM_NAME, "Host", "", name), node, inventory.unit, inventory)
        self.inventory = inventory
        self.entries: list[HostEntry] = []
        self.variables: dict[str, Variable] = {}

    @property
    def given(self) -> bool:
        """Whether some line says more of the host than that a group has it: variables, a port, the list of hosts."""
        if self.inventory.has_file(HOST, self.name):
            return True
        return any(entry.variables or entry.port or entry.group in (ALL, UNGROUPED) for entry in self.entries)

    @property
    def meant_group(self) -> InventoryGroup | None:
        """The group that was meant where the name is a group's and nothing says that there is a host, too."""
        group = self.inventory.groups.get(self.name)
        if group is None or self.given or not (group.hosts or group.children):
            return None
        return None if any(entry.group == self.name for entry in self.entries) else group

    def variable(self, name: str) -> Variable | None:
        """Return the variable as the host's own lines and ``host_vars`` set it; None where they do not."""
        found = self.variables.get(name)
        for file in self.inventory.files(HOST, self.name):
            found = file.variables.get(name, found)
        return found

    def addresses(self) -> Iterator[Variable]:
        """Yield the variables that say where the host is reached."""
        for name in ADDRESSES:
            variable = self.variable(name)
            if variable is not None:
                yield variable


class Assignment(NamedTuple):
    """A variable that is set for a group or a host (``kind``) of that name."""

    variable: Variable
    kind: str
    target: str
