"""The short syntaxes: ports, mounts and ``KEY=VALUE`` lists, cut into parts that keep their places.

Source: "ports", "volumes" and "environment" of the Compose Specification, ``format.ParseVolume`` and
``types.ParsePortConfig`` of compose-go, measured with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.systems.compose.interpolate import Lookup, literal, parse
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

#: The style of a scalar that is part of another one: text, whatever it looks like.
PART = ""

_PORT_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?\Z")
_DRIVE = re.compile(r"[a-zA-Z]\Z")


def part(node: Scalar, start: int, end: int) -> Scalar:
    """Return ``text[start:end]`` of a scalar as a scalar with its own place."""
    span = node.part(start, end)
    return Scalar(node.source, span.start, span.end, node.text[start:end], PART)


def null(node: Scalar) -> Scalar:
    """Return the empty value that a name without one has, at the end of the name."""
    return Scalar(node.source, node.end, node.end, "")


def fields(text: str, *, addresses: bool = False) -> list[tuple[int, int]]:
    """Return start and end of the fields between colons.

    A colon inside ``${…}`` separates nothing, nor does one inside the ``[…]`` of an IPv6 address.
    """
    opening, closing = ("{[", "}]") if addresses else ("{", "}")
    result: list[tuple[int, int]] = []
    depth = start = 0
    for index, character in enumerate(text):
        if character in opening:
            depth += 1
        elif character in closing:
            depth = max(0, depth - 1)
        elif character == ":" and depth == 0:
            result.append((start, index))
            start = index + 1
    result.append((start, len(text)))
    return result


def key_values(node: Node | None) -> Iterator[tuple[Scalar, Scalar | None]]:
    """Yield name and value of a mapping or of a list of ``KEY=VALUE``.

    The value is None for a name without one: Compose takes it from its own environment. Of a repeated name the last
    one counts. A value that is no scalar is left out.
    """
    if isinstance(node, Mapping):
        for key, value in node.pairs():
            if isinstance(value, Scalar):
                yield key, None if value.is_null else value
        return
    found: dict[str, tuple[Scalar, Scalar | None]] = {}
    for item in node.items() if node is not None else ():
        if isinstance(item, Scalar):
            name, equals, _ = item.text.partition("=")
            text = part(item, len(name) + 1, len(item.text)) if equals else None
            found[name] = (part(item, 0, len(name)) if equals else item, text)
    yield from found.values()


def names(node: Node | None) -> Iterator[tuple[Scalar, Node | None]]:
    """Yield the names of a list, or the keys and values of a mapping: ``depends_on`` and ``networks`` may be either."""
    if isinstance(node, Mapping):
        yield from node.pairs()
    elif isinstance(node, Sequence):
        for item in node.children:
            if isinstance(item, Scalar) and not item.is_null:
                yield item, None


class Mount(NamedTuple):
    """What a container gets at ``target``.

    ``kind`` is ``volume``, ``bind``, ``tmpfs`` …, None where a variable decides. ``source`` is the name of the volume
    or the path, None for an anonymous volume.
    """

    node: Node
    kind: str | None
    source: Scalar | None
    target: str | None


def mount(node: Node) -> Mount | None:
    """Read an item of a service's ``volumes``; None where it is nothing that Compose takes."""
    if isinstance(node, Mapping):
        return Mount(node, literal(node.scalar("type")), node.scalar("source"), literal(node.scalar("target")))
    if not isinstance(node, Scalar) or node.is_null:
        return None
    text = node.text
    cuts = fields(text)
    if len(cuts) > 1 and _DRIVE.match(text[cuts[0][0] : cuts[0][1]]):
        cuts[0:2] = [(cuts[0][0], cuts[1][1])]  # `C:\data`: one letter before a colon is a Windows drive, always
    if len(cuts) == 1:
        return Mount(node, "volume", None, literal(node))
    source = part(node, *cuts[0])
    target = literal(part(node, *cuts[1]))
    if literal(source) is None:
        return Mount(node, None, source, target)
    path = source.text[:1] in (".", "/", "~") or source.text.startswith("\\\\") or source.text[1:2] == ":"
    return Mount(node, "bind" if path else "volume", source, target)


class Port(NamedTuple):
    """A published port: the host's ``start`` to ``end``.

    ``address`` is empty for all interfaces. ``any_of`` tells that Compose takes one free port of the range;
    ``assumed`` that a variable is part of it and its default or the ``.env`` value was taken.
    """

    node: Node
    published: Scalar
    start: int
    end: int
    protocol: str
    address: str
    target: str
    any_of: bool = False
    assumed: bool = False

    @property
    def text(self) -> str:
        """The published port or range in words."""
        return str(self.start) if self.start == self.end else f"{self.start}-{self.end}"


def port(node: Node, lookup: Lookup) -> Port | None:
    """Read an item of ``ports``; None where the host's port is not fixed or not known.

    ``lookup`` answers for the variables of the project.
    """
    if isinstance(node, Mapping):
        published = node.scalar("published")
        if published is None:
            return None
        values = [
            _expanded(scalar, lookup, default)
            for scalar, default in (
                (published, ""),
                (node.scalar("target"), ""),
                (node.scalar("host_ip"), ""),
                (node.scalar("protocol"), "tcp"),
            )
        ]
        assumed = any(literal(child) is None for child in (published, node.scalar("host_ip")) if child is not None)
        return _port(node, published, values[0], values[1], values[2], values[3], assumed)
    if not isinstance(node, Scalar) or node.is_null:
        return None
    cuts = fields(node.text, addresses=True)
    if len(cuts) == 1:
        return _from_one_variable(node, lookup)
    published = part(node, *cuts[-2])
    container, _, protocol = (_expanded(part(node, *cuts[-1]), lookup) or "").partition("/")
    address = _expanded(part(node, 0, cuts[-3][1]), lookup) if len(cuts) > 2 else ""
    assumed = literal(part(node, 0, cuts[-2][1])) is None
    return _port(node, published, _expanded(published, lookup), container, address, protocol or "tcp", assumed)


def _from_one_variable(node: Scalar, lookup: Lookup) -> Port | None:
    """Read ``${WEB_PORT:-8080:80}``, where all of it is one variable."""
    text = None if parse(node.text).literal else _expanded(node, lookup)
    cuts = fields(text, addresses=True) if text is not None else []
    if text is None or len(cuts) == 1:
        return None
    container, _, protocol = text[cuts[-1][0] :].partition("/")
    address = text[: cuts[-3][1]] if len(cuts) > 2 else ""
    return _port(node, node, text[slice(*cuts[-2])], container, address, protocol or "tcp", True)


def _expanded(node: Scalar | None, lookup: Lookup, default: str | None = None) -> str | None:
    return default if node is None else parse(node.text).expand(lookup)


def _port(
    node: Node,
    published: Scalar,
    text: str | None,
    container: str | None,
    address: str | None,
    protocol: str | None,
    assumed: bool,
) -> Port | None:
    if text is None or address is None or protocol is None or container is None:
        return None
    found = _PORT_RANGE.match(text)
    if found is None:
        return None
    start, end = int(found[1]), int(found[2] or found[1])
    if not 0 < start <= end <= 65535:
        return None
    any_of = end > start and "-" not in container
    address = address.strip("[]")
    return Port(node, published, start, end, protocol.lower(), address, container, any_of, assumed)
