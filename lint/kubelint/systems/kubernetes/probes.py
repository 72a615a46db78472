"""Probes: what they ask, and how long a failure lasts until they act.

Source: API reference, Probe (defaults of `periodSeconds`, `failureThreshold`, `httpGet`); Kubernetes documentation,
"Configure Liveness, Readiness and Startup Probes".
"""

from __future__ import annotations

from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import CronJob, Job
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.resource_requirements import has
from kubelint.tree.node import Mapping, Node, Scalar

DEFAULT_PERIOD = 10
DEFAULT_FAILURES = 3


class Probe(NamedTuple):
    """A probe: ``question`` is what it asks, in a form that compares; ``patience`` the seconds of failure it bears."""

    question: tuple[str, ...]
    patience: int


def read_probe(container: Container, name: str) -> Probe | None:
    """Return a container's ``livenessProbe``, say; None where it has none or a part of it is only known later."""
    node = container.node.at(name)
    if not isinstance(node, Mapping) or any(isinstance(part, Scalar) and part.opaque for part in node.walk()):
        return None
    question = _question(container, node)
    period = _number(node, "periodSeconds", DEFAULT_PERIOD)
    failures = _number(node, "failureThreshold", DEFAULT_FAILURES)
    return None if not question or period is None or failures is None else Probe(question, period * failures)


def serves(container: Container) -> bool:
    """Tell whether a container is meant to go on for ever: a main container of a pod that is restarted when it ends.

    Jobs end, and so do Pods that say that they are not restarted.
    """
    template = container.template
    if container.section != "containers" or isinstance(template.owner, Job | CronJob):
        return False
    return template.spec.text_at("restartPolicy") in (None, "Always")


def unprobed(graph: Graph, container: Container, name: str) -> bool:
    """Tell whether a container that serves lacks a probe.

    A container without ports beside one that has a port or the probe does not: the other one speaks for the pod.
    """
    if not serves(container) or has(container.node, name):
        return False
    template = container.template

    def look() -> bool:
        return any(other.ports or has(other.node, name) for other in template.containers)

    # Asked once for all containers of the pod: this one has neither, so that it need not be left out.
    return bool(container.ports) or not graph.once(("speaks for the pod", id(template), name), look)


def _question(container: Container, probe: Node) -> tuple[str, ...]:
    command = probe.items_at("exec", "command")
    if command:
        return ("exec", *(item.text for item in command if isinstance(item, Scalar)))
    http = probe.mapping("httpGet")
    if http is not None:
        headers = sorted(
            f"{header.text_at('name')}: {header.text_at('value')}".lower() for header in http.items_at("httpHeaders")
        )
        scheme, path = http.text_at("scheme") or "HTTP", http.text_at("path") or "/"
        return ("http", scheme, http.text_at("host") or "", _port(container, http), path, *headers)
    tcp = probe.mapping("tcpSocket")
    if tcp is not None:
        return ("tcp", tcp.text_at("host") or "", _port(container, tcp))
    grpc = probe.mapping("grpc")
    return () if grpc is None else ("grpc", _port(container, grpc), grpc.text_at("service") or "")


def _port(container: Container, handler: Node) -> str:
    """Return the number of a handler's port, a name looked up in the container's ports; the name where it has none."""
    wanted = handler.text_at("port") or ""
    for port in container.ports:
        if port.name is not None and port.name.text == wanted and port.number is not None:
            return port.number.text
    return wanted


def _number(node: Node, name: str, default: int) -> int | None:
    text = node.text_at(name)
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
