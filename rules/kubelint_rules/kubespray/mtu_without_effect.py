"""kubespray/mtu-without-effect."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.mtu import mtu_variables
from kubelint.tree.node import Scalar


class MtuWithoutEffect(Rule[Inventory]):
    """The MTU of Calico is set in a way that never reaches Calico.

    ## Why
    Kubespray writes `calico_veth_mtu` into the manifest only where `calico_mtu` is set, and leaves an MTU that is a
    text out of the CNI configuration. Calico then takes the default.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml inventory/prod/group_vars/k8s_cluster/k8s-net-calico.yml
    calico_veth_mtu: 1430
    ```

    ## Stays silent when
    - a file that may set `calico_mtu` cannot be read

    ## Source
    Kubespray, `inventory/sample/group_vars/k8s_cluster/k8s-net-calico.yml`: "The value should be a number, not a
    string"; template `calico-node.yml.j2` of the role `calico`.
    """

    group = Group.SUSPICIOUS
    severity = Severity.WARNING
    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Look at the types of both variables and at whether the first is set."""
        del graph
        if not inventory.kubespray:
            return
        for variable, _ in mtu_variables(inventory):
            node = variable.value
            if not variable.name.startswith("calico_"):
                continue
            if isinstance(variable.data, str) and variable.number is not None and isinstance(node, Scalar):
                fix = Fix("take the quotes away", (TextEdit(node.span, node.text),), Safety.SAFE)
                yield self.finding(
                    f"`{variable.name}` is a text, so Calico does not get it",
                    node,
                    "must be a number",
                    help=f"write {node.text} without quotes",
                    fix=fix,
                    subject=inventory,
                )
            elif variable.name == "calico_veth_mtu" and self._is_alone(inventory):
                yield self.finding(
                    "`calico_veth_mtu` is without effect as long as `calico_mtu` is not set",
                    variable.key,
                    "kubespray writes it only where both are set",
                    help="set `calico_mtu` instead; `calico_veth_mtu` follows it",
                    subject=inventory,
                )

    @staticmethod
    def _is_alone(inventory: Inventory) -> bool:
        return "calico_mtu" not in inventory.assigned and not inventory.variables_incomplete and inventory.known
