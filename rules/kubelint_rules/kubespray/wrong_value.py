"""kubespray/wrong-value."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kubespray.faults import ValueFault, value_faults
from kubelint.systems.kubespray.model import Inventory
from kubelint.tree.node import Scalar


class WrongValue(Rule[Inventory]):
    """A variable has a value that kubespray does not take, or no longer takes.

    ## Why
    Kubespray compares network plugin, container runtime, DNS mode and some others with fixed lists and stops with "The
    selected choice is not supported". It names neither the variable nor the file, and some checks run late.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml inventory/prod/group_vars/k8s_cluster/k8s-cluster.yml
    kube_network_plugin: callico
    kube_proxy_mode: ipvs
    ```

    ## Stays silent when
    - one of the releases that the inventory may be for takes the value
    - the value is empty or holds a template
    - kubespray looks at the variable only with another network plugin

    ## Source
    Kubespray, `roles/validate_inventory`: "Stop if unsupported options selected"; `check.yml` of the roles `calico` and
    `cilium`.
    """

    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each value outside of the values, the form or the bounds of its variable."""
        del graph
        if inventory.kubespray:
            for fault in value_faults(inventory):
                yield self._finding(inventory, fault)

    def _finding(self, inventory: Inventory, fault: ValueFault) -> Finding:
        name, node = fault.variable.name, fault.variable.value
        fix = None
        if fault.meant is not None and isinstance(node, Scalar):
            edit = TextEdit(node.part(0, len(node.text)), fault.meant)
            fix = Fix(f"replace it by `{fault.meant}`", (edit,), Safety.UNSAFE)
        meant = did_you_mean([fault.meant] if fault.meant else [])
        return self.finding(
            f"`{name}` cannot be `{fault.shown[:40]}` in {inventory.releases}",
            node,
            fault.gone or meant or f"must be {fault.expected}",
            help=f"write `{fault.meant}`" if fault.meant else f"write {fault.expected}",
            fix=fix,
            subject=inventory,
        )
