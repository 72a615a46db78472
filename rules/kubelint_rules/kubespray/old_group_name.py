"""kubespray/old-group-name."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import TextEdit
from kubelint.systems.kubespray.entities import VariableFile
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.variables import GROUP
from kubelint_schemas import kubespray as releases


class OldGroupName(Rule[Inventory]):
    """A group has the name that it had before kubespray 2.16, and the release in use has another.

    ## Why
    Kubespray 2.16 renamed `kube-master` to `kube_control_plane` and turned the dashes of the others into underscores.
    Later releases map the old names, but since 2.28 hosts that are only in `kube-node` are in no `k8s_cluster` and are
    not set up. Variables in `group_vars/k8s-cluster` are never read where the group is called `k8s_cluster`.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube-node]
    node2 ansible_host=10.0.0.12
    ```

    ## Stays silent when
    - all groups have their old names and nothing says that the release is 2.16 or later
    - `targets.kubespray` or the checkout's `galaxy.yml` names an older release

    ## Source
    Kubespray pull requests 7256 and 7552, issue 12625, `roles/dynamic_groups`, `playbooks/legacy_groups.yml`.
    """

    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each old group at its first header, and each old folder of variables at its first file."""
        del graph
        if not inventory.kubespray or inventory.release < releases.renamed_since():
            return
        for old, new in releases.renamed().items():
            if old in inventory.groups:
                yield from self._group(inventory, old, new)
            elif not any(old in other.groups for other in inventory.siblings):
                files = inventory.files(GROUP, old)
                if files and inventory.known:
                    yield self._folder(inventory, files[0], old, new)

    def _group(self, inventory: Inventory, old: str, new: str) -> Iterator[Finding]:
        header = inventory.header(old)
        if header is None:
            return
        mapped = releases.is_mapped(old, inventory.release)
        places = [other.node for other in inventory.declared.headers if other.group == old]
        places += [child.node for child in inventory.declared.children if child.name == old]
        places = list({place.span: place for place in places}.values())
        fix = None
        # The folder of variables would have to be renamed with it, which is no edit of a text.
        if not inventory.has_file(GROUP, old) and new not in inventory.groups:
            edits = tuple(TextEdit(place.span, new) for place in places)
            fix = Fix(f"rename the group to `{new}` in this file", edits, Safety.UNSAFE)
        effect = "" if mapped else ", so its hosts are not set up"
        folder = f", and `group_vars/{old}` with it" if inventory.has_file(GROUP, old) else ""
        yield self.finding(
            f"group `{old}` is `{new}` in kubespray {inventory.release}{effect}",
            header,
            "the name from before 2.16",
            related=[(place, "and here") for place in places if place is not header][:4],
            help=f"rename it to `{new}`{folder}",
            fix=fix,
            severity=Severity.WARNING if mapped else None,
            subject=inventory,
        )

    def _folder(self, inventory: Inventory, file: VariableFile, old: str, new: str) -> Finding:
        header = inventory.header(new)
        return self.finding(
            f"`group_vars/{old}` is never read: the inventory has no such group",
            file,
            f"none of the variables for `{old}` is set for any host",
            related=[] if header is None else [(header, "this is what the group is called")],
            help=f"rename it to `group_vars/{new}`",
            subject=inventory,
        )
