"""kubespray/comma-in-host."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import TextEdit
from kubelint.systems.kubespray.declared import HostEntry
from kubelint.systems.kubespray.model import Inventory


class CommaInHost(Rule[Inventory]):
    """Several hosts stand in one entry of an inventory, divided by commas.

    ## Why
    An inventory has one host on each line. `node1,node2` is a single host with a comma in its name, which Ansible
    tries to connect to; neither `node1` nor `node2` is in the group.

    ## Example
    ```ini inventory/prod/inventory.ini
    [all]
    node1 ansible_host=10.0.0.11
    node2 ansible_host=10.0.0.12

    [kube_control_plane]
    node1

    [etcd]
    node1

    [kube_node]
    node1,node2
    ```

    ## Stays silent when
    - the comma is part of a template

    ## Source
    Ansible, "How to build your inventory"; measured with ansible-core 2.18.
    """

    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report the entries with a comma in the name of their host."""
        del graph
        for entry in inventory.declared.hosts:
            if "," in entry.node.text and entry.names:
                yield self._finding(inventory, entry)

    def _finding(self, inventory: Inventory, entry: HostEntry) -> Finding:
        names = [name for name in entry.node.text.replace(",", " ").split() if name]
        fix = None
        alone = not entry.variables and entry.node.span.text == entry.node.text
        if inventory.declared.syntax == "ini" and len(names) > 1 and alone:
            lines = "\n".join(names)
            fix = Fix("put each host on a line of its own", (TextEdit(entry.node.span, lines),), Safety.UNSAFE)
        ini = inventory.declared.syntax == "ini"
        return self.finding(
            f"`{entry.node.text[:40]}` is one host with a comma in its name",
            entry.node,
            f"{len(names)} names in one",
            help="put each host on a line of its own" if ini else "write one key for each host",
            fix=fix,
            subject=inventory,
        )
