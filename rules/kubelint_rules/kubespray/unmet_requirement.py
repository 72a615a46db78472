"""kubespray/unmet-requirement."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.effective import Effective
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.requirements import Unmet, unmet_requirements
from kubelint.words import joined


class UnmetRequirement(Rule[Inventory]):
    """A setting needs another one to have a certain value, and it has a different one.

    ## Why
    Container runtimes, encapsulations and data stores go together in certain ways only. Kubespray checks most of them,
    some only after an hour on the hosts; where it does not check, the cluster comes up and does not work.

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
    container_manager: docker
    kata_containers_enabled: true
    ```

    ## Stays silent when
    - one of the settings is a template, differs from host to host, or is in a file that cannot be read
    - one of the releases that the inventory may be for does not ask for it
    - neither of the settings is set in the inventory

    ## Source
    Kubespray, `roles/validate_inventory`; `check.yml` of the roles `calico` and `cilium`; the comments of
    `inventory/sample`.
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each requirement that is not met."""
        del graph
        if inventory.kubespray:
            for unmet in unmet_requirements(inventory):
                yield self._finding(inventory, unmet)

    def _finding(self, inventory: Inventory, unmet: Unmet) -> Finding:
        asking = next((one for one in reversed(unmet.asking) if one.node is not None), unmet.asking[-1])
        stops = ", so kubespray stops" if unmet.requirement.stops else ""
        if unmet.values:
            first, *others = unmet.values
            wanted = joined([f"`{unmet.wanted}: {first}`", *(f"`{value}`" for value in others)], "or")
            advice = f"set `{unmet.wanted}: {first}`"
            if not first:
                wanted, advice = f"`{unmet.wanted}` to be empty", "leave one of the two out"
        else:
            wanted = joined([f"`{name}`" for name in unmet.requirement.set], "or")
            advice = f"set {wanted}"
        settings = (*unmet.asking, *([] if unmet.found is None else [unmet.found]))
        related = [
            (one.node, f"{_shown(one)} here") for one in settings if one.node is not None and one.node is not unmet.node
        ]
        defaults = [f"{_shown(one)} is the default" for one in unmet.asking if one.node is None]
        return self.finding(
            f"{_shown(asking)} needs {wanted}",
            unmet.node,
            _label(unmet) + stops,
            related=related,
            help=advice,
            note="; ".join(defaults) or None,
            severity=None if stops else Severity.WARNING,
            subject=inventory,
        )


def _shown(setting: Effective) -> str:
    return f"`{setting.name}: {setting.text}`"


def _label(unmet: Unmet) -> str:
    found = unmet.found
    if found is None:
        return "nothing sets it"
    if found.node is unmet.node:
        return f"`{found.text}` does not go with it"
    return f"`{found.name}` is not set, and `{found.text}` by default"
