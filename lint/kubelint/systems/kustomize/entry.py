"""Entry points: the objects by which Flux and Argo CD say which kustomizations of the repository they apply.

Source: Flux, the Kustomization API, ``spec.path``; Argo CD, the Application specification, ``source.path``. Both paths
start at the root of the repository that they name; one that is not in this repository is in another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kubelint.graph.model import Document
from kubelint.paths import normalise
from kubelint.systems.kubernetes.assemble import objects_in
from kubelint.systems.kustomize.detect import FLUX_GROUP
from kubelint.tree.node import Mapping, Node, Scalar

_ARGO_GROUP = "argoproj.io"
#: What a Flux Kustomization does to the objects after the build, so that they are not the last word.
_FLUX_CHANGES = ("patches", "patchesStrategicMerge", "patchesJson6902", "images", "components", "postBuild")


class EntryPoint(NamedTuple):
    """One object that names a folder; ``changes`` says that it changes what the folder builds."""

    folder: str
    node: Scalar
    changes: bool


def entry_points(documents: Iterable[Document]) -> Iterator[EntryPoint]:
    """Yield the entry points among the objects of documents, whether or not their folder is in the repository."""
    for document in documents:
        if isinstance(document.root, Mapping) and ("toolkit.fluxcd.io" in document.source.text or _is_argo(document)):
            for root in objects_in(document.root):
                yield from _of(root)


def _is_argo(document: Document) -> bool:
    return _ARGO_GROUP in document.source.text


def _of(root: Mapping) -> Iterator[EntryPoint]:
    group = (root.text_at("apiVersion") or "").partition("/")[0]
    kind, spec = root.text_at("kind"), root.mapping("spec")
    if spec is None:
        return
    if group == FLUX_GROUP and kind == "Kustomization":
        changes = any(name in spec for name in (*_FLUX_CHANGES, "targetNamespace", "namePrefix", "nameSuffix"))
        yield from _entry(spec.at("path"), changes)
    elif group == _ARGO_GROUP and kind in ("Application", "ApplicationSet"):
        own = spec if kind == "Application" else spec.mapping("template", "spec")
        if own is not None:
            for source in (own.at("source"), *own.items_at("sources")):
                if source is not None:
                    yield from _entry(source.at("path"), source.at("kustomize") is not None)


def _entry(path: Node | None, changes: bool) -> Iterator[EntryPoint]:
    if isinstance(path, Scalar) and path.text and not path.opaque:
        folder = normalise(path.text.lstrip("/"))
        yield EntryPoint("" if folder == "." else folder, path, changes)
