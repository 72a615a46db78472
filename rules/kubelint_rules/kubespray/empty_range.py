"""kubespray/empty-range."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.model import Inventory


class EmptyRange(Rule[Inventory]):
    """A host range of an inventory stands for no host at all.

    ## Why
    A range of numbers that ends before it begins, such as `node[3:1]`, is no error to Ansible. It adds no host, and
    nothing is said about it.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node[9:2]
    ```

    ## Stays silent when
    - the range holds a single host (`node[3:3]`)
    - the pattern is a template

    ## Source
    Ansible, "How to build your inventory: Adding ranges of hosts"; measured with ansible-core 2.18.
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report the entries that expand to nothing."""
        del graph
        for entry in inventory.declared.hosts:
            if entry.names == ():
                yield self.finding(
                    f"`{entry.node.text[:50]}` stands for no host",
                    entry.node,
                    "ends before it begins",
                    help="write the smaller bound first",
                    note="Ansible adds no host to the group and does not warn",
                    subject=inventory,
                )
