"""Objects in the files that a kustomization lists (``api/resource/factory.go``)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from kubelint.systems.kustomize.build.edit import is_null
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.identity import text
from kubelint.systems.kustomize.build.rendered import Rendered
from kubelint.tree.node import Mapping, Node, Sequence
from kubelint.tree.problem import DuplicateKey
from kubelint.tree.yaml import YamlStream


def check(stream: YamlStream, *, duplicates: bool) -> None:
    """Raise BuildError where a text could not be read; ``duplicates`` says that a repeated key is an error, too."""
    for problem in stream.problems:
        if duplicates or not isinstance(problem, DuplicateKey):
            raise BuildError(problem.message, problem.span, problem.related)


def objects(stream: YamlStream, place: Node, *, duplicates: bool = True) -> Iterator[Rendered]:
    """Yield the objects of a stream, those of lists one by one; raises BuildError for what is none.

    Of keys that stand twice in a patch the last one holds; in an object that is built they are an error.
    """
    check(stream, duplicates=duplicates)
    waiting: deque[Node] = deque()
    for document in stream.documents:
        if document.broken:
            raise BuildError("this document cannot be read", place)
        if document.root is not None:
            waiting.append(document.root)
    checked = deque(_checked(waiting))
    while checked:
        root = checked.popleft()
        items = root.get("items") if text(root.get("kind")).endswith("List") else None
        if items is None:
            yield Rendered(root)
        elif isinstance(items, Sequence):
            checked.extend(_checked(deque(items.children)))
        elif not is_null(items):
            raise BuildError("`items` of a list of objects must be a list", items)


def _checked(nodes: deque[Node]) -> Iterator[Mapping]:
    """Yield the nodes that are objects, leaving empty ones out."""
    for node in nodes:
        if is_null(node) or (isinstance(node, Mapping) and not len(node)):
            continue
        if not isinstance(node, Mapping):
            raise BuildError("an object must stand here", node)
        kind = text(node.get("kind"))
        if not kind:
            raise BuildError("the object has no `kind`", node)
        if not kind.endswith("List") and not text(node.at("metadata", "name")):
            raise BuildError("the object has no `metadata.name`", node.get("kind") or node)
        yield node
