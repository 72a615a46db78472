"""Host names of the pods of a StatefulSet, wherever a program may read them: environment, arguments, ConfigMaps.

A pod of a StatefulSet is called ``<StatefulSet>-<number>.<serviceName>``, with or without ``.<namespace>.svc`` behind
it. Source: Kubernetes documentation, "StatefulSets", "Stable Network ID" and "Start ordinal".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import EnvironmentVariable, Key, Reference, Resolution
from kubelint.graph.query import Graph, fits
from kubelint.source import Span
from kubelint.suggest import is_near
from kubelint.systems.kubernetes.model import ConfigMap, KubernetesObject, Service, StatefulSet
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.scale import scale
from kubelint.tree.node import Node, Scalar

VERB = "names-pod"
_HOST = re.compile(r"(?<![-\w.$}])[a-z0-9][-a-z0-9.]{2,252}")
_LARGEST_NUMBER = 6


class Peer(NamedTuple):
    """The detail of a ``names-pod`` reference: the StatefulSet, and what is wrong with the name.

    ``first`` and ``last`` are the numbers that its pods have at most, where the number is wrong; ``service`` is the
    Service that the pods get their names from, where the name has another one.
    """

    stateful_set: StatefulSet
    first: int = 0
    last: int | None = None
    service: Scalar | None = None


def link(graph: Graph) -> None:
    """Add a reference for each host name of a pod of a StatefulSet of the repository."""
    by_name: dict[str, list[StatefulSet]] = defaultdict(list)
    for stateful_set in graph.subjects(StatefulSet):
        by_name[stateful_set.name].append(stateful_set)
    if not by_name:
        return
    for source, node in _texts(graph):
        for found in _HOST.finditer(node.text):
            stem, _, number = found[0].partition(".")[0].rpartition("-")
            if number.isdigit() and len(number) <= _LARGEST_NUMBER and stem in by_name:
                _link_host(graph, source, node, found, by_name[stem])


def _texts(graph: Graph) -> Iterator[tuple[KubernetesObject, Scalar]]:
    for variable in graph.subjects(EnvironmentVariable):
        if isinstance(variable.resource, KubernetesObject):
            yield variable.resource, variable.value
    for template in graph.subjects(PodTemplate):
        for container in template.containers:
            for section in ("command", "args"):
                for item in container.node.items_at(section):
                    if isinstance(item, Scalar):
                        yield template.owner, item
    for config_map in graph.subjects(ConfigMap):
        for _, value in config_map.root.pairs_at("data"):
            if isinstance(value, Scalar):
                yield config_map, value


def _link_host(
    graph: Graph, source: KubernetesObject, node: Scalar, found: re.Match[str], named: list[StatefulSet]
) -> None:
    labels = found[0].rstrip(".").split(".")
    if len(labels) < 2:
        return
    pod, service = labels[0], labels[1]
    in_cluster = len(labels) > 3 and labels[3] == "svc"
    namespace = labels[2] if in_cluster else source.namespace
    owners = [owner for owner in named if fits(owner.namespace, namespace)]
    owners = [owner for owner in owners if owner.unit is source.unit] or owners
    if not owners or any(owner.unit.incomplete for owner in owners):
        return
    piece = _piece(node, found, f"{pod}.{service}")
    wanted = Key("kubernetes", "pod of a StatefulSet", namespace, f"{pod}.{service}")
    faults = [_fault(graph, owner, int(pod.rpartition("-")[2]), service, certain=in_cluster) for owner in owners]
    if None in faults:  # no host at all
        return
    good = [fault for fault in faults if fault is not None and fault.last is None and fault.service is None]
    if good:
        targets = tuple(fault.stateful_set for fault in good)
        graph.add_reference(Reference(VERB, source, piece, wanted, Resolution.RESOLVED, targets, detail=good[0]))
    else:
        graph.add_reference(Reference(VERB, source, piece, wanted, Resolution.MISSING, detail=faults[0]))


def _fault(graph: Graph, owner: StatefulSet, number: int, service: str, *, certain: bool) -> Peer | None:
    """Return what is wrong with a name, if anything; None where it is probably no host name (``web-0.log``)."""
    governing = owner.root.scalar("spec", "serviceName")
    if governing is None or governing.opaque:
        return None
    if service != governing.text:
        others = graph.find(Key("kubernetes", "Service", owner.namespace, service))
        known = any(isinstance(other, Service) for other in others)
        if not (certain or known or is_near(service, governing.text)):
            return None
        return Peer(owner, service=governing)
    first = owner.root.scalar("spec", "ordinals", "start")
    start = (
        0
        if first is None
        else int(first.text)
        if first.text.isascii() and first.text.isdigit() and len(first.text) < 10
        else None
    )
    most = scale(graph, owner).maximum
    if start is None or not most or start <= number < start + most:
        return Peer(owner)
    return Peer(owner, first=start, last=start + most - 1)


def _piece(node: Scalar, found: re.Match[str], text: str) -> Scalar:
    """Return a part of a text as a node of its own, so that a finding stands at that very part."""
    start = found.start()
    span = node.part(start, start + len(text))
    if span.end - span.start != len(text):
        span = _search(node, text, start)
    return Scalar(span.file, span.start, span.end, text)


def _search(node: Node, text: str, before: int) -> Span:
    """Return where a part of a block scalar stands in the file: as many occurrences in as in the value."""
    assert isinstance(node, Scalar)  # noqa: S101 - for the type checker
    source = node.source.text
    place = source.find(text, node.start, node.end)
    for _ in range(node.text.count(text, 0, before)):
        following = source.find(text, place + 1, node.end)
        if following < 0:
            break
        place = following
    return node.span if place < 0 else Span(node.source, place, place + len(text))
