"""proxy/cluster-proxied."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.networks import ClusterNetwork, cluster_networks, host_addresses
from kubelint.tree.node import Scalar
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
        seen: set[str] = set()
        for pods, services in cluster_networks(inventory):
            for network in (services, pods):
                if network is None or (network.value is None and network.network.version != _IPV4):
                    continue  # whether the cluster has IPv6 at all is not known
                if network.variable not in seen and not _has(value.text, network.network):
                    seen.add(network.variable)
                    yield self._network(inventory, value, network)
        yield from self._hosts(inventory, value)

    def _network(self, inventory: Inventory, value: Scalar, network: ClusterNetwork) -> Finding:
        related = [] if network.value is None else [(network.value, f"the network of {network.what}")]
        note = None
        if network.value is None:
            note = f"`{network.variable}` is not set, so it is {network.network}"
        return self.finding(
            f"`no_proxy` lacks the network of {network.what}, {network.network}",
            value,
            "this replaces the list that kubespray makes",
            related=related,
            help=f"add `{network.network}`, or move your own hosts to `additional_no_proxy` and remove `no_proxy`",
            note=note,
            subject=inventory,
        )

    def _hosts(self, inventory: Inventory, value: Scalar) -> Iterator[Finding]:
        members = {name for group in _GROUPS for name in inventory.members(group) or ()}
        missing = [
            (name, node, address)
            for name, node, address in host_addresses(inventory)
            if name in members and not covers(value.text, str(address)) and not covers(value.text, name)
        ]
        if not missing:
            return
        words = ", ".join(f"`{address}`" for _, _, address in missing[:_MOST])
        more = f" and {len(missing) - _MOST} more" if len(missing) > _MOST else ""
        yield self.finding(
            f"`no_proxy` lacks the nodes {words}{more}",
            value,
            "this replaces the list that kubespray makes",
            related=[(node, f"the address of `{name}`") for name, node, _ in missing[:_MOST]],
            help="add them, or move your own hosts to `additional_no_proxy` and remove `no_proxy`",
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
