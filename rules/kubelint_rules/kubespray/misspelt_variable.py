"""kubespray/misspelt-variable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kubespray.entities import Assignment
from kubelint.systems.kubespray.model import Inventory


class MisspeltVariable(Rule[Inventory]):
    """A variable has a name that kubespray does not know, and is nearly the same as one that it does.

    ## Why
    Ansible takes any name for a variable and nobody complains: the setting is without effect and the cluster runs with
    the default.

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
    kube_pod_subnet: 10.240.0.0/16
    ```

    ## Stays silent when
    - the name resembles none of kubespray's: it belongs to somebody else's role
    - another variable of the inventory uses it in a template

    ## Source
    The variables of `inventory/sample` and of `roles/kubespray_defaults`, kubespray 2.10 to 2.31.
    """

    group = Group.SUSPICIOUS
    severity = Severity.WARNING
    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each place that sets such a variable."""
        del graph
        if not inventory.kubespray:
            return
        for name, near in inventory.misspelt.items():
            for assignment in inventory.assigned[name]:
                yield self._finding(inventory, assignment, near)

    def _finding(self, inventory: Inventory, assignment: Assignment, near: list[str]) -> Finding:
        key = assignment.variable.key
        fix = None
        if len(near) == 1 and near[0] not in inventory.assigned:
            fix = Fix(f"rename it to `{near[0]}`", (TextEdit(key.span, near[0]),), Safety.UNSAFE)
        return self.finding(
            f"kubespray has no variable `{key.text}`",
            key,
            did_you_mean(near),
            help=f"write `{near[0]}`",
            fix=fix,
            subject=inventory,
        )
