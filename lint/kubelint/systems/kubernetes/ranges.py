"""Pairs of bounds of which the lower one must not be above the upper one.

Source: API reference, HorizontalPodAutoscalerSpec, LimitRangeItem; KEDA documentation, "ScaledObject specification";
Vertical Pod Autoscaler documentation, ContainerResourcePolicy (`minAllowed`, `maxAllowed`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.systems.kubernetes.autoscaling import ScaledObject, VerticalPodAutoscaler
from kubelint.systems.kubernetes.model import HorizontalPodAutoscaler, KubernetesObject, LimitRange
from kubelint.systems.kubernetes.numbers import whole_number
from kubelint.systems.kubernetes.quantity import quantity
from kubelint.tree.node import Node, Scalar

#: Fields of a LimitRange from the smallest to the largest; `maxLimitRequestRatio` is no amount.
_LIMITS = ("min", "defaultRequest", "default", "max")


@dataclass(frozen=True, slots=True)
class InvertedRange:
    """A lower and an upper bound in the wrong order."""

    low_name: str
    low: Scalar
    high_name: str
    high: Scalar


def inverted_ranges(item: KubernetesObject) -> Iterator[InvertedRange]:
    """Yield the pairs of bounds of an object that are in the wrong order."""
    if isinstance(item, HorizontalPodAutoscaler):
        yield from _counts(item.root.at("spec"), "minReplicas", "maxReplicas")
    elif isinstance(item, ScaledObject):
        yield from _counts(item.root.at("spec"), "minReplicaCount", "maxReplicaCount")
    elif isinstance(item, VerticalPodAutoscaler):
        for policy in item.root.items_at("spec", "resourcePolicy", "containerPolicies"):
            yield from _amounts(policy, "minAllowed", "maxAllowed")
    elif isinstance(item, LimitRange):
        for limit in item.root.items_at("spec", "limits"):
            for number, low in enumerate(_LIMITS):
                for high in _LIMITS[number + 1 :]:
                    yield from _amounts(limit, low, high)


def _counts(spec: Node | None, low_name: str, high_name: str) -> Iterator[InvertedRange]:
    low, high = (None, None) if spec is None else (spec.scalar(low_name), spec.scalar(high_name))
    least, most = whole_number(low), whole_number(high)
    if low is not None and high is not None and least is not None and most is not None and least > most:
        yield InvertedRange(low_name, low, high_name, high)


def _amounts(holder: Node, low_name: str, high_name: str) -> Iterator[InvertedRange]:
    for key, low in holder.pairs_at(low_name):
        high = holder.scalar(high_name, key.text)
        least, most = quantity(low), quantity(high)
        if isinstance(low, Scalar) and high is not None and least is not None and most is not None and least > most:
            yield InvertedRange(f"{low_name}.{key.text}", low, f"{high_name}.{key.text}", high)
