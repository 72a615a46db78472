"""JSON patches (RFC 6902) on trees, with the leniency of the library that kustomize uses (json-patch v4).

``replace`` sets a key of a mapping that is not there; indexes count from the end where they are negative.
"""

from __future__ import annotations

from typing import Any

from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.kustomize.build.edit import drop, empty_mapping, is_date, put, replacing, with_items
from kubelint.systems.kustomize.build.error import BuildError, Cause, ExhaustedError
from kubelint.systems.kustomize.build.identity import text
from kubelint.tree.dialect import GO_YAML_V2, GO_YAML_V3
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

_OPERATIONS = frozenset({"add", "remove", "replace", "move", "copy", "test"})


#: How many nodes may be copied into one object: sixty lines that each copy a mapping into itself make 2 to the 60th.
MOST_COPIED = 50_000


def apply(root: Mapping, patch: Sequence, copied: int = 0) -> tuple[Mapping, int]:
    """Return the tree with all operations applied, and how many nodes were ever copied into it.

    ``copied`` is how many earlier patches have copied. Raises BuildError at the operation that does not apply,
    ExhaustedError at the one that copies too much.
    """
    result: Node = root
    for node in patch.children:
        operation = _Operation(node)
        if operation.name == "copy":
            copied += operation.size(result, MOST_COPIED - copied + 1)
            if copied > MOST_COPIED:
                message = "the build takes too many steps: a JSON patch copies too much into an object"
                raise ExhaustedError(message, node, hint="this bound has no option")
        result = operation.apply(result)
    if not isinstance(result, Mapping):
        raise BuildError("the patch leaves something that is no object", patch)
    return result, copied


class _Operation:
    def __init__(self, node: Node) -> None:
        self.node = node
        self.name = text(node.get("op"))
        if self.name not in _OPERATIONS:
            raise BuildError(f"`{self.name}` is no operation of a JSON patch", node.get("op") or node)
        self.path = self._steps("path")
        self.value = _as_json(node.get("value"))

    def _steps(self, field: str) -> list[str]:
        node = self.node.get(field)
        if node is None:
            raise BuildError(f"a `{self.name}` needs `{field}`", self.node)
        return text(node).split("/")

    def size(self, root: Node, most: int) -> int:
        """Return how many nodes a copy brings, counted up to a number."""
        count, pending = 0, [self._get(root, self._steps("from"), "from")]
        while pending and count < most:
            node = pending.pop()
            count += 1
            if node is not None:
                pending += [value for _, value in node.pairs()] if isinstance(node, Mapping) else node.items()
        return count

    def apply(self, root: Node) -> Node:
        if self.name == "move":
            source = self._steps("from")
            value = self._get(root, source, "from")
            return self._change(self._change(root, source, "remove", None, "from"), self.path, "add", value)
        if self.name == "copy":
            return self._change(root, self.path, "add", self._get(root, self._steps("from"), "from"))
        if self.name == "test":
            return self._test(root)
        if self.name == "replace" and self.path == [""]:
            return self.value or empty_mapping(self.node)
        value = self.value
        if value is None and self.name != "remove":
            value = MadeScalar(self.node, "null", by=self.node, tag=None)
        return self._change(root, self.path, self.name, value)

    def _test(self, root: Node) -> Node:
        found = self._get(root, self.path, "path")
        wanted = self.value
        same = _data(found) == _data(wanted)
        if not same:
            raise self._failed("the value there is another one", "path")
        return root

    def _get(self, root: Node, path: list[str], field: str) -> Node | None:
        if len(path) < 2:
            raise self._failed("the path leads nowhere", field)
        node: Node | None = root
        for step in path[1:]:
            if isinstance(node, Sequence):
                node = node.children[self._index(node, step, len(node), field)]
            elif isinstance(node, Mapping):
                node = node.get(_unescaped(step))
            else:
                raise self._failed("the path leads nowhere", field)
        return node

    def _change(self, root: Node, path: list[str], action: str, value: Node | None, field: str = "path") -> Node:
        """Return the tree with one place changed: ``add``, ``replace`` or ``remove`` at the end of a path."""
        if len(path) < 2:
            raise self._failed("the path leads nowhere", field)
        return self._descend(root, path, 1, action, value, field)

    def _descend(self, node: Node, path: list[str], position: int, action: str, value: Node | None, field: str) -> Node:
        step = path[position]
        if position == len(path) - 1:
            return self._at_end(node, step, action, value, field)
        if isinstance(node, Sequence):
            index = self._index(node, step, len(node), field)
            items = list(node.children)
            items[index] = self._descend(items[index], path, position + 1, action, value, field)
            return with_items(node, items)
        inner = node.get(_unescaped(step))
        if inner is None or not isinstance(node, Mapping) or isinstance(inner, Scalar):
            raise self._absent(node, "/".join(path[: position + 1]), _unescaped(step), field)
        return put(node, _unescaped(step), self._descend(inner, path, position + 1, action, value, field))

    def _at_end(self, node: Node, step: str, action: str, value: Node | None, field: str) -> Node:
        if isinstance(node, Sequence):
            items: list[Node | None] = list(node.children)
            if action == "add":
                if step == "-":
                    items.append(value)
                else:
                    items.insert(self._index(node, step, len(items) + 1, field), value)
            elif action == "remove":
                del items[self._index(node, step, len(items), field)]
            else:
                index = self._index(node, step, len(items), field)
                items[index] = value if value is None else replacing(value, items[index])
            return with_items(node, [item for item in items if item is not None])
        if not isinstance(node, Mapping):
            raise self._failed("the path leads into a single value", field)
        name = _unescaped(step)
        if action == "remove":
            if name not in node:
                raise self._absent(node, name, name, field)
            return drop(node, name)
        assert value is not None  # noqa: S101 - only `remove` has none
        where = self.node.get("path") or self.node
        return put(node, name, replacing(value, node.get(name)), MadeScalar(where, name, by=where))

    def _index(self, node: Sequence, step: str, size: int, field: str) -> int:
        try:
            index = int(step)
        except ValueError:
            raise self._failed(f"`{step}` is no position in a list", field) from None
        if index < 0:
            index += size
        if not 0 <= index < size:
            raise self._failed(
                f"there is no position {step}, the list ends at {len(node) - 1}" if len(node) else "the list is empty",
                field,
            )
        return index

    def _absent(self, node: Node, shown: str, name: str, field: str) -> BuildError:
        names = [key.text for key, _ in node.pairs()]
        return self._failed(f"there is no `{shown}`", field, did_you_mean(nearest(name, names)))

    def _failed(self, why: str, field: str, hint: str = "") -> BuildError:
        place = self.node.get(field) or self.node
        return BuildError(f"this `{self.name}` does not apply: {why}", place, cause=Cause.OPERATION, hint=hint)


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _data(node: Node | None) -> Any:
    return None if node is None else node.data(GO_YAML_V3)


def _as_json(node: Node | None) -> Node | None:
    """Return a value with the types that the reader of JSON patches gives it, for the reader of manifests.

    Patches are read as YAML 1.1, manifests as YAML 1.2: ``yes`` is true in a patch and a word in a manifest.
    """
    if node is None or isinstance(node, Scalar):
        return None if node is None else _as_json_scalar(node)
    if isinstance(node, Mapping):
        entries = [(_as_json_key(key), _as_json(value) or value) for key, value in node.pairs()]
        if all(new == old for new, old in zip(entries, node.pairs(), strict=True)):
            return node
        return Mapping(node.source, node.start, node.end, entries, flow=node.flow, tag=node.tag)
    items = [_as_json(item) or item for item in node.items()]
    if all(new is old for new, old in zip(items, node.items(), strict=True)):
        return node
    return Sequence(node.source, node.start, node.end, items)


def _as_json_key(key: Scalar) -> Scalar:
    read = key.value(GO_YAML_V2)
    return MadeScalar(key, str(read).lower(), replaced=key) if isinstance(read, bool) else key


def _as_json_scalar(node: Scalar) -> Scalar:
    if node.style is not None or node.tag is not None:
        return node
    if is_date(node):
        return MadeScalar(node, node.text, replaced=node)
    value = node.value(GO_YAML_V2)
    if value == node.value(GO_YAML_V3) and isinstance(value, bool) == isinstance(node.value(GO_YAML_V3), bool):
        return node
    shown = str(value).lower() if isinstance(value, bool) or value is None else str(value)
    return MadeScalar(node, shown, replaced=node, tag=None)
