"""What a hover works out about an object: the endpoints of a Service, the time that a route of Istio allows.

The arithmetic is that of the rules (:mod:`kubelint.systems.istio.timeouts`, :mod:`kubelint.systems.kubernetes.ports`),
so that a hover and a finding never disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.source import Span
from kubelint.systems.istio.default_retries import default_retries
from kubelint.systems.istio.model import HttpRoute, VirtualService
from kubelint.systems.istio.timeouts import Budget, InjectedDelay, RoutePolicy
from kubelint.systems.kubernetes.duration import show_duration
from kubelint.systems.kubernetes.model import Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.ports import selected
from kubelint.tree.node import Node


class Endpoint(NamedTuple):
    """A port of a Service, the port of the pods that it leads to, and the workload with these pods; all in words."""

    port: str
    target: str
    workload: str
    place: Span


def endpoints(graph: Graph, service: Service) -> Iterator[Endpoint]:
    """Yield where each port of a Service leads, workload by workload; nothing where it selects none."""
    templates = selected(graph, service)
    for port in service.ports:
        number, target = port.text_at("port") or "?", port.text_at("targetPort") or port.text_at("port") or "?"
        name = port.text_at("name")
        for template in templates:
            shown = f"{number} ({name})" if name else number
            yield Endpoint(shown, _target(template, target), str(template.owner), template.owner.span)


def _target(template: PodTemplate, target: str) -> str:
    """Return a target port with the number that a pod gives to its name."""
    if target.isdigit():
        return target
    numbers = (p.number.text for p in template.ports if p.name is not None and p.number and p.name.text == target)
    return f"{target} = {next(numbers, 'not declared')}"


def route_at(graph: Graph, path: str, offset: int) -> HttpRoute | None:
    """Return the route of a VirtualService that an offset is in."""
    for service in graph.subjects(VirtualService):
        if service.root.source.path == path and service.root.start <= offset <= service.root.end:
            for route in service.http:
                if route.node.start <= offset <= route.node.end:
                    return route
    return None


def timing_at(route: HttpRoute, offset: int) -> Node | None:
    """Return the block or value about time in a route that an offset is on: ``timeout``, ``retries``."""
    for name in ("timeout", "retries"):
        key, value = route.node.key(name), route.node.at(name)
        if key is not None and value is not None and key.start <= offset <= value.end:
            return value
    return None


def budget(graph: Graph, route: HttpRoute) -> list[str]:
    """Return in sentences how long a route lets a request take, and how often it is tried."""
    policy = RoutePolicy.of(route, default_retries(graph))
    if not policy.known:
        return ["how long a request may take is known only later: a value is a placeholder"]
    source = "" if policy.explicit else " by default"
    said = [
        f"a request to a callee that never answers ends after: {Budget(policy=policy).arithmetic}",
        f"{policy.tries} tries at most{source}, for {', '.join(sorted(policy.retry_on)) or 'no condition'}"
        if policy.retries
        else f"one try, no retries{source}",
    ]
    if policy.per_try is not None and policy.effective_per_try is None:
        said.append("`perTryTimeout` has no effect: it is not shorter than `timeout`")
    elif policy.effective_per_try is not None:
        said.append(f"one try ends after {show_duration(policy.effective_per_try)}")
        if policy.retries and not policy.retries_slow_tries:
            said.append("a try that takes too long is not retried")
        elif policy.fitting_tries < policy.tries:
            said.append(f"the timeout leaves room for {policy.fitting_tries} tries of full length")
    delay = InjectedDelay.of(route)
    if delay is not None:
        said.append(f"before that, an injected delay of {show_duration(delay.time)} for {delay.percentage:g} %")
    return said
