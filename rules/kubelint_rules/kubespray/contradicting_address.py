"""kubespray/contradicting-address."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.placement import contradicting_lines


class ContradictingAddress(Rule[Inventory]):
    """Two lines of an inventory give one host different addresses.

    ## Why
    Ansible merges the lines of a host and takes the last value without a word, so the machine that is set up is not the
    one that the first line names.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1 ansible_host=10.0.0.12

    [kube_node]
    node2 ansible_host=10.0.0.13
    ```

    ## Stays silent when
    - both lines say the same
    - one of the values is a template

    ## Source
    Measured with ansible-core 2.18: of two lines for one host the last value of a variable wins.
    """

    group = Group.SUSPICIOUS
    severity = Severity.WARNING

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report the earlier value, which is without effect."""
        del graph
        for twice in contradicting_lines(inventory):
            yield self.finding(
                f"`{twice.name}` of `{twice.host}` is set twice, and this value is without effect",
                twice.first.value,
                f"a later line says `{twice.second.text}`",
                related=[(twice.second.value, "the last one wins")],
                help="remove one of the two",
                subject=inventory,
            )
