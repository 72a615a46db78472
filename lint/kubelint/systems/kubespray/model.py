"""Inventories as rules see them: groups, hosts and what their variables come to."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingABC
from functools import cached_property

from kubelint.graph.model import Document, Key, Resource, Unit
from kubelint.systems.kubespray.declared import (
    ALL,
    GENERATED,
    UNGROUPED,
    ChildEntry,
    Declarations,
    HostEntry,
    InlineComment,
)
from kubelint.systems.kubespray.detect import FOLDERS, SYSTEM_NAME, is_kubespray
from kubelint.systems.kubespray.entities import Assignment, InventoryGroup, InventoryHost, VariableFile
from kubelint.systems.kubespray.names import misspelt
from kubelint.systems.kubespray.release import Releases, every_release
from kubelint.systems.kubespray.values import Variable
from kubelint.systems.kubespray.variables import GROUP, HOST, Adjacent, VariableFolders
from kubelint.tree.node import Node, Scalar
from kubelint_schemas import kubespray as releases
from kubelint_schemas.kubespray.settings import known_names, settings

_LONGEST_PRIORITY = 9
#: Variables that begin like this and are known are kubespray's; so many of them leave no doubt.
_PREFIXES = ("kube_", "kubelet_", "etcd_", "calico_", "cilium_", "containerd_")
_ENOUGH_OWN = 3
_EXAMPLES = (("inventory", "sample"), ("inventory", "local"))


class Inventory(Resource):
    """One inventory file with the variable files next to it.

    ``kubespray`` says whether its groups are kubespray's; rules about clusters look at no other. ``siblings`` are the
    other inventories of the folder: a name may stand in one of them.
    """

    def __init__(
        self, unit: Unit, root: Node, document: Document, declared: Declarations, folders: VariableFolders
    ) -> None:
        super().__init__(Key(SYSTEM_NAME, "Inventory", "", document.source.path), root, unit, root, document)
        self.declared = declared
        self.groups: dict[str, InventoryGroup] = {}
        self.hosts: dict[str, InventoryHost] = {}
        self.siblings: list[Inventory] = []
        self.releases: Releases = every_release()
        self.incomplete = declared.incomplete
        self.variables_incomplete = folders.incomplete
        self._files: dict[tuple[str, str], list[VariableFile]] = {}
        self.variable_files: list[VariableFile] = []
        self._members: dict[str, dict[str, list[HostEntry]] | None] = {}
        for found in folders.files:
            root_node = found.document.root
            if root_node is not None:
                self._add_file(VariableFile(unit, root_node, found))
        self._put_together()
        if self.groups:
            self.node = next(iter(self.groups.values())).node

    def _add_file(self, file: VariableFile) -> None:
        self.variable_files.append(file)
        if file.hidden_by is None:
            self._files.setdefault((file.kind, file.target), []).append(file)

    def _put_together(self) -> None:
        declared = self.declared
        for header in declared.headers:
            # Among variables alone a group is not declared: `[typo:vars]` makes no group `typo`.
            if header.kind != "vars" or header.group in (ALL, UNGROUPED):
                self._group(header.group, header.node).headers.append(header)
        for entry in declared.hosts:
            self._group(entry.group, entry.node).hosts.append(entry)
            for name in entry.names or ():
                host = self.hosts.get(name)
                if host is None:
                    host = self.hosts[name] = InventoryHost(name, entry.node, self)
                elif not any(one.variables for one in host.entries) and entry.variables:
                    host.node = entry.node  # the line that says where it is, not the first that names it
                host.entries.append(entry)
                host.variables.update((variable.name, variable) for variable in entry.variables)
        for child in declared.children:
            self._group(child.parent, child.node).children.append(child)
            if child.name in self.groups:
                self.groups[child.name].parents.append(child.parent)
        for name, variables in declared.variables.items():
            if name in self.groups:
                self.groups[name].variables.update((variable.name, variable) for variable in variables)

    def _group(self, name: str, node: Node) -> InventoryGroup:
        group = self.groups.get(name)
        if group is None:
            group = self.groups[name] = InventoryGroup(name, node, self)
        return group

    # -- asking ----------------------------------------------------------------------------------------------------

    @property
    def release(self) -> releases.Release:
        """The release of kubespray that it is for; the newest that it may be for where nobody names one."""
        return self.releases.newest

    @cached_property
    def assignments(self) -> list[Assignment]:
        """Every variable that is set for a group or host, in the inventory and in the files that Ansible reads."""
        found = [
            Assignment(variable, GROUP, name)
            for name, group in self.groups.items()
            for variable in group.variables.values()
            if id(variable.key) not in self.damaged
        ]
        seen: set[int] = set()
        for host in self.hosts.values():
            for entry in host.entries:
                if id(entry) not in seen:  # an entry with a range stands for many hosts
                    seen.add(id(entry))
                    found += [Assignment(variable, HOST, host.name) for variable in entry.variables]
        for (kind, target), files in self._files.items():
            found += [Assignment(variable, kind, target) for file in files for variable in file.variables.values()]
        return found

    @cached_property
    def assigned(self) -> dict[str, list[Assignment]]:
        """The assignments by the name of the variable."""
        found: dict[str, list[Assignment]] = {}
        for assignment in self.assignments:
            found.setdefault(assignment.variable.name, []).append(assignment)
        return found

    @cached_property
    def misspelt(self) -> dict[str, list[str]]:
        """The variables whose names are slips of kubespray's own, each with the names that may be meant."""
        return misspelt(self.assigned, self.assignments)

    @cached_property
    def meant(self) -> frozenset[str]:
        """The variables that somebody meant to set under a misspelt name: what they are is not known."""
        return frozenset(name for near in self.misspelt.values() for name in near)

    @cached_property
    def kubespray(self) -> bool:
        """Whether the groups are kubespray's; of a generated inventory, whether its variables are."""
        if self.declared.syntax == GENERATED:
            own = sum(1 for name in self.assigned if name.startswith(_PREFIXES) and name in known_names())
            return own >= _ENOUGH_OWN or any(file.target in releases.marks() for file in self.variable_files)
        names = {name for inventory in (self, *self.siblings) for name in inventory.groups}
        return is_kubespray(names)

    @property
    def is_cluster(self) -> bool:
        """Whether a group or variables of kubespray's own say that it is the whole inventory of a cluster."""
        own = releases.group_names() - {ALL}
        certain = {name for name in releases.renamed().values() if name not in ("kube_control_plane", "kube_node")}
        certain.update(releases.renamed())
        return bool(certain & self.groups.keys()) or any(file.target in own for file in self.variable_files)

    @property
    def is_somebodys_cluster(self) -> bool:
        """Whether it is the inventory of a cluster: kubespray's, with hosts, and no example."""
        return self.kubespray and bool(self.hosts) and not self.is_example

    @property
    def is_example(self) -> bool:
        """Whether it is one of those that kubespray comes with."""
        folders = self.source.directory.split("/")
        at = next((index for index, name in enumerate(folders) if name in FOLDERS), len(folders))
        return tuple(folders[:at][-2:]) in _EXAMPLES

    @property
    def known(self) -> bool:
        """Whether every group and host of the inventory is known, so that a count of them is one."""
        return not self.incomplete and not self.unit.incomplete

    def files(self, kind: str, target: str) -> list[VariableFile]:
        """Return the variable files of a group or host that Ansible reads, in the order in which they are merged."""
        return self._files.get((kind, target), [])

    def has_file(self, kind: str, target: str) -> bool:
        """Tell whether a group or host has a variable file."""
        return (kind, target) in self._files

    def members(self, name: str) -> dict[str, list[HostEntry]] | None:
        """Return the hosts of a group, those of its children included, each with the entries that list it.

        None where they are not known; a group that does not exist has none.
        """
        if name not in self._members:
            self._members[name] = self._collect(name)
        return self._members[name]

    def _collect(self, name: str) -> dict[str, list[HostEntry]] | None:
        if not self.known:
            return None
        found: dict[str, list[HostEntry]] = {}
        pending, seen = [name], {name}
        while pending:
            current = pending.pop()
            group = self.groups.get(current)
            if group is None:
                if current not in (name, ALL, UNGROUPED):
                    return None  # a child that is declared nowhere here
                continue
            for entry in group.hosts:
                for host in entry.names or ():
                    found.setdefault(host, []).append(entry)
            for child in reversed(group.children):
                if child.name not in seen:
                    seen.add(child.name)
                    pending.append(child.name)
        return found

    def ancestors(self, names: Iterable[str]) -> list[str]:
        """Return the groups and all that they are children of, in the order in which their variables are merged."""
        seen = set(names) | {ALL}
        pending = list(seen)
        while pending:
            group = self.groups.get(pending.pop())
            for parent in () if group is None else group.parents:
                if parent not in seen:
                    seen.add(parent)
                    pending.append(parent)
        depths = self.depths
        return sorted(seen, key=lambda name: (depths.get(name, 1), self._priority(name), name))

    @cached_property
    def depths(self) -> MappingABC[str, int]:
        """The longest way from ``all`` to each group; groups of a cycle count as if they had no parent."""
        return self._order[0]

    @cached_property
    def cycle(self) -> list[ChildEntry]:
        """The entries that make a group its own child over others, in order; empty where there are none such.

        Of several cycles the first; Ansible stops there, too.
        """
        for entry in self.declared.children:
            if entry.name == ALL:  # every group is a child of `all`
                return [entry]
        waiting = self._order[1]
        child = next((name for name in self.groups if waiting[name]), None)
        found: list[ChildEntry] = []
        seen: dict[str, int] = {}
        while child is not None and child not in seen:
            seen[child] = len(found)
            # A group that is still waiting has a parent that is waiting, too: going up ends in the cycle.
            parent = next(name for name in self.groups[child].parents if waiting[name])
            found.append(next(entry for entry in self.groups[parent].children if entry.name == child))
            child = parent
        return [] if child is None else found[seen[child] :][::-1]

    @cached_property
    def _order(self) -> tuple[dict[str, int], dict[str, int]]:
        """Depth of each group, and the number of its parents that could not be put in order: 0 but for cycles."""
        depths = {name: 0 if name == ALL else 1 for name in self.groups}
        waiting = {name: len(group.parents) for name, group in self.groups.items()}
        ready = [name for name, count in waiting.items() if not count]
        while ready:
            name = ready.pop()
            for child in self.groups[name].children:
                if child.name in waiting:
                    depths[child.name] = max(depths[child.name], depths[name] + 1)
                    waiting[child.name] -= 1
                    if not waiting[child.name]:
                        ready.append(child.name)
        return depths, waiting

    def _priority(self, name: str) -> int:
        group = self.groups.get(name)
        variable = None if group is None else group.variables.get("ansible_group_priority")
        for file in self.files(GROUP, name):
            variable = file.variables.get("ansible_group_priority", variable)
        scalar = None if variable is None else variable.scalar
        if scalar is None or not scalar.text.isdecimal() or len(scalar.text) > _LONGEST_PRIORITY:
            return 1
        return int(scalar.text)

    def group_variables(self, *names: str) -> dict[str, Variable]:
        """Return the variables that a host gets for being in these groups, merged by Ansible's precedence.

        Lowest first: the inventory file's own, ``group_vars/all`` next to the inventory and next to the playbook,
        then the other groups' in the same way. A group that kubespray makes while it runs counts by its files alone.
        """
        ordered = self.ancestors(names)
        merged: dict[str, Variable] = {}
        for name in ordered:
            group = self.groups.get(name)
            if group is not None:
                merged.update(group.variables)
        for layer in (ordered[:1], ordered[1:]):
            for adjacent in Adjacent:
                for name in layer:
                    for file in self.files(GROUP, name):
                        if file.adjacent is adjacent:
                            merged.update(file.variables)
        return merged

    def host_variables(self, name: str) -> dict[str, Variable]:
        """Return all variables of a host, merged by Ansible's precedence."""
        host = self.hosts[name]
        merged = self.group_variables(*{entry.group for entry in host.entries})
        merged.update(host.variables)
        for file in self.files(HOST, name):
            merged.update(file.variables)
        return merged

    @cached_property
    def cluster_variables(self) -> dict[str, Variable]:
        """The variables that the members of the cluster get for being in ``k8s_cluster`` under either name."""
        return self.group_variables(*self.cluster_groups)

    @property
    def cluster_groups(self) -> list[str]:
        """The names of the group of all members of the cluster: that of the release, and the others that are used."""
        names = [releases.cluster_group(self.release), releases.cluster_group(releases.newest())]
        old = next(old for old, new in releases.renamed().items() if new == names[1])
        return [*names, old] if old in self.groups and old not in names else names

    @cached_property
    def cluster_hosts(self) -> dict[str, list[HostEntry]] | None:
        """The members of the cluster: the hosts of its group and of its roles; None where they are not known."""
        found: dict[str, list[HostEntry]] = {}
        for name in (*self.cluster_groups, *releases.roles()):
            members = self.members(name)
            if members is None:
                return None
            for host, entries in members.items():
                found.setdefault(host, []).extend(entries)
        return found

    def hosts_of(self, role: str) -> dict[str, list[HostEntry]] | None:
        """Return the hosts of a role (``kube_node``) under its new and its old name; None where they are not known."""
        found: dict[str, list[HostEntry]] = {}
        for name in (role, *(old for old, new in releases.renamed().items() if new == role)):
            members = self.members(name)
            if members is None:
                return None
            for host, entries in members.items():
                found.setdefault(host, []).extend(entries)
        return found

    @property
    def etcd_group(self) -> str:
        """The group whose hosts run etcd: ``etcd``, or the control plane where kubeadm runs it in default of one."""
        if "etcd" in self.groups or self.etcd_is_external:
            return "etcd"
        return releases.name_in("kube_control_plane", self.release)

    @cached_property
    def etcd_is_external(self) -> bool:
        """Whether etcd for certain runs on hosts of its own group, and not as kubeadm sets it up."""
        variables = {**self.cluster_variables, **self.group_variables("etcd")}
        kind = variables.get("etcd_deployment_type")
        if kind is None:
            return not self.variables_incomplete and "etcd_deployment_type" not in self.meant
        return kind.text is not None and kind.text != "kubeadm" and settings()["etcd_deployment_type"].knows(kind.text)

    @cached_property
    def damaged(self) -> frozenset[int]:
        """The keys whose values a comment that is none has become a part of, by identity: not what was meant."""
        return frozenset(id(comment.damaged) for comment in self.declared.comments)

    @property
    def comments(self) -> list[InlineComment]:
        """The comments that are none."""
        return self.declared.comments

    def header(self, name: str) -> Scalar | None:
        """Return the first header of a group; None where it has none."""
        group = self.groups.get(name)
        return group.headers[0].node if group is not None and group.headers else None
