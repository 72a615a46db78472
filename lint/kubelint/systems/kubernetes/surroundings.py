"""What rules about single API objects may know beside the object."""

from __future__ import annotations

from kubelint.graph.query import Graph
from kubelint.hashing import blake2b
from kubelint.systems.kubernetes.model import CustomResourceDefinition


def surroundings(graph: Graph) -> tuple[object, ...] | None:
    """Return the targeted versions, and the definitions by which custom resources are validated.

    None where definitions are not told by their text: they are rendered, or come from folders of schemas.
    """
    if graph.settings.schemas:
        return None
    state = blake2b(digest_size=16)
    for definition in graph.subjects(CustomResourceDefinition):
        root = definition.root
        if not definition.as_written:
            return None
        state.update(root.source.text[root.start : root.end].encode("utf-8", "surrogatepass"))
    targets = [None if (found := graph.target(name)) is None else found.version for name in ("kubernetes", "istio")]
    return (*targets, state.digest())
