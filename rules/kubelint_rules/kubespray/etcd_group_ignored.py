"""kubespray/etcd-group-ignored."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.placement import ignored_members

_MOST = 5


class EtcdGroupIgnored(Rule[Inventory]):
    """Hosts are in the group `etcd`, and kubeadm runs etcd on the control plane only.

    ## Why
    With `etcd_deployment_type: kubeadm` each host of the control plane gets a member and no other host does. Hosts that
    are only in `etcd` stay without one, and the cluster has fewer members than the inventory says.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node2 ansible_host=10.0.0.12

    [kube_node]
    node2
    ```
    ```yaml inventory/prod/group_vars/all/etcd.yml
    etcd_deployment_type: kubeadm
    ```

    ## Stays silent when
    - the group has hosts of the control plane only, or none
    - the kind of deployment is not known

    ## Source
    Kubespray, `docs/operations/etcd.md`: "kubeadm" means etcd as static pods of the control plane.
    """

    group = Group.SUSPICIOUS
    severity = Severity.WARNING

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Compare the group with the control plane."""
        del graph
        found = ignored_members(inventory) if inventory.kubespray else None
        if found is None:
            return
        kind, outside = found
        first = next(iter(outside.values()))[0]
        names = ", ".join(f"`{name}`" for name in list(outside)[:_MOST])
        more = f" and {len(outside) - _MOST} more" if len(outside) > _MOST else ""
        yield self.finding(
            f"etcd does not run on {names}{more}: kubeadm puts it on the control plane",
            first.node,
            "not in the control plane",
            related=[(kind, "kubeadm runs etcd")],
            help="leave `etcd` to the hosts of the control plane, or set `etcd_deployment_type: host`",
            subject=inventory,
        )
