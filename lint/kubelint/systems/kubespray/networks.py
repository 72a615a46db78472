"""The networks of a cluster and the addresses of its hosts, as far as they are written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple, TypeAlias

from kubelint.systems.kubernetes.model import Service
from kubelint.systems.kubespray.effective import effective
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.values import Variable
from kubelint.tree.node import Node, Scalar
from kubelint_schemas import kubespray as releases

Address: TypeAlias = IPv4Address | IPv6Address
PODS, SERVICES = "kube_pods_subnet", "kube_service_addresses"
#: The addresses that pods or hosts use and that are nobody's in the networks of the cluster, and what they are.
_OWN_ADDRESSES = {
    "nodelocaldns_ip": "the DNS cache of each node",
    "kube_vip_address": "kube-vip",
}
#: The addresses of Services that kubespray makes itself.
_SERVICE_ADDRESSES = ("skydns_server", "skydns_server_secondary", "kube_apiserver_ip", "registry_service_cluster_ip")
_LONGEST_NUMBER = 9
#: What looks like an IPv4 address and can be no name of a host.
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)+\Z")
_IPV4_PARTS, _IPV4_MOST = 4, 255


class ClusterNetwork(NamedTuple):
    """A network in effect: what it is for, the variable, and where it is set (None: kubespray's default)."""

    what: str
    variable: str
    network: IPv4Network | IPv6Network
    value: Node | None


class Shortage(NamedTuple):
    """More hosts, or more pods on a host, than the networks have room for; ``node`` is the value to change."""

    node: Node
    needed: int
    room: int
    variable: str
    pods: bool


def cluster_networks(inventory: Inventory) -> Iterator[tuple[ClusterNetwork | None, ClusterNetwork | None]]:
    """Yield the networks of pods and of services for each address family; None for one that is not known."""
    for suffix in ("", "_ipv6"):
        yield _network(inventory, "pods", PODS + suffix), _network(inventory, "services", SERVICES + suffix)


def service_networks(inventory: Inventory) -> list[ClusterNetwork]:
    """Return the networks that Services get their addresses from, those that are known."""
    return [services for _, services in cluster_networks(inventory) if services is not None]


def _network(inventory: Inventory, what: str, name: str) -> ClusterNetwork | None:
    variable = inventory.cluster_variables.get(name)
    if variable is None:
        unknown = inventory.variables_incomplete or name in inventory.meant
        text, value = (None if unknown else releases.default(name)), None
    else:
        text, value = variable.text, variable.value
    try:
        return None if text is None else ClusterNetwork(what, name, ip_network(text.strip()), value)
    except ValueError:
        return None


def malformed_networks(inventory: Inventory) -> Iterator[tuple[Variable, str]]:
    """Yield the variables for networks whose value is none, with what is wrong as a clause."""
    for name in (PODS, SERVICES, f"{PODS}_ipv6", f"{SERVICES}_ipv6"):
        for assignment in inventory.assigned.get(name, ()):
            text = assignment.variable.text
            fault = None if not text else _network_fault(text, 6 if name.endswith("_ipv6") else 4)
            if fault is not None:
                yield assignment.variable, fault


def _network_fault(text: str, version: int) -> str | None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return "this is no network"
    if network.version != version:
        return f"this is an IPv{network.version} network"
    if "/" not in text:
        return f"a single address: the prefix is missing, such as `{text}/{18 if version == 4 else 112}`"
    if network.num_addresses == 1:
        return "a network of a single address"
    if network.network_address != ip_address(text.partition("/")[0]):
        return f"the address of a host; the network is `{network}`"
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


def own_addresses(inventory: Inventory) -> Iterator[tuple[str, Node, Address]]:
    """Yield the addresses besides those of the hosts that must lie outside of the networks: what has it, and where."""
    for name, what in _OWN_ADDRESSES.items():
        found = effective(inventory, name)
        if found is not None and found.node is not None and (address := _address(found.text)) is not None:
            yield what, found.node, address


def service_addresses(inventory: Inventory) -> Iterator[tuple[Variable, Address]]:
    """Yield the variables that give Services of the cluster an address."""
    for name in _SERVICE_ADDRESSES:
        for assignment in inventory.assigned.get(name, ()):
            address = _address(assignment.variable.text or "")
            if address is not None:
                yield assignment.variable, address


def strange_pools(inventory: Inventory) -> Iterator[tuple[Variable, ClusterNetwork]]:
    """Yield the pools of Calico that are not inside the network of pods, with that network."""
    plugin = effective(inventory, "kube_network_plugin")
    if plugin is None or plugin.text != "calico":
        return
    for (pods, _), name in zip(cluster_networks(inventory), ("calico_pool_cidr", "calico_pool_cidr_ipv6"), strict=True):
        for assignment in inventory.assigned.get(name, ()):
            text = assignment.variable.text
            try:
                pool = None if not text else ip_network(text, strict=False)
            except ValueError:
                continue
            if pool is None or pods is None or pool.version != pods.network.version:
                continue
            if not _inside(pool, pods.network):
                yield assignment.variable, pods


def shortages(inventory: Inventory) -> Iterator[Shortage]:
    """Yield where hosts or pods are more than the network of pods has room for, as kubespray counts them.

    Calico hands out blocks of its own, so kubespray does not look at it, and neither is it looked at here.
    """
    plugin = effective(inventory, "kube_network_plugin")
    if plugin is None or plugin.text in ("calico", "none"):
        return
    for suffix, bits in (("", 32), ("_ipv6", 128)):
        prefix = effective(inventory, f"kube_network_node_prefix{suffix}")
        length = None if prefix is None else _number(prefix.text)
        if prefix is None or length is None or length > bits:
            continue
        yield from _hosts(inventory, _network(inventory, "pods", PODS + suffix), length, prefix.node, suffix)
        most = effective(inventory, "kubelet_max_pods")
        wanted = None if most is None else _number(most.text)
        if suffix or most is None or wanted is None:
            continue
        room = 2 ** (bits - length) - 2
        node = most.node or prefix.node
        if node is not None and wanted > room:
            yield Shortage(node, wanted, room, "kubelet_max_pods", pods=True)


def _hosts(
    inventory: Inventory, pods: ClusterNetwork | None, length: int, prefix: Node | None, suffix: str
) -> Iterator[Shortage]:
    hosts = inventory.cluster_hosts
    if pods is None or hosts is None:
        return
    spare = length - pods.network.prefixlen
    room = 2**spare if spare >= 0 else 0
    node = pods.value or prefix
    if node is not None and len(hosts) > room:
        variable = f"kube_network_node_prefix{suffix}" if pods.value is None else pods.variable
        yield Shortage(node, len(hosts), room, variable, pods=False)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else None


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _inside(pool: IPv4Network | IPv6Network, network: IPv4Network | IPv6Network) -> bool:
    return pool.network_address in network and pool.broadcast_address in network


def fixed_addresses(service: Service) -> Iterator[tuple[Node, Address]]:
    """Yield the addresses that a Service asks for: what is no address, ``None`` or a template is left out."""
    nodes = [service.root.scalar("spec", "clusterIP"), *service.root.items_at("spec", "clusterIPs")]
    seen: set[str] = set()
    for node in nodes:
        if isinstance(node, Scalar) and not node.opaque and node.text not in seen:
            seen.add(node.text)
            address = _address(node.text)
            if address is not None:
                yield node, address


def malformed_addresses(inventory: Inventory) -> Iterator[tuple[Variable, str]]:
    """Yield the addresses of hosts that are none, with what is wrong; in ``ansible_host`` a name may stand."""
    for name in ("ip", "access_ip", "ip6", "ansible_host", "ansible_ssh_host"):
        for assignment in inventory.assigned.get(name, ()):
            data = assignment.variable.data
            text = str(data) if isinstance(data, str | int | float) and not isinstance(data, bool) else ""
            named = name.startswith("ansible_")
            if not text or _address(text) is not None or (named and _NUMBERS.match(text) is None):
                continue
            yield assignment.variable, _address_fault(text)


def _address_fault(text: str) -> str:
    if "/" in text:
        return "an address without a prefix is wanted"
    parts = text.split(".")
    if all(part.isdigit() for part in parts):
        if len(parts) != _IPV4_PARTS:
            return f"{len(parts)} numbers instead of 4" if len(parts) > 1 else "one number instead of 4"
        if any(int(part) > _IPV4_MOST for part in parts if len(part) < _IPV4_PARTS):
            return "a part of it is greater than 255"
        return "a part of it begins with 0 or is too long"
    return "this is no IP address"
