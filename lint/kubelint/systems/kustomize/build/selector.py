"""Which objects a patch, a replacement or a plugin is meant for (``api/types/selector.go``)."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as MappingABC
from typing import NamedTuple

from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.identity import Gvk, Identity, text
from kubelint.systems.kustomize.build.pattern import Matcher, whole
from kubelint.systems.kustomize.build.rendered import Rendered
from kubelint.tree.node import Node

_REQUIREMENT = re.compile(
    r"\s*(?:(?P<absent>!)\s*(?P<without>[^\s,=!()]+)"
    r"|(?P<key>[^\s,=!()]+)\s*(?:(?P<operator>==|=|!=|in\b|notin\b|<|>)\s*(?P<value>\([^()]*\)|[^\s,()]*))?)\s*(?:,|\Z)"
)

Labels = MappingABC[str, str]


class ExactSelector(NamedTuple):
    """A selector of names as they are, of replacements: what is empty is any."""

    gvk: Gvk
    name: str
    namespace: str

    @classmethod
    def of(cls, node: Node | None) -> ExactSelector:
        """Return the selector that a mapping writes down."""
        if node is None:
            return cls(Gvk(), "", "")
        gvk = Gvk(text(node.get("group")), text(node.get("version")), text(node.get("kind")))
        return cls(gvk, text(node.get("name")), text(node.get("namespace")))

    def without(self, field: str) -> ExactSelector:
        """Return the selector with one of its fields left out."""
        if field == "name":
            return self._replace(name="")
        if field == "namespace":
            return self._replace(namespace="")
        return self._replace(gvk=self.gvk._replace(**{field: ""}))

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return not (any(self.gvk) or self.name or self.namespace)

    def selects(self, identity: Identity) -> bool:
        """Tell whether an identity is selected."""
        return (
            (not self.name or self.name == identity.name)
            and (not self.namespace or self.namespace == identity.namespace)
            and self.gvk.selects(identity.gvk)
        )


class Selector:
    """A selector of patterns: each must match the whole of what it is for."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.patterns = {
            name: _pattern(node.get(name))
            for name in ("name", "namespace", "group", "version", "kind")  # the name rules out most objects
            if _has(node, name)
        }
        self.labels = label_selector(node.get("labelSelector")) if _has(node, "labelSelector") else None
        self.annotations = label_selector(node.get("annotationSelector")) if _has(node, "annotationSelector") else None

    def select(self, items: list[Rendered]) -> list[Rendered]:
        """Return the objects that it selects, by what they are called now or were called first."""
        return [item for item in items if self._matches(item)]

    def without(self, field: str, items: list[Rendered]) -> list[Rendered]:
        """Return the objects that it would select if one of its fields were left out."""
        return [item for item in items if self._matches(item, field)]

    def _matches(self, item: Rendered, left_out: str = "") -> bool:
        now = item.identity
        first = item.previous[0] if item.previous else now
        for name, matches in self.patterns.items():
            if name == left_out:
                continue
            if name in ("name", "namespace"):
                if not matches(getattr(first, name)) and not matches(getattr(now, name)):
                    return False
            elif not matches(getattr(now.gvk, name)):
                return False
        return (self.labels is None or self.labels(item.strings("labels"))) and (
            self.annotations is None or self.annotations(item.strings("annotations"))
        )


def _has(node: Node, name: str) -> bool:
    return bool(text(node.get(name)))


def _pattern(node: Node | None) -> Matcher:
    assert node is not None  # noqa: S101 - asked before
    found = whole(text(node))
    if found is None:
        raise BuildError(f"`{text(node)}` is no regular expression", node)
    return found


def label_selector(node: Node | None) -> Callable[[Labels], bool]:
    """Return what tells whether labels match a selector in Kubernetes' notation (``a=b,c in (d,e),!f``)."""
    wanted = text(node)
    tests: list[Callable[[Labels], bool]] = []
    position = 0
    while node is not None and position < len(wanted):
        found = _REQUIREMENT.match(wanted, position)
        if found is None or found.end() == position:
            raise BuildError(f"`{wanted}` is no label selector", node)
        tests.append(_test(found, node))
        position = found.end()
    return lambda labels: all(test(labels) for test in tests)


def _test(found: re.Match[str], node: Node) -> Callable[[Labels], bool]:
    if found["absent"]:
        key = found["without"]
        return lambda labels: key not in labels
    key, operator, value = found["key"], found["operator"], found["value"] or ""
    if operator is None:
        return lambda labels: key in labels
    if operator in ("in", "notin"):
        if not value.startswith("("):
            raise BuildError(f"`{operator}` needs a list in parentheses", node)
        values = {part.strip() for part in value[1:-1].split(",")}
        if operator == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if operator == "!=":
        return lambda labels: labels.get(key) != value
    if operator in "<>":
        raise BuildError("labels are compared by `=`, `!=`, `in` and `notin`", node)
    return lambda labels: labels.get(key) == value
