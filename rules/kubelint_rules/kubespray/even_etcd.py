"""kubespray/even-etcd."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Place, Rule
from kubelint.systems.kubespray.declared import HostEntry
from kubelint.systems.kubespray.model import Inventory
from kubelint.words import listed

_MOST_RELATED = 9


class EvenEtcd(Rule[Inventory]):
    """The group `etcd` has an even number of hosts.

    ## Why
    Etcd needs a majority of its members. Four members survive the loss of one, as three do, and two survive none, so
    an even member only adds something that can fail. Kubespray checks the count before it touches a host and stops.

    ## Example
    ```ini inventory/prod/inventory.ini
    [all]
    km  ansible_host=10.0.0.7
    ks1 ansible_host=10.0.0.100
    ks2 ansible_host=10.0.0.102
    ks3 ansible_host=10.0.0.97

    [kube_control_plane]
    km

    [etcd]
    km
    ks1
    ks2
    ks3

    [kube_node]
    ks1
    ks2
    ks3

    [k8s_cluster:children]
    kube_control_plane
    kube_node
    ```

    ## Stays silent when
    - the same host is listed twice, or by a range and by its name: members are counted once
    - a part of the inventory is a template, a script or a plugin, so that the count is not known
    - the group has no host at all, as in the sample inventory
    - the inventory is not kubespray's

    ## Source
    Kubespray, `roles/validate_inventory`: "Stop if even number of etcd hosts"; etcd, "FAQ: Why an odd number of cluster
    members?".
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Count the members of etcd after children, ranges and duplicates."""
        del graph
        if not inventory.kubespray:
            return
        name = inventory.etcd_group
        members = inventory.members(name)
        header = inventory.header(name)
        if not members or len(members) % 2 or header is None or self._is_split(inventory, name):
            return
        if any("," in member for member in members):
            return  # several hosts written as one: the count is not what was meant
        count = len(members)
        ignored = inventory.cluster_variables.get("ignore_assert_errors")
        waived = ignored is not None and ignored.true
        effect = "" if waived else ", so kubespray stops"
        related: list[tuple[Place, str]] = [
            (child.node, f"brings {len(inventory.members(child.name) or ())} of them")
            for child in inventory.groups[name].children
        ]
        related += [(entry.node, text) for entry, text in self._labels(members)]
        yield self.finding(
            f"`{name}` has {count} members, an even number{effect}",
            header,
            listed(members, _MOST_RELATED),
            related=related[:_MOST_RELATED],
            help="use 1 or 3 members" if count == 2 else "add one host to the group or take one out",
            note=f"{count} members survive the loss of {(count - 1) // 2 or 'none'}, the same as {count - 1}",
            severity=Severity.WARNING if waived else None,
            subject=inventory,
        )

    @staticmethod
    def _is_split(inventory: Inventory, name: str) -> bool:
        """Tell whether another inventory of the folder makes the number odd, if Ansible is given both."""
        union = set(inventory.members(name) or ())
        alone = len(union)
        for other in inventory.siblings:
            members = other.members(name)
            if members is None:
                return True
            union.update(members)
        return len(union) != alone and len(union) % 2 == 1

    @staticmethod
    def _labels(members: dict[str, list[HostEntry]]) -> list[tuple[HostEntry, str]]:
        """Return each entry that lists members, once, with the numbers of the members that it lists first."""
        numbers: dict[HostEntry, list[int]] = {}
        for number, entries in enumerate(members.values(), 1):
            numbers.setdefault(entries[0], []).append(number)
        return [
            (entry, f"member {found[0]}" if len(found) == 1 else f"members {found[0]} to {found[-1]}")
            for entry, found in numbers.items()
        ]
