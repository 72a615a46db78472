"""Which objects a selector over labels means, and which one it was probably meant to mean.

Pods have an index of their own (:mod:`kubelint.systems.kubernetes.matching`); this is for the kinds of which there are
few: Namespaces, ClusterRoles.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from kubelint.graph.model import Entity, Key, Reference, Resolution, Resource
from kubelint.graph.query import Graph
from kubelint.suggest import is_near, nearest
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.selectors import Labels, Requirement, Selector
from kubelint.tree.node import Node, Scalar

T = TypeVar("T", bound=Entity)


class LabelSlip(NamedTuple):
    """Where a selector and the labels that were probably meant part: what is wanted, and what is there instead."""

    wanted: Node
    actual: Node


def select_labelled(
    graph: Graph,
    verb: str,
    source: Resource,
    selector: Selector,
    wanted: Key,
    holders: Iterable[tuple[KubernetesObject, Labels]],
) -> Reference:
    """Resolve a selector over labels and add the reference: matches anywhere, else near misses in the unit.

    The detail of a near miss is its :class:`LabelSlip`. What nothing is near to is unknown.
    """
    reference = Reference(verb, source, selector.node, wanted, Resolution.UNKNOWN)
    if selector.opaque:
        return graph.add_reference(reference)
    holders = [*holders]
    found = [holder for holder, labels in holders if selector.matches(labels)]
    if found:
        reference.resolution, reference.targets = Resolution.RESOLVED, tuple(found)
    elif not source.unit.incomplete:
        for holder, labels in holders:
            slips = _slips(selector, labels) if holder.unit is source.unit else None
            if slips:
                reference.resolution, reference.candidates = Resolution.NEAR_MISS, (holder,)
                reference.detail = slips[0]
                break
    return graph.add_reference(reference)


def _slips(selector: Selector, labels: Labels) -> list[LabelSlip] | None:
    """Return the slips that keep a selector from labels; None where one of the differences is more than a slip."""
    found = []
    for requirement in selector.requirements:
        if not requirement.accepts(labels):
            slip = _slip(requirement, labels)
            if slip is None:
                return None
            found.append(slip)
    return found


def _slip(requirement: Requirement, labels: Labels) -> LabelSlip | None:
    if requirement.operator not in ("In", "Exists"):
        return None
    actual = labels.get(requirement.key)
    if actual is not None:
        near = next((value for value in requirement.values if is_near(value.text, actual.text)), None)
        return None if near is None else LabelSlip(near, actual)
    for key in nearest(requirement.key, labels):
        other = labels[key]
        if not requirement.values or any(_same(value, other) for value in requirement.values):
            return LabelSlip(requirement.key_node, other)
    return None


def _same(one: Scalar, other: Scalar) -> bool:
    return one.text == other.text
