"""Which documents are API objects."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.files import RepositoryFile
from kubelint.graph.model import Document
from kubelint.tree.node import Mapping, Scalar

SYSTEM = "kubernetes"
_BODY_KEYS = ("spec", "data", "stringData", "rules", "subjects", "roleRef", "webhooks", "metadata", "items")


def detect(file: RepositoryFile) -> Iterator[Document]:
    """Yield each document that has ``apiVersion`` and ``kind``, or one of them and the body of an object."""
    claimed = False
    for document in file.yaml.documents:
        root = document.root
        if not isinstance(root, Mapping):
            continue
        evidence = _evidence(root)
        if evidence is None:
            continue
        claimed = True
        kind = root.text_at("kind") or "object without kind"
        yield Document(SYSTEM, kind, file.source, root, evidence, document.start, document.end)
    if claimed or _looks_like_manifest(file.text):
        for document in file.yaml.documents:
            if document.broken:
                yield Document(
                    SYSTEM,
                    "unreadable document",
                    file.source,
                    None,
                    "its neighbours",
                    document.start,
                    document.end,
                    broken=True,
                )


def _evidence(root: Mapping) -> str | None:
    api_version, kind = root.at("apiVersion"), root.at("kind")
    if isinstance(api_version, Scalar) and isinstance(kind, Scalar):
        return "apiVersion and kind"
    # Other tools have documents with `kind` and `metadata` too; the kinds of Kubernetes begin with a capital.
    if isinstance(kind, Scalar) and kind.text[:1].isupper() and root.mapping("metadata") is not None:
        return "kind and metadata"
    if (
        isinstance(api_version, Scalar)
        and root.mapping("metadata") is not None
        and any(key in root for key in _BODY_KEYS)
    ):
        return "apiVersion and metadata"
    return None


def _looks_like_manifest(text: str) -> bool:
    return ("\napiVersion:" in text or text.startswith("apiVersion:")) and (
        "\nkind:" in text or text.startswith("kind:")
    )
