"""proxy/cluster-proxied."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.networks import ClusterNetwork, cluster_networks, host_addresses
from kubelint.tree.node import Node, Scalar
from kubelint_rules.proxy._exceptions import covers, entries

_PROXIES = ("http_proxy", "https_proxy")
_MOST = 3
_IPV4 = 4
#: Whose nodes kubespray puts into the list, under the names of all releases.
_GROUPS = ("k8s_cluster", "k8s-cluster", "kube_control_plane", "kube-master", "kube_node", "kube-node", "etcd")


class ClusterProxied(Rule[Inventory]):
    """`no_proxy` of kubespray replaces the list that kubespray makes, and lacks a part of the cluster.

    ## Why
    Kubespray makes `no_proxy` of the nodes, the networks of pods and Services and the cluster's domain. An
    inventory that sets it replaces all of that. Without the Services' network the API server at 10.233.0.1 is asked
    for through the proxy, and the installation stops at the first request.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml inventory/prod/group_vars/all/all.yml
    http_proxy: http://proxy.example.net:3128
    https_proxy: http://proxy.example.net:3128
    no_proxy: localhost,127.0.0.1,10.96.0.0/12,10.0.0.0/24
    ```

    ## Stays silent when
    - only `additional_no_proxy` is set, which is added to the list that kubespray makes
    - no proxy is set, or a value holds a template

    ## Source
    Kubespray, `docs/advanced/proxy.md` and `roles/kubespray_defaults` (`no_proxy.yml`); kubespray issues 5935, 6250 and
    8864.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Compare the list in effect with the networks and the nodes."""
        del graph
        if not inventory.kubespray or not inventory.known:
            return
        variables = inventory.cluster_variables
        exceptions = variables.get("no_proxy")
        value = None if exceptions is None else exceptions.value
        if not isinstance(value, Scalar) or value.opaque or not value.text.strip():
            return
        proxies = [variables[name].value for name in _PROXIES if name in variables]
        if not any(isinstance(proxy, Scalar) and not proxy.is_null and proxy.text for proxy in proxies):
            return
        lacking: dict[str, ClusterNetwork] = {}
        for pods, services in cluster_networks(inventory):
            for network in (services, pods):
                if network is None or (network.value is None and network.network.version != _IPV4):
                    continue  # whether the cluster has IPv6 at all is not known
                if not _has(value.text, network.network):
                    lacking.setdefault(network.variable, network)
        yield from self._finding(inventory, value, list(lacking.values()))

    def _finding(self, inventory: Inventory, value: Scalar, networks: list[ClusterNetwork]) -> Iterator[Finding]:
        """Yield one finding for all that the list lacks: it is mended at one place."""
        members = {name for group in _GROUPS for name in inventory.members(group) or ()}
        missing = [
            (name, node, address)
            for name, node, address in host_addresses(inventory)
            if name in members and not covers(value.text, str(address)) and not covers(value.text, name)
        ]
        if not networks and not missing:
            return
        if len(networks) > 1:
            what = [f"the networks of {' and '.join(network.what for network in networks[:2])}"]
        else:
            what = [f"the network of {network.what}, {network.network}" for network in networks]
        if missing and networks:
            what.append(f"{len(missing)} node" if len(missing) == 1 else f"{len(missing)} nodes")
        elif missing:
            words = ", ".join(f"`{address}`" for _, _, address in missing[:_MOST])
            more = f" and {len(missing) - _MOST} more" if len(missing) > _MOST else ""
            what.append(f"the nodes {words}{more}")
        related: list[tuple[Node, str]] = [
            (network.value, f"the network of {network.what}") for network in networks if network.value is not None
        ]
        related += [(node, f"the address of `{name}`") for name, node, _ in missing[:_MOST]]
        unset = [network for network in networks if network.value is None]
        wanted = [f"`{network.network}`" for network in networks] + (["the nodes"] if missing else [])
        yield self.finding(
            f"`no_proxy` lacks {' and '.join(what)}",
            value,
            "this replaces the list that kubespray makes",
            related=related,
            help=f"add {' and '.join(wanted)}, or move your own hosts to `additional_no_proxy` and remove `no_proxy`",
            note="; ".join(f"`{network.variable}` is not set, so it is {network.network}" for network in unset) or None,
            subject=inventory,
        )


def _has(text: str, wanted: IPv4Network | IPv6Network) -> bool:
    """Tell whether a list has a network, or one around it."""
    for entry in entries(text):
        if entry == "*":
            return True
        try:
            network = ip_network(entry, strict=False)
        except ValueError:
            continue
        if isinstance(network, IPv4Network) and isinstance(wanted, IPv4Network) and wanted.subnet_of(network):
            return True
        if isinstance(network, IPv6Network) and isinstance(wanted, IPv6Network) and wanted.subnet_of(network):
            return True
    return False
