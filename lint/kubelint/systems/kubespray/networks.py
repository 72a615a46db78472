"""The networks of a cluster and the addresses of its hosts, as far as they are written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from kubelint.systems.kubespray.model import Inventory
from kubelint.tree.node import Node
from kubelint_schemas import kubespray as releases

Address: TypeAlias = IPv4Address | IPv6Address
PODS, SERVICES = "kube_pods_subnet", "kube_service_addresses"


@dataclass(frozen=True, slots=True)
class ClusterNetwork:
    """A network in effect: what it is for, the variable, and where it is set (None: kubespray's default)."""

    what: str
    variable: str
    network: IPv4Network | IPv6Network
    value: Node | None


def cluster_networks(inventory: Inventory) -> Iterator[tuple[ClusterNetwork | None, ClusterNetwork | None]]:
    """Yield the networks of pods and of services for each address family; None for one that is not known."""
    for suffix in ("", "_ipv6"):
        yield _network(inventory, "pods", PODS + suffix), _network(inventory, "services", SERVICES + suffix)


def _network(inventory: Inventory, what: str, name: str) -> ClusterNetwork | None:
    variable = inventory.cluster_variables.get(name)
    if variable is None:
        text, value = (None if inventory.variables_incomplete else releases.default(name)), None
    else:
        text, value = variable.text, variable.value
    try:
        return None if text is None else ClusterNetwork(what, name, ip_network(text.strip(), strict=False), value)
    except ValueError:
        return None


def host_addresses(inventory: Inventory) -> Iterator[tuple[str, Node, Address]]:
    """Yield each host's own address: ``ip`` where it is set, else ``access_ip``, else ``ansible_host``."""
    for host in inventory.hosts.values():
        for name in ("ip", "access_ip", "ansible_host", "ansible_ssh_host"):
            variable = host.variable(name)
            if variable is None:
                continue
            try:
                address = ip_address(variable.text or "")
            except ValueError:
                break
            yield host.name, variable.value, address
            break
