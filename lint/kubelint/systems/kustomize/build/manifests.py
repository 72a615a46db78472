"""Objects in the files that a kustomization lists (``api/resource/factory.go``)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from kubelint.source import Span
from kubelint.systems.kustomize.build.edit import is_null
from kubelint.systems.kustomize.build.error import BuildError, Cause
from kubelint.systems.kustomize.build.identity import text
from kubelint.systems.kustomize.build.rendered import Rendered
from kubelint.systems.kustomize.detect import NAMES
from kubelint.tree.node import Mapping, Node, Sequence
from kubelint.tree.problem import DuplicateKey
from kubelint.tree.yaml import YamlStream


def check(stream: YamlStream, *, duplicates: bool, place: Node | None = None) -> None:
    """Raise BuildError where a text could not be read; ``duplicates`` says that a repeated key is an error, too.

    ``place`` is the entry that names the text, or holds it.
    """
    for problem in stream.problems:
        if duplicates or not isinstance(problem, DuplicateKey):
            embedded = place is not None and problem.span.file is place.source
            cause = Cause.OTHER if embedded else Cause.FORM
            raise BuildError(problem.message, problem.span, problem.related, cause=cause)


def objects(stream: YamlStream, place: Node, *, duplicates: bool = True) -> Iterator[Rendered]:
    """Yield the objects of a stream, those of lists one by one; raises BuildError for what is none.

    Of keys that stand twice in a patch the last one holds; in an object that is built they are an error.
    """
    check(stream, duplicates=duplicates, place=place)
    waiting: deque[Node] = deque()
    for document in stream.documents:
        if document.broken:
            raise BuildError("this document cannot be read", place, cause=Cause.FORM)
        if document.root is not None:
            waiting.append(document.root)
    checked = deque(_checked(waiting, place, listed=duplicates))
    while checked:
        root = checked.popleft()
        items = root.get("items") if text(root.get("kind")).endswith("List") else None
        if items is None:
            yield Rendered(root)
        elif isinstance(items, Sequence):
            checked.extend(_checked(deque(items.children), place, listed=duplicates))
        elif not is_null(items):
            raise BuildError("`items` of a list of objects must be a list", items)


def _checked(nodes: deque[Node], place: Node, *, listed: bool) -> Iterator[Mapping]:
    """Yield the nodes that are objects, leaving empty ones out; ``listed`` says that they are no patches."""
    for node in nodes:
        if is_null(node) or (isinstance(node, Mapping) and not len(node)):
            continue
        if not isinstance(node, Mapping):
            raise BuildError("an object must stand here", node, _naming(place, node))
        kind = text(node.get("kind"))
        if not kind:
            # A kustomization that is listed by its file is a wrong path.
            cause = Cause.PATH if node.source.name in NAMES and listed else Cause.OTHER
            where = node.entries[0][0] if node.entries else node
            raise BuildError("the object has no `kind`", where, _naming(place, node), cause=cause)
        if not kind.endswith("List") and not text(node.at("metadata", "name")):
            # What every object needs is a matter of the objects.
            cause = Cause.FORM if listed and text(node.get("apiVersion")) else Cause.OTHER
            cause = Cause.PATH if node.source.name in NAMES and listed else cause
            where = node.key("kind") or node
            raise BuildError("the object has no `metadata.name`", where, _naming(place, node), cause=cause)
        yield node


def _naming(place: Node, node: Node) -> tuple[Span, str] | None:
    """Return the entry that brought a file in; None where the text stands in the entry itself."""
    return None if place.source is node.source else (place.span, "the file is named here")
