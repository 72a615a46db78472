"""Ports that Compose cannot read.

Source: "ports" and "expose" of the Compose Specification; ``nat.ParsePortSpec`` of go-connections, which compose-go
uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.compose.short import fields, part
from kubelint.tree.node import Mapping, Scalar

_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?\Z", re.ASCII)
_PROTOCOLS = frozenset({"tcp", "udp", "sctp"})
_HIGHEST = 65535
#: What YAML 1.1 takes for a number in base 60: each part behind the first below 60.
_SEXAGESIMAL = re.compile(r"[1-9][0-9]*(?::[0-5]?[0-9])+\Z", re.ASCII)


class PortFault(NamedTuple):
    """A part of a port that cannot be read: what is wrong as a clause, and what to write."""

    node: Scalar
    clause: str
    help: str


def port_faults(service: ComposeService) -> Iterator[PortFault]:
    """Yield what is wrong with the ports of a service; of each port the first thing."""
    for item in service.root.items_at("ports"):
        if isinstance(item, Mapping):
            nodes = [item.scalar("target"), item.scalar("published")]
            for node in nodes:
                fault = None if node is None or literal(node) is None else _range_fault(node)
                if fault is not None:
                    yield fault
        elif isinstance(item, Scalar) and not item.is_null and literal(item) is not None:
            fault = _short(item)
            if fault is not None:
                yield fault
    for item in service.root.items_at("expose"):
        if isinstance(item, Scalar) and not item.is_null and literal(item) is not None:
            node, protocol = _without_protocol(item, 0, len(item.text))
            fault = _range_fault(node) or _protocol_fault(protocol)
            if fault is not None:
                yield fault


def _short(item: Scalar) -> PortFault | None:
    cuts = fields(item.text, addresses=True)
    container, protocol = _without_protocol(item, *cuts[-1])
    fault = _range_fault(container) or _protocol_fault(protocol)
    if fault is not None or len(cuts) == 1:
        return fault
    host = part(item, *cuts[-2])
    if not host.text:
        return None
    fault = _range_fault(host)
    if fault is not None:
        return fault
    one, other = _length(host.text), _length(container.text)
    if one != other and other != 1:
        return PortFault(item, f"{one} ports of the host for {other} of the container", "give both ranges one length")
    return None


def _without_protocol(item: Scalar, start: int, end: int) -> tuple[Scalar, Scalar | None]:
    slash = item.text.find("/", start, end)
    if slash < 0:
        return part(item, start, end), None
    return part(item, start, slash), part(item, slash + 1, end)


def _protocol_fault(node: Scalar | None) -> PortFault | None:
    if node is None or node.text.lower() in _PROTOCOLS:
        return None
    return PortFault(node, "protocols are `tcp`, `udp` and `sctp`", "write one of them")


def _range_fault(node: Scalar) -> PortFault | None:
    found = _RANGE.match(node.text)
    if found is None:
        return PortFault(node, "a number or a range was expected", "write digits, as in `8080` or `8000-8010`")
    first, last = int(found[1]), int(found[2] or found[1])
    if first > _HIGHEST or last > _HIGHEST:
        return PortFault(node, f"the highest port is {_HIGHEST}", "write a port that exists")
    if last < first:
        return PortFault(node, "the range ends before it begins", f"write `{last}-{first}`")
    return None


def _length(text: str) -> int:
    first, _, last = text.partition("-")
    return int(last) - int(first) + 1 if last else 1


def sexagesimal_ports(service: ComposeService) -> Iterator[tuple[Scalar, int]]:
    """Yield the ports without quotes that YAML 1.1 takes for a number in base 60, each with that number."""
    for item in service.root.items_at("ports"):
        if isinstance(item, Scalar) and item.plain and _SEXAGESIMAL.match(item.text) and len(item.text) < 30:
            value = 0
            for digits in item.text.split(":"):
                value = value * 60 + int(digits)
            yield item, value
