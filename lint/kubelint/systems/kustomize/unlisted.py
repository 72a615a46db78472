"""Manifests beside a kustomization that nobody applies, as far as the repository shows."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kustomize.absent import AbsentPaths
from kubelint.systems.kustomize.model import Kustomization, Outcome

_GITOPS = ("argoproj.io", "toolkit.fluxcd.io")
_MOST_TEXTS = 5_000


def unlisted(kustomization: Kustomization, graph: Graph) -> Iterator[KubernetesObject]:
    """Yield the first object of each manifest of the kustomization's folder that nothing in the repository names."""
    folder = kustomization.directory
    own = [use for use in kustomization.uses if use.field == "resources" and use.outcome is Outcome.FILE]
    if not kustomization.readable or not any(use.path.rpartition("/")[0] == folder for use in own):
        return
    seen: set[str] = set()
    for item in graph.once("manifests by folder", lambda: _by_folder(graph)).get(folder, ()):
        path = item.source.path
        if path in seen:
            continue
        seen.add(path)
        api_version = item.root.text_at("apiVersion") or ""
        if not any(group in api_version for group in _GITOPS) and not _is_named(item, graph):
            yield item


def _by_folder(graph: Graph) -> dict[str, list[KubernetesObject]]:
    found: dict[str, list[KubernetesObject]] = {}
    for unit in graph.units:
        if unit.kind == "directory":
            found[unit.path] = [item for item in unit.resources if isinstance(item, KubernetesObject)]
    return found


def _is_named(item: KubernetesObject, graph: Graph) -> bool:
    """Tell whether any other text of the repository has the name of the file; a long search counts as yes."""
    name, own = item.source.name, item.source.text
    for count, text in enumerate(AbsentPaths(graph.repository).build_texts(item.source.directory)):
        if count > _MOST_TEXTS or (name in text and text is not own):
            return True
    return False
