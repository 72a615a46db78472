"""The matches of a VirtualService that come before another one, by what they ask for.

A VirtualService may have thousands of routes. Each of them could be hidden by each before it, and to compare every pair
takes minutes. So a match is filed under one of its conditions, and looked for by what a later match says: only those
are compared that may take its requests. Nothing is decided here, see :func:`kubelint.systems.istio.matching.covers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import TypeAlias

from kubelint.tree.node import Mapping, Node, Scalar

#: Where a condition stands, how it compares, and the text that a later match must have there.
_Key: TypeAlias = tuple[str, str, str]
_TEXTS = ("uri", "scheme", "method", "authority")
_MAPS = ("headers", "queryParams")
#: They decide nothing.
_PASSED = frozenset({"name", "statPrefix", "ignoreUriCase"})
_GATEWAYS = "gateways"
_EVERYTHING = frozenset({"*", ".*", "^.*$", ".+", "^.+$"})


class Earlier:
    """Matches with their routes, in the order of the file; None for a route without a match.

    ``gateways`` are those of the VirtualService: what a match is bound to that names none.
    """

    def __init__(self, gateways: frozenset[str] = frozenset()) -> None:
        self._gateways = gateways
        self._all: list[tuple[Mapping, Mapping | None]] = []
        self._filed: dict[_Key, list[int]] = {}
        self._general: list[int] = []
        #: How long the prefixes and suffixes are that somebody asks for, by place.
        self._lengths: dict[tuple[str, str], set[int]] = {}

    def add(self, route: Mapping, match: Mapping | None) -> None:
        """File a match under the condition that the fewest others are filed under."""
        if match is not None and is_opaque(match):
            return  # nobody knows what it takes
        number = len(self._all)
        self._all.append((route, match))
        conditions = [] if match is None else [keys for keys in _conditions(match) if keys]
        if not conditions:
            self._general.append(number)
            return
        for key in min(conditions, key=lambda keys: sum(len(self._filed.get(key, ())) for key in keys)):
            self._filed.setdefault(key, []).append(number)
            if key[1] in ("prefix", "suffix"):
                self._lengths.setdefault(key[:2], set()).add(len(key[2]))

    def without_match(self) -> tuple[Mapping, Mapping | None] | None:
        """Return the first route that has no match."""
        return next((self._all[number] for number in self._general if self._all[number][1] is None), None)

    def candidates(self, match: Mapping) -> Iterator[tuple[Mapping, Mapping | None]]:
        """Yield, in their order, the matches that may take all that this one takes; the others cannot."""
        found: set[int] = set()
        if not is_opaque(match):
            for key in self._all_asked(match):
                found.update(self._filed.get(key, ()))
        for number in merge(self._general, sorted(found)):
            yield self._all[number]

    def _all_asked(self, match: Mapping) -> Iterator[_Key]:
        bound = False
        for place, node in _places(match):
            bound = bound or (place == _GATEWAYS and any(node.items()))
            yield place, "there", ""
            yield from self._asked(place, node)
        if not bound:
            for name in self._gateways:
                yield _GATEWAYS, "same", name

    def _asked(self, place: str, node: Node) -> Iterator[_Key]:
        if isinstance(node, Scalar):
            yield place, "same", node.text
        elif isinstance(node, Mapping):
            exact, prefix, regex = (node.text_at(name) for name in ("exact", "prefix", "regex"))
            if exact is not None:
                yield place, "exact", exact.casefold()
            if regex is not None:
                yield place, "regex", regex
            if place.partition("/")[0] not in (*_TEXTS, *_MAPS):
                for name, inner in node.pairs():
                    if isinstance(inner, Scalar):
                        yield f"{place}/{name.text}", "same", inner.text
            text = (exact or prefix or "").casefold()
            for length in self._lengths.get((place, "prefix"), ()):
                if length <= len(text):
                    yield place, "prefix", text[:length]
        else:
            for item in node.items():
                if isinstance(item, Scalar):
                    yield place, "same", item.text
                    for length in self._lengths.get((place, "suffix"), ()):
                        if length <= len(item.text):
                            yield place, "suffix", item.text[len(item.text) - length :]


def is_opaque(match: Mapping) -> bool:
    """Tell whether a part of a match is only known later: it is compared with nothing."""
    return any(isinstance(node, Scalar) and node.opaque for node in match.walk())


def _places(match: Mapping) -> Iterator[tuple[str, Node]]:
    """Yield the conditions of a match with the place where they stand, those inside of ``headers`` one by one."""
    for key, value in match.pairs():
        if key.text in _PASSED:
            continue
        if key.text not in _TEXTS and isinstance(value, Mapping):
            for name, inner in value.pairs():
                yield f"{key.text}/{name.text}", inner
        else:
            yield key.text, value


def _conditions(match: Mapping) -> Iterator[list[_Key]]:
    """Yield, for each condition, what a match that this one covers has at that place: one of these keys."""
    for place, node in _places(match):
        section = place.partition("/")[0]
        if section in _TEXTS or section in _MAPS:
            yield _of_text(place, node)
        elif isinstance(node, Scalar):
            yield [] if node.is_null else [(place, "same", node.text)]
        elif place == "sniHosts":
            hosts = [item.text for item in node.items() if isinstance(item, Scalar)]
            wild = [(place, "suffix", host[1:]) for host in hosts if host.startswith("*")]
            # Without ``sniHosts`` a match takes every host, and so does this one with ``*``.
            yield [] if "*" in hosts else wild + [(place, "same", host) for host in hosts if not host.startswith("*")]
        elif isinstance(node, Mapping):
            # What stands inside must stand there as well, word by word.
            yield [(place, "there", "")]
            for name, inner in node.pairs():
                if isinstance(inner, Scalar):
                    yield [(f"{place}/{name.text}", "same", inner.text)]
        else:
            yield [(place, "same", item.text) for item in node.items() if isinstance(item, Scalar)]


def _of_text(place: str, node: Node) -> list[_Key]:
    """Return the key of a string match; none where anything meets it, even that nothing is there."""
    exact, prefix, regex = (node.text_at(name) for name in ("exact", "prefix", "regex"))
    if prefix == "/" or ("/" not in place and isinstance(node, Scalar) and node.is_null):
        return []
    if prefix == "" or regex in _EVERYTHING or (exact, prefix, regex) == (None, None, None):
        return [(place, "there", "")]
    if exact is not None:
        return [(place, "exact", exact.casefold())]
    if prefix is not None:
        return [(place, "prefix", prefix.casefold())]
    return [(place, "regex", regex or "")]
