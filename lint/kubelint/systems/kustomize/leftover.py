"""Patches that lie about unused: no object of a cluster, although they look like one.

Scaffolds ship patches that are commented out, and overlays keep old ones. Read as objects they would lack half of their
fields. What is plainly a manifest that nobody lists stays an object.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC

from kubelint.graph.model import Document
from kubelint.system import Assembly
from kubelint.systems.kustomize.accumulate import PLUGIN_VERSION, Accumulator
from kubelint.systems.kustomize.model import Kustomization

_PATCH = re.compile(r"(?:^|[/._-])patch(?:es)?(?:$|[/._-])", re.IGNORECASE)
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Rollout"})


def take_leftovers(
    assembly: Assembly, kustomizations: MappingABC[str, Kustomization], accumulator: Accumulator
) -> None:
    """Take the documents out of the pool that can only be patches of a kustomization beside or above them."""
    objects: dict[int, set[tuple[str, str]]] = {}
    for document in assembly.of("kubernetes"):
        if document.mapping.text_at("apiVersion") == PLUGIN_VERSION:
            assembly.take(document)
            document.kind = f"plugin of a kustomization ({document.kind})"
            continue
        owner = _above(document.source.directory, kustomizations)
        if owner is None or not _is_leftover(document, owner):
            if owner is None or not _is_partial(document):
                continue
            known = objects.get(id(owner))
            if known is None:
                members = accumulator.accumulate(owner).members
                known = objects[id(owner)] = {(member.kind, name) for member in members for name in member.names}
            if (document.mapping.text_at("kind"), document.mapping.text_at("metadata", "name")) not in known:
                continue
        assembly.take(document)
        document.kind = f"unused patch ({document.kind})"
        document.evidence = f"lies below {owner.document.source.path}, which does not list it"


def _above(folder: str, kustomizations: MappingABC[str, Kustomization]) -> Kustomization | None:
    """Return the nearest kustomization in or above a folder."""
    while folder:
        found = kustomizations.get(folder)
        if found is not None:
            return found
        folder = folder.rpartition("/")[0]
    return kustomizations.get("")


def _is_leftover(document: Document, owner: Kustomization) -> bool:
    """Tell whether a file is called a patch, by its name or by a comment of the kustomization."""
    relative = document.source.path.removeprefix(f"{owner.directory}/" if owner.directory else "")
    if _PATCH.search(relative.rpartition(".")[0]):
        return True
    comment = re.compile(rf"^[ \t]*#[ \t-]*path:[ \t]*['\"]?(?:\./)?{re.escape(relative)}(?:['\"\s]|$)", re.MULTILINE)
    return relative in owner.source.text and comment.search(owner.source.text) is not None


def _is_partial(document: Document) -> bool:
    """Tell whether a workload lacks what only a base can give it."""
    root = document.mapping
    if root.text_at("kind") not in _WORKLOADS:
        return False
    spec = root.mapping("spec")
    return (
        spec is None
        or ("selector" not in spec and root.text_at("kind") not in ("Job", "CronJob", "Rollout"))
        or ("template" not in spec and "jobTemplate" not in spec and "workloadRef" not in spec)
    )
