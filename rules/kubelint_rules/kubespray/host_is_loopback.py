"""kubespray/host-is-loopback."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubespray.hosts_files import loopback_entries


class HostIsLoopback(Rule[Graph]):
    """A hosts file says that a host of the cluster is this machine itself.

    ## Why
    The file is meant for all machines, and on each of them the name then leads to itself: the kubelet registers with
    127.0.0.1, etcd members do not find each other, and a script that copies to the host copies to itself.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```text etc/hosts
    127.0.0.1 localhost node1
    10.0.0.12 node2
    ```

    ## Stays silent when
    - the cluster has only one host
    - the file is none that a repository keeps for the hosts: `etc/hosts`, `hosts.txt` and the like

    ## Source
    `hosts(5)`; Kubernetes documentation, "Creating a cluster with kubeadm", on the address that a host name leads to.
    """

    group = Group.SUSPICIOUS
    severity = Severity.WARNING

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Report each name of a host behind a loopback address."""
        del subject
        for entry in loopback_entries(graph):
            yield self.finding(
                f"`{entry.host.name}` is a host of the cluster, and here it is loopback",
                entry.name,
                "leads each machine to itself",
                related=[(entry.host, "the host of the inventory")],
                help=f"give `{entry.host.name}` the address that the other hosts reach it at",
                subject=entry.host.inventory,
            )
