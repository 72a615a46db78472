"""Validation rules (``x-kubernetes-validations``) of the repository's definitions, applied to its custom resources.

Rules about changes (``oldSelf``) are left out: a file has no past. What cannot be evaluated (no engine, an unknown
function, a placeholder in the value, an error) is counted as unchecked.

Source: Kubernetes documentation, "Extend the Kubernetes API with CustomResourceDefinitions", section "Validation
rules".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import cel
from kubelint.systems.kubernetes.definitions import DefinedVersion, versions_of
from kubelint.systems.kubernetes.model import CustomResource
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

RULES = "x-kubernetes-validations"
UNCHECKED = "validation rules in CEL"
_MAX_EVALUATIONS = 20_000
_MAX_DEPTH = 60
_PAST = re.compile(r"\boldSelf\b")
_RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
     "namespace", "null", "package", "return", "true", "var", "void", "while"}
)  # fmt: skip
_ESCAPES = (("__", "__underscores__"), (".", "__dot__"), ("-", "__dash__"), ("/", "__slash__"))


class Violation(NamedTuple):
    """A rule that a value breaks: the object, the value, the rule, and what its author says about it."""

    resource: CustomResource
    node: Node
    rule: Scalar
    message: str | None
    key: Scalar | None = None

    @property
    def place(self) -> Node:
        """Where to show it: the value itself where that is one, else the key that the value stands at."""
        if isinstance(self.node, Scalar):
            return self.node
        if self.node is self.resource.root:
            return self.resource.node
        return self.node if self.key is None else self.key


def link(graph: Graph) -> None:
    """Make each violation a subject, and count the rules that could not be evaluated."""
    evaluation = _Evaluation()
    for resource in graph.subjects(CustomResource):
        for version in versions_of(graph, resource)[:1]:
            for violation in evaluation.of(resource, version):
                graph.add_subject(violation)
    if evaluation.unchecked:
        graph.unchecked[UNCHECKED] += evaluation.unchecked


class _Evaluation:
    """Evaluates rules; compiles each text once and keeps count of what was not evaluated."""

    def __init__(self) -> None:
        self.unchecked = 0
        self._left = _MAX_EVALUATIONS
        self._compiled: dict[str, cel.Expression | None] = {}

    def of(self, resource: CustomResource, version: DefinedVersion) -> Iterator[Violation]:
        """Yield the rules of a version that an object breaks."""
        schema = version.schema
        # Most definitions have no rules: one search of the text saves the walk.
        if schema is not None and RULES in version.definition.source.text[schema.start : schema.end]:
            yield from self._at(resource, schema, resource.root, None, 0)

    def _at(
        self, resource: CustomResource, schema: Node, node: Node, key: Scalar | None, depth: int
    ) -> Iterator[Violation]:
        if depth > _MAX_DEPTH or (isinstance(node, Scalar) and node.is_null):
            return
        for rule in schema.items_at(RULES):
            text = rule.scalar("rule")
            if text is None or _PAST.search(text.text):
                continue
            if self._verdict(text.text, schema, node, root=depth == 0) is False:
                yield Violation(resource, node, text, rule.text_at("message"), key)
        if isinstance(node, Mapping):
            rest = schema.mapping("additionalProperties")
            for name, value in node.pairs():
                child = schema.mapping("properties", name.text) or rest
                if child is not None:
                    yield from self._at(resource, child, value, name, depth + 1)
        elif isinstance(node, Sequence):
            items = schema.mapping("items")
            if items is not None:
                for item in node.items():
                    yield from self._at(resource, items, item, None, depth + 1)

    def _verdict(self, text: str, schema: Node, node: Node, *, root: bool) -> bool | None:
        self._left -= 1
        verdict = None
        if self._left >= 0:
            if text not in self._compiled:
                self._compiled[text] = cel.compile_expression(text, ("self",))
            expression = self._compiled[text]
            if expression is not None and not any(isinstance(part, Scalar) and part.opaque for part in node.walk()):
                value = api_value(schema, node, root=root)
                verdict = expression.holds({"self": value}, node.end - node.start)
        if verdict is None:
            self.unchecked += 1
        return verdict


def api_value(schema: Node, node: Node, *, root: bool = False, depth: int = 0) -> Any:
    """Return the value that rules see: defaults filled in, nulls dropped, fields by their names in expressions."""
    if isinstance(node, Mapping):
        return _object_value(schema, node, root=root, depth=depth)
    if isinstance(node, Sequence):
        items = schema.at("items")
        return [
            item.data(GO_YAML_V2) if items is None else api_value(items, item, depth=depth + 1) for item in node.items()
        ]
    value = node.data(GO_YAML_V2)
    return float(value) if schema.text_at("type") == "number" and isinstance(value, int) else value


def _object_value(schema: Node, node: Mapping, *, root: bool, depth: int) -> dict[str, Any]:
    properties, rest = schema.mapping("properties"), schema.mapping("additionalProperties")
    value: dict[str, Any] = {}
    for key, child in node.pairs():
        if isinstance(child, Scalar) and child.is_null:
            continue
        inner = None if properties is None else properties.get(key.text)
        if root and key.text in ("apiVersion", "kind", "metadata"):
            value[key.text] = child.data(GO_YAML_V2)
        elif inner is not None:
            value[escaped(key.text)] = api_value(inner, child, depth=depth + 1)
        elif rest is not None:
            value[key.text] = api_value(rest, child, depth=depth + 1)
        # Fields that the schema does not know are dropped, or cannot be seen by rules.
    if properties is not None and depth < _MAX_DEPTH:
        for key, inner in properties.pairs():
            default = inner.at("default")
            if default is not None and escaped(key.text) not in value:
                value[escaped(key.text)] = api_value(inner, default, depth=depth + 1)
    return value


def escaped(name: str) -> str:
    """Return the name of a field as expressions write it."""
    if name in _RESERVED:
        return f"__{name}__"
    for mark, replacement in _ESCAPES:
        name = name.replace(mark, replacement)
    return name
