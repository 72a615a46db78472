"""kubespray/host-without-role."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubespray.links import LISTS
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.placement import idle_hosts

_MOST = 20


class HostWithoutRole(Rule[Inventory]):
    """A host is in the list of all hosts and in no group, so kubespray does nothing with it.

    ## Why
    The playbooks run on groups. A machine that was added to the list and to no group does not join the cluster, and
    nothing says so.

    ## Example
    ```ini inventory/prod/inventory.ini
    [all]
    node1 ansible_host=10.0.0.11
    node2 ansible_host=10.0.0.12
    node3 ansible_host=10.0.0.13

    [kube_control_plane]
    node1

    [etcd]
    node1

    [kube_node]
    node2
    ```

    ## Stays silent when
    - the host is in any other group, here or in another inventory of the folder
    - no host has a role yet
    - a part of the inventory is a template, a script or a plugin

    ## Source
    Kubespray, `cluster.yml`: the plays run on `k8s_cluster`, `etcd` and `calico_rr`.
    """

    group = Group.RELIABILITY
    severity = Severity.WARNING

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each host that only `all` has."""
        if not inventory.kubespray:
            return
        # Where a group lists a host by a name that is nearly this one, that is what is wrong.
        meant = {
            candidate
            for reference in graph.outgoing(inventory, LISTS)
            if reference.dangling
            for candidate in reference.candidates
        }
        idle = [host for host in idle_hosts(inventory) if host not in meant]
        if len(idle) > _MOST or len(idle) >= len(inventory.cluster_hosts or ()):
            return  # a list of all machines, from which a few are chosen
        for host in idle:
            yield self.finding(
                f"host `{host.name}` is in no group, so kubespray leaves it alone",
                host,
                "only in the list of all hosts",
                help="add it to `kube_node` or another group, or remove it",
                subject=inventory,
            )
