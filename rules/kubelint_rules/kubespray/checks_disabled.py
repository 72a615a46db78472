"""kubespray/checks-disabled."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubespray.effective import known_assignments
from kubelint.systems.kubespray.model import Inventory


class ChecksDisabled(Rule[Inventory]):
    """`ignore_assert_errors` switches off nearly all of kubespray's checks.

    ## Why
    It is meant for one check that does not fit, and takes the others along: an even number of etcd members, networks
    that are too small and hosts with too little memory are no longer noticed before they hurt.

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
    ignore_assert_errors: true
    ```

    ## Stays silent when
    - it is false, or holds a template

    ## Source
    Kubespray, `inventory/sample/group_vars/all/all.yml`; `roles/validate_inventory`; issue 12268.
    """

    group = Group.SUSPICIOUS
    severity = Severity.WARNING

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each place that sets it to true."""
        del graph
        if inventory.kubespray:
            for assignment in known_assignments(inventory, "ignore_assert_errors"):
                if assignment.variable.true:
                    yield self.finding(
                        "`ignore_assert_errors` switches off the checks of kubespray",
                        assignment.variable.value,
                        "all that say `when: not ignore_assert_errors`",
                        help="remove it, and mend what the checks say",
                        subject=inventory,
                    )
