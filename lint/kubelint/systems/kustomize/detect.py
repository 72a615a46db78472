"""Which files are kustomizations.

Source: kustomize, ``api/konfig`` (the recognised names) and the kustomization reference. Only the first document of a
file is read. A file of such a name may hold Flux's Kustomization instead, which is an object of the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.files import RepositoryFile
from kubelint.graph.model import Document
from kubelint.suggest import is_near
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.yaml import YamlDocument
from kubelint_schemas.kustomize import KINDS

SYSTEM = "kustomize"
#: In the order in which kustomize looks for them.
NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
GROUP = "kustomize.config.k8s.io"
FLUX_GROUP = "kustomize.toolkit.fluxcd.io"
IGNORED = "document that kustomize does not read"
EMPTY = "empty kustomization"
_OTHER_NAME = "under a name that kustomize does not read"


def detect(file: RepositoryFile) -> Iterator[Document]:
    """Yield the kustomization that a file is by its name, or the documents that are one by their apiVersion."""
    if file.name in NAMES:
        yield from _named(file)
    elif file.syntax == "yaml" and GROUP in file.text:
        for document in file.yaml.documents:
            root = document.root
            if isinstance(root, Mapping) and _group(root) == GROUP and root.text_at("kind") in KINDS:
                kind = f"{root.text_at('kind')} {_OTHER_NAME}"
                yield _document(file, document, kind, "apiVersion")


def is_read(document: Document) -> bool:
    """Tell whether a document is the one that kustomize reads in its folder, as far as its file's name goes."""
    return document.source.name in NAMES and document.kind != IGNORED


def _named(file: RepositoryFile) -> Iterator[Document]:
    documents = [document for document in file.yaml.documents if document.root is not None or document.broken]
    if not documents:
        yield Document(SYSTEM, EMPTY, file.source, None, "file name", 0, len(file.text))
        return
    first, *others = documents
    if first.broken or (isinstance(first.root, Scalar) and first.root.opaque):
        # A template, or no YAML: what the rest of the file means is not known either.
        yield Document(SYSTEM, KINDS[0], file.source, None, "file name", first.start, len(file.text), broken=True)
        return
    if not _is_ours(first.root):
        return
    kind = (first.root.text_at("kind") if first.root is not None else None) or KINDS[0]
    yield _document(file, first, kind if kind in KINDS else KINDS[0], "file name")
    for other in others:
        yield _document(file, other, IGNORED, "file name")


def _is_ours(root: Node | None) -> bool:
    """Tell whether the content may be a kustomization, and is no object in a file of that name."""
    if not isinstance(root, Mapping):
        return True
    kind, group = root.text_at("kind"), _group(root)
    if group == FLUX_GROUP:
        return False
    return (
        group == GROUP or kind is None or kind in KINDS or (group is None and any(is_near(kind, one) for one in KINDS))
    )


def _group(root: Mapping) -> str | None:
    version = root.text_at("apiVersion")
    return None if version is None else version.rpartition("/")[0]


def _document(file: RepositoryFile, document: YamlDocument, kind: str, evidence: str) -> Document:
    return Document(
        SYSTEM, kind, file.source, document.root, evidence, document.start, document.end, broken=document.broken
    )
