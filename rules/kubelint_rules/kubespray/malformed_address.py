"""kubespray/malformed-address."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.networks import malformed_addresses


class MalformedAddress(Rule[Inventory]):
    """The address of a host is no IP address.

    ## Why
    Etcd and the API server bind to `ip` and are reached at `access_ip`, so both must be addresses. Numbers in
    `ansible_host` that are no address are taken for a name, which is found nowhere: the host is unreachable.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.256
    ```

    ## Stays silent when
    - `ansible_host` is a name
    - the value is empty or holds a template
    - the inventory is not kubespray's

    ## Source
    Kubespray, `docs/ansible/vars.md`, `ip` and `access_ip`; Ansible, "How to build your inventory", `ansible_host`.
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each such value, wherever it is set."""
        del graph
        if inventory.kubespray:
            for variable, fault in malformed_addresses(inventory):
                yield self.finding(
                    f"`{variable.name}` is no IP address",
                    variable.value,
                    fault,
                    help="write the address of the host",
                    subject=inventory,
                )
