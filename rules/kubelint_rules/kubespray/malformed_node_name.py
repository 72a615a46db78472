"""kubespray/malformed-node-name."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import TextEdit
from kubelint.systems.kubespray.entities import InventoryHost
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.names import is_node_name


class MalformedNodeName(Rule[Inventory]):
    """A host of the cluster has a name that Kubernetes does not take for a node.

    ## Why
    The name in the inventory becomes the name of the node: lower case letters, digits, dashes and dots. Kubespray stops
    at "Stop if bad hostname", after it has prepared the hosts.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node_1 ansible_host=10.0.0.11

    [etcd]
    node_1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```

    ## Stays silent when
    - the host is in no group of the cluster: a bastion, a load balancer
    - the name holds a template

    ## Source
    Kubespray, `roles/kubernetes/preinstall`, `verify-settings`: "Stop if bad hostname"; Kubernetes documentation,
    "Object Names and IDs".
    """

    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each such host of the cluster at the line that says most of it."""
        del graph
        if not inventory.kubespray:
            return
        for name in inventory.cluster_hosts or {}:
            host = inventory.hosts[name]
            # A list with commas and a group among the hosts are other mistakes.
            if not is_node_name(name) and "," not in name and host.meant_group is None:
                yield self._finding(inventory, host)

    def _finding(self, inventory: Inventory, host: InventoryHost) -> Finding:
        better = host.name.lower().replace("_", "-").strip("-.")
        possible = is_node_name(better) and better not in inventory.hosts
        places = [entry.node for entry in host.entries]
        fix = None
        if possible and not inventory.has_file("host", host.name) and all(node.text == host.name for node in places):
            edits = tuple(TextEdit(node.part(0, len(node.text)), better) for node in places)
            fix = Fix(f"rename the host to `{better}` in this file", edits, Safety.UNSAFE)
        if len(host.name) > 253:
            label = "longer than 253 characters"
        elif host.name != host.name.lower():
            label = "upper case letters are not allowed"
        else:
            label = "only lower case letters, digits, `-` and `.`, and no `-` at an end"
        return self.finding(
            f"`{host.name[:60]}` cannot be the name of a node",
            host,
            label,
            help=f"rename it to `{better}`" if possible else "rename the host",
            fix=fix,
            subject=inventory,
        )
