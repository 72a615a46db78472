"""kubespray/hidden-variables."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.entities import VariableFile


class HiddenVariables(Rule[VariableFile]):
    """A file of variables is never read, because another of the same name comes first.

    ## Why
    For each group and host Ansible takes the first of `all`, `all.yml`, `all.yaml` and `all.json` and leaves the
    others alone. A folder `group_vars/all/` next to `group_vars/all.yml` hides the file with all that it sets.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node1
    ```
    ```yaml inventory/prod/group_vars/all/all.yml
    bin_dir: /usr/local/bin
    ```
    ```yaml inventory/prod/group_vars/all.yml
    upstream_dns_servers:
      - 10.0.0.53
    ```

    ## Stays silent when
    - the file sets nothing
    - the two lie next to different inventories, or one of them next to the playbook

    ## Source
    Ansible, "Organizing host and group variables"; measured with ansible-core 2.18.
    """

    def check(self, file: VariableFile, graph: Graph) -> Iterator[Finding]:
        """Report a file that another one hides, if it sets anything."""
        if file.hidden_by is None or not file.variables:
            return
        chosen = file.hidden_by.rpartition("/")[2]
        folder = "." not in chosen and any(
            other.source.path.startswith(file.hidden_by + "/") for other in graph.subjects(VariableFile)
        )
        yield self.finding(
            f"the variables of `{file.source.name}` are never read",
            file,
            f"Ansible reads `{chosen}{'/' if folder else ''}` instead",
            help=f"move the file into `{file.hidden_by}/`" if folder else "make one file of the two",
            note=f"of the files for {file.kind} `{file.target}` Ansible takes the first: a folder or a file without "
            "extension, then `.yml`, `.yaml`, `.json`",
            subject=file,
        )
