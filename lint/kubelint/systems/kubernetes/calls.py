"""Call edges between workloads: a value of the environment that names a Service, or the annotation that says so.

A value of the environment counts only where it is a host or a URL whose host is the name of a Service of the
repository; anything weaker would guess. What no manifest holds is said in the annotation ``kubelint.io/calls``, on the
workload or on its pod template::

    kubelint.io/calls: reviews timeout=3s attempts=2, details timeout=3s, ratings.prod:9080

    annotation = call *( "," call )
    call       = service *( service / parameter )      separated by blanks or line ends
    service    = a host name or URL as the program uses it: reviews, reviews:9080, reviews.prod, http://reviews/
    parameter  = "timeout=" duration / "attempts=" number

``timeout`` is how long the program itself waits for one attempt, in Go's notation (``500ms``, ``1m30s``);
``attempts`` is how often it tries in all, the first time included (a loop of two is ``attempts=2``). Parameters
belong to the Service before them. What is not written down is unknown: no limit, one attempt. What cannot be read
becomes a :class:`CallsProblem`, and the rest of the annotation still counts.

Source of the name forms: Kubernetes documentation, "DNS for Services and Pods".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kubelint.graph.model import EnvironmentVariable, Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.source import Span
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.kubernetes.duration import parse_duration
from kubelint.systems.kubernetes.model import CALLS, CustomResource, KubernetesObject, Service
from kubelint.tree.node import Node, Scalar

CLUSTER_DOMAIN = "cluster.local"
PARAMETERS = ("timeout", "attempts")
MOST_CALLS = 200
MOST_ATTEMPTS = 1_000

_HOST = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^\s/@]*@)?(?P<host>[a-z0-9](?:[-a-z0-9.]{0,252}[a-z0-9])?)"
    r"(?::(?P<port>[0-9]{1,5}))?(?:/\S*)?$"
)
_TOKEN = re.compile(r"[^\s,]+|,")
_NUMBER = re.compile(r"[0-9]{1,9}\Z")
_LONGEST_VALUE = 2_048


@dataclass(slots=True)
class Call:
    """The detail of a ``calls`` reference: where it is said, and what the caller itself allows the call.

    ``via`` is the name of the variable or of the annotation; ``host`` the host as it stands there. ``timeout`` is the
    time in nanoseconds that one attempt may take (None: not declared), ``attempts`` the number of attempts; the nodes
    are the values in the annotation.
    """

    via: str
    host: str
    timeout: int | None = None
    attempts: int = 1
    timeout_node: Scalar | None = None
    attempts_node: Scalar | None = None

    @property
    def budgeted(self) -> bool:
        """Whether the caller declares anything beyond the call itself."""
        return self.timeout_node is not None or self.attempts_node is not None


@dataclass(frozen=True, slots=True)
class CallsProblem:
    """A part of a ``kubelint.io/calls`` annotation that cannot be read, why, and what to write instead."""

    resource: KubernetesObject
    span: Span
    message: str
    help: str


@dataclass(slots=True)
class CallsAnnotation:
    """What an annotation says: the calls that could be read, each with the node of its host, and the problems."""

    calls: list[tuple[Scalar, Call]] = field(default_factory=list)
    problems: list[tuple[Span, str, str]] = field(default_factory=list)


def link(graph: Graph) -> None:
    """Add a ``calls`` reference for each value that names a Service, and a problem for what cannot be read."""
    for variable in graph.subjects(EnvironmentVariable):
        if isinstance(variable.resource, KubernetesObject):
            _link_value(graph, variable.resource, variable.value, variable.name)
    for item in graph.subjects(KubernetesObject):
        for annotation in _annotations(item):
            _link_annotation(graph, item, annotation)


def callees(graph: Graph, source: KubernetesObject) -> list[Service]:
    """Return the Services that a workload calls."""
    return [
        target
        for reference in graph.outgoing(source, "calls")
        for target in reference.targets
        if isinstance(target, Service)
    ]


def split_host(host: str, namespace: str) -> tuple[str, str] | None:
    """Return name and namespace of the Service that a host name means inside the cluster; None where it means none."""
    parts = host.rstrip(".").split(".")
    if len(parts) == 1:
        return parts[0], namespace
    if len(parts) == 2:
        return parts[0], parts[1]
    suffix = ".".join(parts[2:])
    if suffix in ("svc", f"svc.{CLUSTER_DOMAIN}"):
        return parts[0], parts[1]
    return None


def parse_calls(annotation: Scalar) -> CallsAnnotation:
    """Read an annotation; never raises. The grammar is in the documentation of this module."""
    result = CallsAnnotation()
    current: Call | None = None
    fresh = True  # nothing of this call has been read yet
    hosts: set[str] = set()
    for token in _TOKEN.finditer(annotation.text):
        text, span = token[0], annotation.part(token.start(), token.end())
        if text == ",":
            current, fresh = None, True
            continue
        if "=" in text and "://" not in text:
            if current is not None:
                _read_parameter(annotation, token.start(), text, current, result)
            elif fresh:
                result.problems.append(
                    (
                        span,
                        f"`{text}` stands before the Service that it is about",
                        "write the Service first: `reviews timeout=3s`",
                    )
                )
            continue
        current, fresh = None, False
        found = _HOST.match(text) if len(text) <= _LONGEST_VALUE else None
        if found is None:
            result.problems.append(
                (
                    span,
                    f"`{_short(text)}` is no host name",
                    "write the name of a Service: `reviews` or `reviews.prod:9080`",
                )
            )
        elif found["host"] in hosts:
            result.problems.append(
                (span, f"`{_short(text)}` is named twice", "name each Service once, with all its parameters")
            )
        elif len(result.calls) >= MOST_CALLS:
            result.problems.append(
                (span, f"more than {MOST_CALLS} calls are not read", "split the workload, or leave calls out")
            )
            break
        else:
            hosts.add(found["host"])
            current = Call(CALLS, found["host"])
            result.calls.append((_piece(annotation, token.start(), found["host"], found.start("host")), current))
    return result


def _read_parameter(annotation: Scalar, start: int, text: str, call: Call, result: CallsAnnotation) -> None:
    name, _, value = text.partition("=")
    span = annotation.part(start, start + len(text))
    node = _piece(annotation, start, value, len(name) + 1)
    if name == "timeout":
        duration = parse_duration(value)
        if call.timeout_node is not None:
            result.problems.append((span, "`timeout` is set twice for one call", "set it once"))
        elif duration is None or duration <= 0:
            result.problems.append(
                (
                    node.span if value else span,
                    f"`{_short(value)}` is no duration above zero",
                    "write a duration: `3s`, `500ms` or `1m30s`",
                )
            )
        else:
            call.timeout, call.timeout_node = duration, node
    elif name == "attempts":
        number = int(value) if _NUMBER.match(value) else 0
        if call.attempts_node is not None:
            result.problems.append((span, "`attempts` is set twice for one call", "set it once"))
        elif not 1 <= number <= MOST_ATTEMPTS:
            result.problems.append(
                (
                    node.span if value else span,
                    f"`{_short(value)}` is no number of attempts",
                    f"write a number from 1 to {MOST_ATTEMPTS}, the first attempt included",
                )
            )
        else:
            call.attempts, call.attempts_node = number, node
    else:
        meant = did_you_mean(nearest(name, PARAMETERS))
        known = " or ".join(f"`{parameter}`" for parameter in PARAMETERS)
        result.problems.append(
            (span, f"a call has no parameter `{_short(name)}`" + (f"; {meant}" if meant else ""), f"write {known}")
        )


def _piece(annotation: Scalar, start: int, text: str, offset: int) -> Scalar:
    """Return a part of the annotation as a node of its own, so that a finding stands at that very part."""
    span = annotation.part(start + offset, start + offset + len(text))
    return Scalar(span.file, span.start, span.end, text)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _annotations(item: KubernetesObject) -> Iterator[Scalar]:
    seen: set[int] = set()
    metadata: list[Node | None] = [item.root.at("metadata")]
    metadata += [template.metadata for template in item.pod_templates()]
    for place in metadata:
        annotation = None if place is None else place.scalar("annotations", CALLS)
        if annotation is not None and id(annotation) not in seen:
            seen.add(id(annotation))
            yield annotation


def _link_value(graph: Graph, source: KubernetesObject, value: Scalar, name: str) -> None:
    if value.opaque or not value.text or len(value.text) > _LONGEST_VALUE:
        return
    found = _HOST.match(value.text)
    if found is None:
        return
    named = split_host(found["host"], source.namespace)
    if named is None:
        return
    wanted = Key("kubernetes", "Service", named[1], named[0])
    # `grafana.com` is no Service of a namespace `com` because some Service `grafana` leaves its namespace out.
    exact = len(found["host"].rstrip(".").split(".")) == 2
    targets = graph.find(wanted, source.unit, accept=lambda entity: not exact or entity.namespace == named[1])
    if targets:
        detail = Call(name, found["host"])
        graph.add_reference(
            Reference("calls", source, value, wanted, Resolution.RESOLVED, tuple(targets), detail=detail)
        )


def _link_annotation(graph: Graph, source: KubernetesObject, annotation: Scalar) -> None:
    if annotation.opaque:
        wanted = Key("kubernetes", "Service", source.namespace, annotation.text)
        graph.refer("calls", source, annotation, wanted, detail=Call(CALLS, annotation.text))
        return
    read = parse_calls(annotation)
    for node, call in read.calls:
        named = split_host(call.host, source.namespace)
        # A host of the outside world is a call as well, but no Service of the repository can be meant.
        name, namespace = (call.host, "") if named is None else named
        graph.refer(
            "calls", source, node, Key("kubernetes", "Service", namespace, name), near=named is not None, detail=call
        )
    for span, message, advice in read.problems:
        graph.add_subject(CallsProblem(source, span, message, advice))
    if not any(True for _ in source.pod_templates()) and not isinstance(source, CustomResource):
        message = f"{source.kind} `{source.name}` runs nothing that could call"
        graph.add_subject(
            CallsProblem(source, annotation.span, message, "put the annotation on the workload that calls")
        )
