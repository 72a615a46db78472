"""LimitRanges: the bounds that containers, pods and claims of a namespace must keep.

Source: Kubernetes documentation, "Limit Ranges"; API reference, LimitRangeItem. A bound on a resource also asks for it:
with `min` a request must be there, with `max` a limit (`max` itself is the default limit of containers).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import KubernetesObject, LimitRange, PersistentVolumeClaim
from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.systems.kubernetes.quantity import quantity, show_quantity
from kubelint.systems.kubernetes.quota import LIMITS, REQUESTS, Amount, Amounts, ranges_of
from kubelint.tree.node import Node, Scalar


class Breach(NamedTuple):
    """A bound that is not kept: where, what is said there, the bound and its LimitRange, and what to do."""

    node: Node
    headline: str
    label: str
    bound: Node
    limit_range: LimitRange
    help: str


def breaches(graph: Graph, item: KubernetesObject) -> Iterator[Breach]:
    """Yield the bounds of LimitRanges of the namespace that an object does not keep."""
    ranges = ranges_of(graph, item)
    if not ranges:
        return
    for template in item.pod_templates():
        if template.spec.at("resources") is not None:
            continue  # the bounds of pods with resources of their own are another matter
        for container in template.containers:
            graph.effort.spend(len(ranges) * 12)
            if container.section != "ephemeralContainers":
                yield from _of_container(container, Amounts(container, ranges), ranges)
        yield from _of_pod(template, ranges)
    if isinstance(item, PersistentVolumeClaim):
        yield from _of_claim(item.root, ranges)
    for claim in item.root.items_at("spec", "volumeClaimTemplates"):
        yield from _of_claim(claim, ranges)


def _bounds(ranges: list[LimitRange], kind: str, field: str) -> Iterator[tuple[LimitRange, str, Scalar, Fraction]]:
    for limit_range in ranges:
        for item in limit_range.root.items_at("spec", "limits"):
            if item.text_at("type") == kind:
                for key, node in item.pairs_at(field):
                    value = quantity(node)
                    if value is not None and isinstance(node, Scalar):
                        yield limit_range, key.text, node, value


def _of_container(container: Container, amounts: Amounts, ranges: list[LimitRange]) -> Iterator[Breach]:
    at = container.name or container.node
    for limit_range, resource, bound, least in _bounds(ranges, "Container", "min"):
        request = amounts.get(REQUESTS, resource)
        if request is None:
            yield _absent(at, container, f"requests.{resource}", bound, limit_range)
        elif request.value is not None and request.value < least and request.filler is None:
            yield _beyond(container, request, "less", bound, limit_range, resource)
    for limit_range, resource, bound, most in _bounds(ranges, "Container", "max"):
        found = [amounts.get(section, resource) for section in (REQUESTS, LIMITS)]
        over = [
            amount
            for amount in found
            if amount is not None and amount.value is not None and amount.value > most and amount.filler is None
        ]
        if over:
            yield _beyond(container, over[-1], "more", bound, limit_range, resource)
    yield from _of_ratio(container, amounts, ranges)
    yield from _above_default(container, amounts, ranges)


def _absent(at: Node, container: Container, what: str, bound: Node, limit_range: LimitRange) -> Breach:
    return Breach(
        at,
        f"container `{container.label}` has no `{what}`, which LimitRange `{limit_range.name}` bounds",
        "says nothing of it, and the LimitRange has no default",
        bound,
        limit_range,
        f"set `resources.{what}`",
    )


def _beyond(
    container: Container, amount: Amount, word: str, bound: Scalar, limit_range: LimitRange, resource: str
) -> Breach:
    return Breach(
        amount.node,
        f"container `{container.label}` wants {word} {resource} than LimitRange `{limit_range.name}` allows",
        f"{word} than `{bound.text}`",
        bound,
        limit_range,
        f"ask for at {'least' if word == 'less' else 'most'} `{bound.text}`, or change the LimitRange",
    )


def _of_ratio(container: Container, amounts: Amounts, ranges: list[LimitRange]) -> Iterator[Breach]:
    for limit_range, resource, bound, most in _bounds(ranges, "Container", "maxLimitRequestRatio"):
        request, limit = amounts.get(REQUESTS, resource), amounts.get(LIMITS, resource)
        if request is None or limit is None or not request.value or limit.value is None:
            continue
        if limit.value / request.value > most and None in (limit.filler, request.filler):
            yield Breach(
                (limit if limit.filler is None else request).node,
                f"the {resource} limit of container `{container.label}` is too many times its request",
                f"{show_quantity(limit.value / request.value, '')} times the request, `{bound.text}` at most",
                bound,
                limit_range,
                f"raise the request or lower the limit of {resource}",
            )


def _above_default(container: Container, amounts: Amounts, ranges: list[LimitRange]) -> Iterator[Breach]:
    """Yield requests above the limit that a LimitRange fills in: the pod is refused because of its own request."""
    for key, _ in container.node.pairs_at("resources", REQUESTS):
        request, limit = amounts.get(REQUESTS, key.text), amounts.get(LIMITS, key.text)
        if request is None or limit is None or limit.filler not in ranges or request.value is None:
            continue
        bounded = any(
            resource == key.text and request.value > most
            for _, resource, _, most in _bounds(ranges, "Container", "max")
        )
        if limit.value is not None and request.value > limit.value and not bounded and limit.filler is not None:
            yield Breach(
                request.node,
                f"container `{container.label}` requests more {key.text} than the limit that it gets by default",
                "has no limit of its own",
                limit.node,
                limit.filler,
                f"set `resources.limits.{key.text}`",
            )


def _of_pod(template: PodTemplate, ranges: list[LimitRange]) -> Iterator[Breach]:
    """Yield the bounds on whole pods that the containers break together."""
    for limit_range, resource, bound, most in _bounds(ranges, "Pod", "max"):
        amounts = [Amounts(container, ranges) for container in template.containers if container.long_running]
        found = [amount for each in amounts if (amount := each.get(REQUESTS, resource)) is not None]
        total = sum((amount.value for amount in found if amount.value is not None), Fraction(0))
        if total > most and found:
            yield Breach(
                max(found, key=lambda amount: amount.value or 0).node
                if all(amount.filler is None for amount in found)
                else (template.owner.name_node or template.spec),
                f"the containers of {template.owner.kind} `{template.owner.name}` request too much {resource} together",
                f"{show_quantity(total, resource)} in all, `{bound.text}` at most for a pod",
                bound,
                limit_range,
                f"lower the requests, or change LimitRange `{limit_range.name}`",
            )


def _of_claim(claim: Node, ranges: list[LimitRange]) -> Iterator[Breach]:
    request = claim.at("spec", "resources", "requests", "storage")
    value = quantity(request)
    if request is None or value is None:
        return
    for field, word in (("min", "less"), ("max", "more")):
        for limit_range, resource, bound, limit in _bounds(ranges, "PersistentVolumeClaim", field):
            if resource == "storage" and (value < limit if field == "min" else value > limit):
                yield Breach(
                    request,
                    f"the claim asks for {word} storage than LimitRange `{limit_range.name}` allows",
                    f"{word} than `{bound.text}`",
                    bound,
                    limit_range,
                    f"ask for at {'least' if word == 'less' else 'most'} `{bound.text}`, or change the LimitRange",
                )
