"""kubespray/removed-variable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubespray.effective import holds
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.values import Variable
from kubelint_schemas.kubespray.settings import Removed, removed


class RemovedVariable(Rule[Inventory]):
    """A variable is set that the release of kubespray no longer reads.

    ## Why
    A variable that nobody reads is silently without effect: the cluster runs with the default of whatever took its
    place. For some of them kubespray stops at a check instead.

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
    kube_version: v1.29.5
    ipip_mode: CrossSubnet
    ```

    ## Stays silent when
    - one of the releases that the inventory may be for still reads the variable
    - it belongs to another network plugin than the one that is chosen

    ## Source
    Kubespray, `roles/validate_inventory`: "Fail if removed variables are used"; `check.yml` of the role `calico`; pull
    requests 8317, 8434 and 12942, issue 11039.
    """

    group = Group.SUSPICIOUS
    severity = Severity.WARNING
    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each place that sets a removed variable."""
        del graph
        if not inventory.kubespray:
            return
        for name, entry in removed().items():
            if name not in inventory.assigned or inventory.releases.oldest < entry.since:
                continue
            if holds(inventory, entry.only_if):
                for assignment in inventory.assigned[name]:
                    yield self._finding(inventory, entry, assignment.variable)

    def _finding(self, inventory: Inventory, entry: Removed, variable: Variable) -> Finding:
        fix = None
        if entry.instead is not None and entry.same_value and entry.instead not in inventory.assigned:
            edit = TextEdit(variable.key.span, entry.instead)
            fix = Fix(f"rename it to `{entry.instead}`", (edit,), Safety.SAFE)
        effect = " and stops at it" if entry.fatal else ""
        return self.finding(
            f"kubespray {entry.since} removed `{entry.name}`{effect}",
            variable.key,
            f"`{entry.instead}` took its place" if entry.instead else "nothing took its place",
            help=f"set `{entry.instead}` instead" if entry.instead else "remove it",
            fix=fix,
            severity=Severity.ERROR if entry.fatal else None,
            subject=inventory,
        )
