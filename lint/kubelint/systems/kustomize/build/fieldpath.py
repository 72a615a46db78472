"""Field paths of replacements and vars: ``spec.template.spec.containers.[name=web].env.0`` (``kyaml/yaml``)."""

from __future__ import annotations

from collections.abc import Callable

from kubelint.systems.kustomize.build.edit import drop, empty_mapping, empty_sequence, is_null, put, with_items
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.fieldspec import split_path
from kubelint.systems.kustomize.build.identity import text
from kubelint.systems.kustomize.build.pattern import matcher
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Sequence


def steps_of(path: str) -> list[str]:
    """Return the steps of a path; dots inside brackets are part of a step."""
    steps: list[str] = []
    parts = iter(split_path(path, "."))
    for part in parts:
        if not part.startswith("[") or part.endswith("]"):
            steps.append(part)
            continue
        bracketed = [part]
        for following in parts:
            bracketed.append(following)
            if following.endswith("]"):
                break
        whole = ".".join(bracketed)
        steps.append(whole if "=" in whole else whole.strip("[]"))
    return steps


def find(root: Node, steps: list[str]) -> Node | None:
    """Return the node that a path leads to; None where there is none. ``*`` leads nowhere here."""
    node: Node | None = root
    for step in (step.strip() for step in steps):
        if not step:
            continue
        if node is None or is_null(node):
            return None
        if step.isdigit() or step == "-":
            items = node.items()
            position = -1 if step == "-" else int(step)
            node = items[position] if isinstance(node, Sequence) and items and position < len(items) else None
        elif _is_condition(step):
            name, _, value = step[1:-1].partition("=")
            node = next((item for item in node.items() if text(item.get(name) if name else item) == value), None)
        else:
            node = node.get(step) if isinstance(node, Mapping) else None
    return node


def change(
    root: Node, steps: list[str], setter: Callable[[Node], Node], create: type[Node] | None, by: Node
) -> tuple[Node, int]:
    """Return the tree with the setter applied wherever a path leads, and how many places that were.

    ``create`` is what is made at the end of a path that leads nowhere. Raises BuildError for a path that cannot be.
    """
    walk = _Walk(setter, create, by)
    return walk.step(root, steps), walk.count


class _Walk:
    def __init__(self, setter: Callable[[Node], Node], create: type[Node] | None, by: Node) -> None:
        self.setter = setter
        self.create = create
        self.by = by
        self.count = 0

    def step(self, node: Node, steps: list[str]) -> Node:
        if not steps:
            self.count += 1
            return self.setter(node)
        step, rest = steps[0], steps[1:]
        if step.isdigit():
            return self._position(node, int(step), rest)
        if _is_condition(step):
            return self._condition(node, step, rest)
        if step == "*":
            if not isinstance(node, Sequence):
                raise BuildError("`*` stands for the items of a list, and here is none", node)
            return with_items(node, [self.step(item, rest) for item in node.children])
        return self._field(node, step, rest)

    def _field(self, node: Node, step: str, rest: list[str]) -> Node:
        if is_null(node):
            return node
        if not isinstance(node, Mapping):
            raise BuildError(
                f"`{step}` is looked for in something that is no mapping", node, (self.by.span, "the path")
            )
        value = node.get(step)
        if value is None:
            if self.create is None:
                return node
            value = self._made(rest)
        changed = self.step(value, rest)
        return drop(node, step) if is_null(changed) and node.get(step) is None else put(node, step, changed)

    def _position(self, node: Node, position: int, rest: list[str]) -> Node:
        items = list(node.items())
        if not isinstance(node, Sequence):
            raise BuildError(f"position {position} is looked for in something that is no list", node)
        if position == len(items) and self.create is not None:
            items.append(self._made(rest))
        if position >= len(items):
            raise BuildError(f"the path wants position {position} of a list of {len(items)}", node)
        items[position] = self.step(items[position], rest)
        return with_items(node, items)

    def _condition(self, node: Node, step: str, rest: list[str]) -> Node:
        name, equals, wanted = step[1:-1].partition("=")
        if not equals:
            raise BuildError(f"`{step}` is no `[field=value]`", self.by)
        matches = matcher(wanted)
        if matches is None:
            raise BuildError(f"`{wanted}` is no regular expression", self.by)
        if not isinstance(node, Sequence):
            raise BuildError(f"`{step}` is looked for in something that is no list", node)
        before = self.count
        items = list(node.children)
        for index, item in enumerate(items):
            value = item.get(name) if name else item
            if value is not None and matches(text(value).strip()):
                items[index] = self.step(item, rest)
        if self.count == before and self.create is not None:
            made: Node = MadeScalar(self.by, wanted, by=self.by, tag=None)
            if name:
                made = put(empty_mapping(self.by), name, made)
            items.append(self.step(made, rest))
        return with_items(node, items)

    def _made(self, rest: list[str]) -> Node:
        """Return what is made on the way to the steps that are left."""
        following = rest[0] if rest else ""
        if following and (_is_condition(following) or following.isdigit()):
            return empty_sequence(self.by)
        if following or self.create is Mapping:
            return empty_mapping(self.by)
        if self.create is Sequence:
            return empty_sequence(self.by)
        return MadeScalar(self.by, "", by=self.by, tag=None)


def _is_condition(step: str) -> bool:
    return step.startswith("[") and step.endswith("]")
