"""kubespray/unknown-host."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.model import Reference
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kubespray.links import LISTS
from kubelint.systems.kubespray.model import Inventory


class UnknownHost(Rule[Inventory]):
    """A group lists a host that the inventory says nothing else about.

    ## Why
    Ansible declares a host wherever it meets a new name. A slip of the finger in `[etcd]` makes one more host that it
    tries to reach under the wrong name, while the right one is missing from the group.

    ## Example
    ```ini inventory/prod/inventory.ini
    [all]
    master1 ansible_host=10.0.0.11
    worker1 ansible_host=10.0.0.21
    worker2 ansible_host=10.0.0.22

    [kube_control_plane]
    mastre1

    [etcd]
    master1

    [kube_node]
    worker1
    worker2
    ```

    ## Stays silent when
    - no host has an address (`ansible_host`, `ip`), or a group gives them all one: names are looked up elsewhere
    - the name is an IP address, has a domain, or is `localhost`, and resembles no other
    - half of the hosts or more are listed without a word about them
    - a part of the folder's inventory is a script or a plugin

    ## Source
    Ansible, "How to build your inventory: Hosts in multiple groups"; kubespray, `inventory/sample/inventory.ini`.
    """

    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report near misses of known hosts as errors, hosts that alone have no address as warnings."""
        places: dict[str, list[Reference]] = {}
        for reference in graph.outgoing(inventory, LISTS):
            if reference.dangling:
                places.setdefault(reference.wanted.name, []).append(reference)
        for references in places.values():
            # A host that is described nowhere is one mistake, in however many groups it is.
            separate = references if references[0].candidates else references[:1]
            for reference in separate:
                yield self._finding(inventory, reference, [other for other in references if other not in separate])

    def _finding(self, inventory: Inventory, reference: Reference, others: list[Reference]) -> Finding:
        name = reference.wanted.name
        near = [candidate.name for candidate in reference.candidates]
        written = reference.span.text
        fix = None
        if len(near) == 1 and written == name:
            fix = Fix(f"replace it by `{near[0]}`", (TextEdit(reference.span, near[0]),), Safety.UNSAFE)
        return self.finding(
            f"host `{name}` is listed here and described nowhere",
            reference.node,
            did_you_mean(near) or "every other host has an address",
            related=[
                *((candidate, "this host has an address") for candidate in reference.candidates),
                *((other.node, "and here") for other in others[:4]),
            ],
            help=f"write `{near[0]}`" if near else "give it an address with `ansible_host`, or remove it",
            note=f"Ansible takes it for one more host and connects to it as `{name}`",
            fix=fix,
            severity=None if near else Severity.WARNING,
            subject=inventory,
        )
