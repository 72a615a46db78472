"""Places that transformers write to: ``path`` in the objects of a group, version and kind (``api/filters/fieldspec``).

Lists on the way are gone through item by item; ``create`` says that what is missing is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, NamedTuple

from kubelint.systems.kustomize.build.edit import drop, each, empty_mapping, empty_sequence, is_null, put
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.identity import Gvk, gvk_of, text
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar, Sequence


class FieldSpec(NamedTuple):
    """One place; ``path`` has its steps."""

    gvk: Gvk
    path: tuple[str, ...]
    create: bool = False

    @property
    def shown(self) -> str:
        """The path as it is written."""
        return "/".join(self.path)


class Make(Enum):
    """What is made where the last step of a path is missing."""

    NOTHING = 0
    SCALAR = 1
    MAPPING = 2


#: What is done at a place: gets the node there and returns the one to put in its stead.
Setter = Callable[[Node], Node]


class Table:
    """The places that one transformer writes to."""

    __slots__ = ("specs",)

    def __init__(self, specs: Iterable[FieldSpec] = ()) -> None:
        self.specs = tuple(specs)

    def merged(self, other: Iterable[FieldSpec], place: Node | None = None) -> Table:
        """Return a table with further places; those that are there already are left out.

        Raises BuildError where one says ``create`` and the other does not.
        """
        specs = list(self.specs)
        by_path: dict[tuple[str, ...], list[FieldSpec]] = {}
        for spec in specs:
            by_path.setdefault(spec.path, []).append(spec)
        for spec in other:
            same = next((known for known in by_path.get(spec.path, ()) if spec.gvk.selects(known.gvk)), None)
            if same is None:
                specs.append(spec)
                by_path.setdefault(spec.path, []).append(spec)
            elif same.create != spec.create and place is not None:
                raise BuildError(f"`create` of {spec.shown} contradicts what is known of that place", place)
        return Table(specs) if len(specs) != len(self.specs) else self

    def ordered(self) -> Table:
        """Return the table in the order in which kustomize keeps it."""
        return Table(sorted(self.specs, key=lambda spec: spec.gvk.order))

    def apply(self, root: Mapping, setter: Setter, make: Make, by: Node) -> Mapping:
        """Return the object with the setter applied at all places; ``by`` is where what is made stands."""
        gvk = gvk_of(root)
        for spec in self.specs:
            if spec.gvk.selects(gvk):
                root = at(root, spec, setter, make, by)
        return root


def at(root: Mapping, spec: FieldSpec, setter: Setter, make: Make, by: Node) -> Mapping:
    """Return the object with the setter applied at one place; raises BuildError where the path leads into a scalar."""
    result = _descend(root, spec, 0, setter, make if spec.create else Make.NOTHING, by)
    return result if isinstance(result, Mapping) else root


def _descend(node: Node, spec: FieldSpec, position: int, setter: Setter, make: Make, by: Node) -> Node:
    path = spec.path
    if position == len(path):
        return setter(node)
    if is_null(node):
        return node
    if isinstance(node, Sequence):
        return each(node, lambda item: _descend(item, spec, position, setter, make, by))
    if not isinstance(node, Mapping):
        raise BuildError(f"`{spec.shown}` leads into a single value", node)
    name = path[position]
    listed = name.endswith("[]")
    name = name.removesuffix("[]")
    value = node.get(name)
    last = position == len(path) - 1
    if listed or make is Make.NOTHING:
        if value is None:
            return node
        if listed and is_null(value):
            value = empty_sequence(value)
    elif is_null(value):
        made = make is Make.MAPPING or not last
        value = empty_mapping(value or by) if made else MadeScalar(value or by, "", by=by, replaced=value, tag=None)
    assert value is not None  # noqa: S101 - made above where it was not there
    changed = _descend(value, spec, position + 1, setter, make, by)
    if is_null(changed) and changed is not node.get(name):
        return drop(node, name)
    return put(node, name, changed)


def spec_of(data: Any) -> FieldSpec:
    """Return a place from plain data, as the default tables have it."""
    gvk = Gvk(data.get("group", ""), data.get("version", ""), data.get("kind", ""))
    return FieldSpec(gvk, split_path(data.get("path", "")), bool(data.get("create")))


def spec_of_node(node: Node) -> FieldSpec:
    """Return the place that a mapping writes down."""
    gvk = Gvk(text(node.get("group")), text(node.get("version")), text(node.get("kind")))
    return FieldSpec(gvk, split_path(text(node.get("path"))), text(node.get("create")) == "true")


def split_path(path: str, separator: str = "/") -> tuple[str, ...]:
    """Return the steps of a path; a backslash before a separator makes it part of the step."""
    parts = path.split(separator)
    if len(parts) > 1 and not parts[0]:
        parts = parts[1:]
    steps = [parts[0]]
    for part in parts[1:]:
        if steps[-1].endswith("\\"):
            steps[-1] = f"{steps[-1][:-1]}{separator}{part}"
        else:
            steps.append(part)
    return tuple(steps)


def replace_scalar(node: Node, new: MadeScalar) -> MadeScalar:
    """Return the scalar that is to stand where a node does; BuildError where that is no scalar."""
    if not isinstance(node, Scalar):
        raise BuildError("a single value must stand here", node, (new.span, "what is set here"))
    if node.style is not None and new.tag is None:
        return MadeScalar(new, new.text, by=new.by, replaced=new.replaced, style=node.style, tag=None)
    return new
