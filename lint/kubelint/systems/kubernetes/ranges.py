"""Pairs of bounds of which the lower one must not be above the upper one.

Source: API reference, HorizontalPodAutoscalerSpec, LimitRangeItem, NetworkPolicyPort (`endPort`); Gateway API
specification, HTTPRouteTimeouts; cert-manager documentation, CertificateSpec; KEDA documentation, "ScaledObject
specification"; Vertical Pod Autoscaler documentation, ContainerResourcePolicy (`minAllowed`, `maxAllowed`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import NamedTuple, TypeAlias

from kubelint.systems.kubernetes.autoscaling import ScaledObject, VerticalPodAutoscaler
from kubelint.systems.kubernetes.certificates import Certificate
from kubelint.systems.kubernetes.duration import parse_duration
from kubelint.systems.kubernetes.gateway import HTTPRoute
from kubelint.systems.kubernetes.model import HorizontalPodAutoscaler, KubernetesObject, LimitRange, NetworkPolicy
from kubelint.systems.kubernetes.numbers import whole_number
from kubelint.systems.kubernetes.quantity import quantity
from kubelint.tree.node import Node, Scalar

#: Fields of a LimitRange from the smallest to the largest; `maxLimitRequestRatio` is no amount.
_LIMITS = ("min", "defaultRequest", "default", "max")


class InvertedRange(NamedTuple):
    """A lower and an upper bound in the wrong order."""

    low_name: str
    low: Scalar
    high_name: str
    high: Scalar


#: Kind, what holds the bounds, the names of the lower and the upper ones, and how they are compared.
_Bounds: TypeAlias = tuple[
    type[KubernetesObject],
    Callable[[Node], Iterable[Node]],
    tuple[tuple[str, str], ...],
    Callable[[Node, str, str], Iterator[InvertedRange]],
]


def inverted_ranges(item: KubernetesObject) -> Iterator[InvertedRange]:
    """Yield the pairs of bounds of an object that are in the wrong order."""
    for kind, holders, pairs, compare in _BOUNDS:
        if isinstance(item, kind):
            for holder in holders(item.root):
                for low, high in pairs:
                    yield from compare(holder, low, high)


def _counts(spec: Node, low_name: str, high_name: str) -> Iterator[InvertedRange]:
    low, high = spec.scalar(low_name), spec.scalar(high_name)
    least, most = whole_number(low), whole_number(high)
    if low is not None and high is not None and least is not None and most is not None and least > most:
        yield InvertedRange(low_name, low, high_name, high)


def _durations(spec: Node, low_name: str, high_name: str) -> Iterator[InvertedRange]:
    low, high = spec.scalar(low_name), spec.scalar(high_name)
    if low is None or high is None or low.opaque or high.opaque:
        return
    least, most = parse_duration(low.text), parse_duration(high.text)
    if least is not None and most and least > most:  # a timeout of 0 is none
        yield InvertedRange(low_name, low, high_name, high)


def _amounts(holder: Node, low_name: str, high_name: str) -> Iterator[InvertedRange]:
    for key, low in holder.pairs_at(low_name):
        high = holder.scalar(high_name, key.text)
        least, most = quantity(low), quantity(high)
        if isinstance(low, Scalar) and high is not None and least is not None and most is not None and least > most:
            yield InvertedRange(f"{low_name}.{key.text}", low, f"{high_name}.{key.text}", high)


# -- where the bounds stand --------------------------------------------------------------------------------------------


def _spec(root: Node) -> Iterator[Node]:
    spec = root.at("spec")
    if spec is not None:
        yield spec


def _policy_ports(root: Node) -> Iterator[Node]:
    for direction in ("ingress", "egress"):
        for rule in root.items_at("spec", direction):
            yield from rule.items_at("ports")


def _route_timeouts(root: Node) -> Iterator[Node]:
    for rule in root.items_at("spec", "rules"):
        timeouts = rule.at("timeouts")
        if timeouts is not None:
            yield timeouts


_BOUNDS: tuple[_Bounds, ...] = (
    (HorizontalPodAutoscaler, _spec, (("minReplicas", "maxReplicas"),), _counts),
    (ScaledObject, _spec, (("minReplicaCount", "maxReplicaCount"),), _counts),
    (
        VerticalPodAutoscaler,
        lambda root: root.items_at("spec", "resourcePolicy", "containerPolicies"),
        (("minAllowed", "maxAllowed"),),
        _amounts,
    ),
    (NetworkPolicy, _policy_ports, (("port", "endPort"),), _counts),
    (HTTPRoute, _route_timeouts, (("backendRequest", "request"),), _durations),
    (Certificate, _spec, (("renewBefore", "duration"),), _durations),
    (LimitRange, lambda root: root.items_at("spec", "limits"), tuple(combinations(_LIMITS, 2)), _amounts),
)
