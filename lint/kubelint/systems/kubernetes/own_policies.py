"""Policies of the configuration (``policies``): statements in CEL that the user requires to hold for objects.

Only the user's own configuration holds them, never the files that are checked. An expression sees ``object``, the
object as it is written, and ``objects``, all that is applied together with it. An expression that cannot be evaluated
is reported: it checks nothing.

Source: Common Expression Language, language definition; the variables have the names that other linters give them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kubelint.config import Policy
from kubelint.graph.model import Unit
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import cel
from kubelint.systems.kubernetes.model import ConfigurationFile, KubernetesObject
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Scalar

UNCHECKED = "objects against policies of the configuration"
NO_VERDICT = "its value is neither true nor false"
_NAMES = ("object", "objects")
#: How many characters of objects may be given to expressions in all: each sees its objects anew.
_MAX_CHARACTERS = 100_000_000


class Breach(NamedTuple):
    """An object that a policy does not hold for."""

    resource: KubernetesObject
    policy: Policy


class UnusablePolicy(NamedTuple):
    """A policy that cannot be evaluated, why, and the object that it failed for, where it is understood at all."""

    policy: Policy
    reason: str
    resource: KubernetesObject | None = None


def link(graph: Graph) -> None:
    """Make each breach and each policy that cannot be used a subject."""
    left = _MAX_CHARACTERS
    for policy in graph.settings.policies:
        try:
            expression = cel.strict_compile(policy.expression.text, _NAMES)
        except ValueError as error:
            graph.add_subject(UnusablePolicy(policy, str(error)))
            continue
        for item in _objects(graph, policy):
            variables, size = _variables(graph, policy, item)
            left -= size
            if left < 0 or any(isinstance(node, Scalar) and node.opaque for node in item.root.walk()):
                graph.unchecked[UNCHECKED] += 1
                continue
            try:
                holds = expression.strict_value(variables, size)
            except ValueError as error:
                graph.add_subject(UnusablePolicy(policy, str(error), item))
                break
            if not isinstance(holds, bool):
                graph.add_subject(UnusablePolicy(policy, NO_VERDICT, item))
                break
            if not holds:
                graph.add_subject(Breach(item, policy))


def _objects(graph: Graph, policy: Policy) -> Iterator[KubernetesObject]:
    for item in graph.subjects(KubernetesObject):
        if not isinstance(item, ConfigurationFile) and policy.is_about(str(item)):
            yield item


def _variables(graph: Graph, policy: Policy, item: KubernetesObject) -> tuple[dict[str, Any], int]:
    """Return the variables of an expression and about how large they are."""
    size = item.root.end - item.root.start
    known: dict[str, Any] = {"object": item.root.data(GO_YAML_V2), "objects": []}
    if "objects" in policy.expression.text:
        known["objects"], others = _applied_together(graph, item.unit)
        size += others
    return known, size


def _applied_together(graph: Graph, unit: Unit) -> tuple[list[Any], int]:
    def collect() -> tuple[list[Any], int]:
        items = [item for item in unit.resources if isinstance(item, KubernetesObject)]
        return [item.root.data(GO_YAML_V2) for item in items], sum(item.root.end - item.root.start for item in items)

    return graph.once(("data of unit", id(unit)), collect)
