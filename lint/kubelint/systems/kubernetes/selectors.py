"""Label selectors: equality maps and LabelSelector objects, as the API server evaluates them.

Source: Kubernetes documentation, "Labels and Selectors"; API reference, LabelSelector.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from typing import NamedTuple

from kubelint.tree.node import Node, Scalar

Labels = MappingABC[str, Scalar]


class Requirement(NamedTuple):
    """One condition on a label; ``operator`` is In, NotIn, Exists or DoesNotExist."""

    key: str
    operator: str
    values: tuple[Scalar, ...]
    key_node: Node

    def accepts(self, labels: Labels) -> bool:
        """Tell whether labels fulfil the condition; a placeholder on either side fits anything."""
        value = labels.get(self.key)
        if self.operator == "Exists":
            return value is not None
        if self.operator == "DoesNotExist":
            return value is None
        if value is not None and value.opaque:
            return True
        fits = value is not None and any(wanted.opaque or wanted.text == value.text for wanted in self.values)
        return fits if self.operator == "In" else not fits or any(wanted.opaque for wanted in self.values)


class Selector(NamedTuple):
    """A conjunction of requirements; with none it matches everything. ``node`` is the whole selector."""

    node: Node
    requirements: tuple[Requirement, ...]
    understood: bool = True

    @property
    def everything(self) -> bool:
        """Whether it selects all."""
        return not self.requirements

    @property
    def opaque(self) -> bool:
        """Whether a part of it is only known later."""
        return not self.understood or any(
            value.opaque for requirement in self.requirements for value in requirement.values
        )

    @property
    def place(self) -> Node:
        """The very scalar to point at: the first value, else the first key, else all of it."""
        for requirement in self.requirements:
            return requirement.values[0] if requirement.values else requirement.key_node
        return self.node

    def matches(self, labels: Labels) -> bool:
        """Tell whether labels are selected."""
        return all(requirement.accepts(labels) for requirement in self.requirements)

    def equalities(self) -> Iterator[tuple[str, Scalar, Node]]:
        """Yield key, wanted value and key node of the requirements that want one certain value."""
        for requirement in self.requirements:
            if requirement.operator == "In" and len(requirement.values) == 1:
                yield requirement.key, requirement.values[0], requirement.key_node

    def __str__(self) -> str:
        parts = []
        for requirement in self.requirements:
            values = ",".join(value.text for value in requirement.values)
            if requirement.operator == "In" and len(requirement.values) == 1:
                parts.append(f"{requirement.key}={values}")
            elif requirement.operator in ("In", "NotIn"):
                parts.append(f"{requirement.key} {requirement.operator.lower()} ({values})")
            else:
                parts.append(f"{'!' if requirement.operator == 'DoesNotExist' else ''}{requirement.key}")
        return ", ".join(parts)


def label_map(node: Node | None) -> dict[str, Scalar]:
    """Return the labels of a ``labels`` mapping; what is no scalar is left out."""
    if node is None:
        return {}
    return {key.text: value for key, value in node.pairs() if isinstance(value, Scalar)}


def equality_selector(node: Node) -> Selector:
    """Return the selector of a plain map, as Services and ReplicationControllers have it."""
    requirements = tuple(
        Requirement(key.text, "In", (value,), key) for key, value in node.pairs() if isinstance(value, Scalar)
    )
    return Selector(node, requirements, understood=len(requirements) == sum(1 for _ in node.pairs()))


def label_selector(node: Node) -> Selector:
    """Return the selector of a LabelSelector object (``matchLabels`` and ``matchExpressions``)."""
    requirements = [
        Requirement(key.text, "In", (value,), key)
        for key, value in node.pairs_at("matchLabels")
        if isinstance(value, Scalar)
    ]
    understood = True
    for expression in node.items_at("matchExpressions"):
        key, operator = expression.scalar("key"), expression.text_at("operator")
        values = tuple(value for value in expression.items_at("values") if isinstance(value, Scalar))
        if key is None or operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            understood = False
            continue
        requirements.append(Requirement(key.text, operator, values, key))
    return Selector(node, tuple(requirements), understood)
