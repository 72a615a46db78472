"""kubespray/misnamed-variable-file."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.placement import misnamed_files


class MisnamedVariableFile(Rule[Inventory]):
    """A file of `group_vars` or `host_vars` has nearly the name of a group or host, and not quite.

    ## Why
    Ansible loads such a file by the exact name and never looks at any other. Its variables are set for nobody.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml inventory/prod/group_vars/k8s_clusters/k8s-cluster.yml
    kube_network_plugin: cilium
    ```

    ## Stays silent when
    - the name resembles no group or host: the group may be made while a playbook runs
    - an inventory of the folder is a script, a plugin or a template
    - the file lies next to a playbook, where other inventories may use it

    ## Source
    Ansible, "Organizing host and group variables".
    """

    group = Group.SUSPICIOUS
    severity = Severity.WARNING

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each file whose name is near to that of a group or host."""
        del graph
        if not inventory.kubespray:
            return
        for file, near in misnamed_files(inventory):
            found = inventory.header(near[0]) if file.kind == "group" else inventory.hosts.get(near[0])
            yield self.finding(
                f"no {file.kind} is called `{file.target}`, so these variables are set for nobody",
                file,
                did_you_mean(near),
                related=[] if found is None else [(found, f"the {file.kind}")],
                help=f"rename it to `{file.kind}_vars/{near[0]}`",
                subject=file,
            )
