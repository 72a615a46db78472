"""Which documents are Drone's, and why."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kubelint.files import RepositoryFile
from kubelint.graph.model import Document
from kubelint.source import Span
from kubelint.suggest import nearest
from kubelint.systems.drone.split import Chunk, split
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.yaml import YamlDocument
from kubelint_schemas import drone as pack

SYSTEM = "drone"
FILE_NAMES = frozenset({".drone.yml", ".drone.yaml"})

#: drone-yaml hands a file with such a line to its converter for Drone 0.8.
_LEGACY_LINE = re.compile(r"^pipeline:[ \t]*\r?$", re.MULTILINE)
_PIPELINE_NEIGHBOURS = ("clone", "depends_on", "platform", "services", "trigger", "volumes", "workspace")
_STEP_BODIES = ("commands", "image", "settings")


class Form(Enum):
    """What a part of a Drone file is to Drone."""

    DOCUMENT = "document"
    #: Nothing but comments or blank lines, which Drone takes as a document without ``kind``.
    EMPTY = "empty document"
    #: Written for Drone before 1.0, which had another format.
    LEGACY = "Drone 0.x file"
    #: Woodpecker forked Drone and changed the format.
    WOODPECKER = "Woodpecker file"
    #: Never read by Drone.
    UNREAD = "unread"
    BROKEN = "unreadable document"


class Content(NamedTuple):
    """What :class:`Document` carries for this system."""

    form: Form
    chunk: Chunk | None = None
    #: The line at which Drone stopped reading before it came here.
    terminator: Span | None = None


def detect(file: RepositoryFile) -> Iterator[Document]:
    """Yield the documents of a file that has Drone's name or whose content is Drone's."""
    if is_woodpecker(file.path):
        yield from _of_woodpecker(file)
        return
    if file.name in FILE_NAMES:
        yield from _by_name(file)
        return
    if "kind" not in file.text:
        return
    found = [(document, content_evidence(document.root)) for document in file.yaml.documents]
    if not any(evidence for _, evidence in found):
        return
    if any(_is_foreign(document.root) for document, _ in found):
        for document, evidence in found:
            if evidence is not None:
                yield _document(document, evidence)
        return
    yield from _whole_file(file, next(evidence for _, evidence in found if evidence))


def is_woodpecker(path: str) -> bool:
    """Tell whether a file belongs to Woodpecker, a fork of Drone with its own format."""
    *folders, name = path.split("/")
    return ".woodpecker" in folders or name in (".woodpecker.yml", ".woodpecker.yaml")


def _of_woodpecker(file: RepositoryFile) -> Iterator[Document]:
    for document in file.yaml.documents:
        if isinstance(document.root, Mapping) and any(name in document.root for name in ("steps", "pipeline")):
            made = _document(document, "the name of a file of Woodpecker, which is not judged as Drone")
            made.kind, made.content = Form.WOODPECKER.value, Content(Form.WOODPECKER)
            yield made


def content_evidence(root: Node | None) -> str | None:
    """Return why a document is Drone's, in words; None where its content does not say so."""
    if not isinstance(root, Mapping) or _is_foreign(root):
        return None
    node = root.scalar("kind")
    if node is None or node.opaque:
        return None
    kind = node.text
    if kind == pack.PIPELINE:
        if _has_steps(root):
            return "kind and steps"
        if root.text_at("type") in pack.types() and any(name in root for name in _PIPELINE_NEIGHBOURS):
            return "kind and type"
        return None
    if kind == "secret":
        return "kind and data" if "name" in root and ("get" in root or "data" in root) else None
    marks = {"signature": "hmac", "template": "load"}
    if kind in marks:
        return f"kind and {marks[kind]}" if marks[kind] in root else None
    if pack.PIPELINE in nearest(kind, pack.kinds()) and _has_steps(root):
        return "kind and steps"
    return None


def _is_foreign(root: Node | None) -> bool:
    """Tell whether a document is an API object, or a pipeline of a system that writes it like one."""
    return isinstance(root, Mapping) and any(name in root for name in ("apiVersion", "metadata", "spec"))


def _has_steps(root: Mapping) -> bool:
    return any(
        isinstance(step, Mapping) and any(name in step for name in _STEP_BODIES) for step in root.items_at("steps")
    )


def _by_name(file: RepositoryFile) -> Iterator[Document]:
    documents = [document for document in file.yaml.documents if document.root is not None]
    legacy = _legacy_evidence(file, documents)
    if legacy is None:
        yield from _whole_file(file, "file name")
        return
    for document in documents:
        made = _document(document, legacy)
        made.kind = Form.LEGACY.value
        made.content = Content(Form.LEGACY)
        yield made


def _legacy_evidence(file: RepositoryFile, documents: list[YamlDocument]) -> str | None:
    """Return why a file is written for Drone before 1.0: 0.8 has ``pipeline``, 0.4 ``build``, 0.2 ``script``."""
    roots = [document.root for document in documents if isinstance(document.root, Mapping)]
    if not roots or any("kind" in root or "steps" in root for root in roots):
        return None
    if any("pipeline" in root for root in roots) or _LEGACY_LINE.search(file.text):
        return "file name and `pipeline` (Drone 0.8)"
    if any(_is_old_build(root) for root in roots):
        return "file name and `build` (Drone 0.4 or older)"
    return None


def _is_old_build(root: Mapping) -> bool:
    build = root.mapping("build")
    return ("image" in root and "script" in root) or (build is not None and any(name in build for name in _STEP_BODIES))


def _whole_file(file: RepositoryFile, evidence: str) -> Iterator[Document]:
    """Yield all documents of a file as Drone splits it."""
    source = file.source
    chunks, terminator = split(source)
    if all(chunk.empty for chunk in chunks):
        return
    for chunk, inside in _placed(chunks, file.yaml.documents):
        root = next((document.root for document in inside if document.root is not None), None)
        broken = root is None and any(document.broken for document in inside)
        if root is not None:
            content, kind = Content(Form.DOCUMENT, chunk), kind_words(root)
        elif broken:
            content, kind = Content(Form.BROKEN, chunk), Form.BROKEN.value
        else:
            content, kind = Content(Form.EMPTY, chunk), Form.EMPTY.value
        yield Document(SYSTEM, kind, source, root, evidence, chunk.start, chunk.end, broken, content)
    if terminator is None:
        return
    for document in file.yaml.documents:
        if document.root is not None and document.root.start > terminator.start:
            why = f"behind `...` on line {terminator.line}, where Drone stops reading"
            yield Document(
                SYSTEM,
                Form.UNREAD.value,
                source,
                document.root,
                why,
                document.start,
                document.end,
                content=Content(Form.UNREAD, terminator=terminator),
            )


def _placed(chunks: list[Chunk], documents: list[YamlDocument]) -> Iterator[tuple[Chunk, list[YamlDocument]]]:
    """Yield each chunk with the YAML documents that begin in it."""
    starts = [chunk.start for chunk in chunks]
    inside: list[list[YamlDocument]] = [[] for _ in chunks]
    for document in documents:
        place = document.start if document.root is None else document.root.start
        if place < chunks[-1].end:
            inside[max(0, bisect_right(starts, place) - 1)].append(document)
    return zip(chunks, inside, strict=True)


def _document(document: YamlDocument, evidence: str) -> Document:
    root = document.root
    kind = kind_words(root)
    content = Content(Form.DOCUMENT)
    return Document(SYSTEM, kind, document.source, root, evidence, document.start, document.end, content=content)


def kind_words(root: Node | None) -> str:
    """Return what a user would call a document."""
    node = root.scalar("kind") if isinstance(root, Mapping) else None
    return node.text if isinstance(node, Scalar) else "document without kind"
