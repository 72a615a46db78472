"""kubespray/unknown-group."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety
from kubelint.graph.model import Reference
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kubespray.declared import ChildEntry
from kubelint.systems.kubespray.entities import InventoryGroup
from kubelint.systems.kubespray.links import INCLUDES, SETS, misspelt_header
from kubelint.systems.kubespray.model import Inventory

_DROPPED = "Ansible only warns, drops the whole file and goes on with no hosts; `ansible-inventory` still exits with 0"


class UnknownGroup(Rule[Inventory]):
    """An inventory names a group that does not exist.

    ## Why
    In an INI inventory a `:children` line or a `:vars` section with an unknown group makes Ansible drop the whole file
    with a warning: no host is left, and the exit code stays 0. In a YAML inventory the wrong name silently becomes a
    new, empty group, and the hosts of the right one are missing where they are needed.

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
    kube_noce
    ```

    ## Stays silent when
    - the group is declared further down, in another inventory of the folder, or is `all` or `ungrouped`
    - a part of the folder's inventory is a script or a plugin, which may declare it
    - an empty YAML group resembles no other, such as `calico_rr:`

    ## Source
    Ansible, "How to build your inventory"; measured with ansible-core 2.18 ("includes undefined group").
    """

    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report the names of groups that resolve to none."""
        for kind in (INCLUDES, SETS):
            for reference in graph.outgoing(inventory, kind):
                if reference.dangling:
                    yield self._finding(inventory, reference)

    def _header(self, inventory: Inventory, reference: Reference, group: InventoryGroup) -> Finding:
        """Report a header that is wrong where what refers to it is right: only kubespray's own names are known."""
        name = reference.wanted.name
        places = [header.node for header in group.headers]
        places += [child.node for child in inventory.declared.children if child.name == group.name]
        places = list({place.span: place for place in places}.values())
        edits = tuple(TextEdit(place.span, name) for place in places)
        yaml = inventory.declared.syntax == "yaml"
        return self.finding(
            f"there is no group `{name}`, but a group `{group.name}`",
            group.node,
            did_you_mean([name]),
            related=[(reference.node, f"`{name}` is asked for here")],
            help=f"rename it to `{name}`",
            note=None if yaml else _DROPPED,
            fix=Fix(f"rename the group to `{name}` in this file", edits, Safety.UNSAFE),
            subject=inventory,
        )

    def _finding(self, inventory: Inventory, reference: Reference) -> Finding:
        name = reference.wanted.name
        misspelt = misspelt_header(inventory, reference)
        if misspelt is not None:
            return self._header(inventory, reference, misspelt)
        near = [candidate.name for candidate in reference.candidates]
        related = [(candidate, "this group exists") for candidate in reference.candidates]
        label = did_you_mean(near)
        advice = f"write `{near[0]}`" if near else f"add a section `[{name}]` or remove this one"
        yaml = inventory.declared.syntax == "yaml"
        headline, note = f"group `{name}` does not exist, so Ansible drops the whole inventory", _DROPPED
        if yaml:
            headline = f"group `{name}` is empty: nothing but this entry names it"
            note = "in YAML an entry of `children` makes the group where there is none, so Ansible does not even warn"
        elif name in inventory.hosts:
            label = "this is a host; only groups can be children"
            advice = "list it in a section without `:children`"
        elif not label and isinstance(reference.detail, ChildEntry):
            label = f"no section `[{name}]` declares it"
        elif not label:
            label = "variables alone do not declare a group"
        fix = None
        if len(near) == 1:
            fix = Fix(f"replace it by `{near[0]}`", (TextEdit(reference.span, near[0]),), Safety.UNSAFE)
        return self.finding(
            headline,
            reference.node,
            label,
            related=related,
            help=advice,
            note=note,
            fix=fix,
            subject=inventory,
        )
