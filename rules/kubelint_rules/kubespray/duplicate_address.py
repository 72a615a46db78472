"""kubespray/duplicate-address."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.placement import repeated_addresses


class DuplicateAddress(Rule[Inventory]):
    """Two hosts of the cluster have the same address.

    ## Why
    Ansible reaches one machine under both names and sets it up twice at the same time, and the cluster gets two nodes,
    or two etcd members, that are one.

    ## Example
    ```ini inventory/prod/inventory.ini
    [all]
    node1 ansible_host=10.0.0.11
    node2 ansible_host=10.0.0.11

    [kube_control_plane]
    node1

    [etcd]
    node1

    [kube_node]
    node2
    ```

    ## Stays silent when
    - `ansible_host` is the same and a port or another connection tells the hosts apart
    - one of the hosts is in no group of the cluster

    ## Source
    Ansible, "How to build your inventory", `ansible_host`; kubespray, `docs/ansible/vars.md`, `ip` and `access_ip`.
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report the second host with an address, wherever the two get it from."""
        del graph
        if inventory.kubespray:
            for twice in repeated_addresses(inventory):
                yield self.finding(
                    f"`{twice.host}` has the same `{twice.name}` as `{twice.first_host}`",
                    twice.second.value,
                    f"`{twice.second.text}` again",
                    related=[(twice.first.value, f"the address of `{twice.first_host}`")],
                    help=f"give `{twice.host}` its own address",
                    subject=inventory,
                )
