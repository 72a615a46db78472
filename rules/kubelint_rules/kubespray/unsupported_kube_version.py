"""kubespray/unsupported-kube-version."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import TextEdit
from kubelint.systems.kubespray.model import Inventory
from kubelint.tree.node import Scalar
from kubelint_schemas import kubespray as releases
from kubelint_schemas.kubespray import Release


class UnsupportedKubeVersion(Rule[Inventory]):
    """The release of kubespray cannot install the Kubernetes version that the inventory asks for.

    ## Why
    Each release has checksums for about three minor versions and finds them by the very text of `kube_version`. A
    version that it does not have ends in "dict object has no attribute", and since 2.28 so does a leading `v`.

    ## Example
    ```yaml .kubelint.yaml
    targets:
      kubespray: "2.28"
    ```
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml inventory/prod/group_vars/k8s_cluster/k8s-cluster.yml
    kube_version: v1.32.5
    ```

    ## Stays silent when
    - one of the releases that the inventory may be for installs the version
    - the version is newer than all that kubelint knows, and nothing names the release
    - `kubelet_checksums` or another table of checksums is set in the inventory

    ## Source
    Kubespray, `roles/kubespray_defaults` (`kube_version_min_required`, `kubelet_checksums`) of each release; issues
    13029 and 13071.
    """

    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Look for a release that installs the version as it is written."""
        del graph
        variable = inventory.cluster_variables.get("kube_version")
        if (
            not inventory.kubespray
            or variable is None
            or any(name.endswith("_checksums") for name in inventory.assigned)
        ):
            return
        data = variable.data
        text = str(data) if isinstance(data, str | float) and not isinstance(data, bool) else None
        if text is None or inventory.releases.any(lambda release: releases.installs(release, text)):
            return
        try:
            wanted = releases.parse(text)
        except ValueError:
            yield self._finding(inventory, variable.value, text, "no version of Kubernetes", None)
            return
        other = text.removeprefix("v") if text.startswith("v") else f"v{text}"
        if isinstance(data, str) and inventory.releases.any(lambda release: releases.installs(release, other)):
            yield self._prefix(inventory, variable.value, text, other)
        elif isinstance(data, float):
            yield self._finding(inventory, variable.value, text, "two numbers are no whole version", None)
        elif inventory.releases.stated:
            yield self._outside(inventory, variable.value, text, wanted)

    def _prefix(self, inventory: Inventory, node: object, text: str, other: str) -> Finding:
        since = releases.unprefixed_since()
        label = f"since {since} it is written without `v`" if text.startswith("v") else f"before {since} it has a `v`"
        assert isinstance(node, Scalar)  # noqa: S101 - the value of a variable with a text
        fix = Fix(f"write `{other}`", (TextEdit(node.part(0, len(node.text)), other),), Safety.SAFE)
        return self.finding(
            f"`kube_version` must be `{other}` in {inventory.releases}",
            node,
            label,
            help=f"write `{other}`",
            note="kubespray looks for a checksum under the very text and finds none",
            fix=fix,
            subject=inventory,
        )

    def _outside(self, inventory: Inventory, node: object, text: str, wanted: Release) -> Finding:
        oldest, newest = releases.kubernetes_range(inventory.release)
        fitting = [str(release) for release in releases.all_releases() if _fits(release, wanted)]
        label = f"it installs {oldest} to {newest}" if oldest and newest else f"it installs up to {newest}"
        note = None
        if fitting:
            note = f"the releases that install {wanted} are {fitting[0]} to {fitting[-1]}"
        return self._finding(inventory, node, text, label, note)

    def _finding(self, inventory: Inventory, node: object, text: str, label: str, note: str | None) -> Finding:
        assert isinstance(node, Scalar)  # noqa: S101 - the value of a variable with a text
        return self.finding(
            f"{inventory.releases} cannot install Kubernetes `{text[:20]}`",
            node,
            label,
            help="write a version that the release has checksums for, or use another release",
            note=note or f"the release is named by {inventory.releases.evidence}"
            if inventory.releases.stated
            else note,
            subject=inventory,
        )


def _fits(release: Release, wanted: Release) -> bool:
    oldest, newest = releases.kubernetes_range(release)
    return oldest is not None and newest is not None and oldest <= wanted <= newest
