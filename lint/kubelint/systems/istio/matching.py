"""Which requests a match of a route takes, and whether an earlier one takes them all.

Source: Istio reference, "VirtualService": rules are tried in order, the first that matches is used;
``HTTPMatchRequest``, ``L4MatchAttributes`` and ``TLSMatchAttributes``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.systems.istio.earlier import Earlier, is_opaque
from kubelint.systems.istio.hosts import subset_of
from kubelint.systems.istio.model import VirtualService
from kubelint.tree.node import Mapping, Node, Scalar

#: Fields of a match that decide nothing.
_NAMES = frozenset({"name", "statPrefix"})
_TEXTS = ("uri", "scheme", "method", "authority")
_MAPS = ("headers", "queryParams")
#: Fields that tell apart who asks, or what a request carries along, not which service it is for.
PERSONAL = ("headers", "withoutHeaders", "queryParams", "sourceLabels", "sourceNamespace")
EVERYTHING = frozenset({"", "*", ".*", "^.*$", ".+", "^.+$"})


class Shadow(NamedTuple):
    """A match (None: a whole route without match) and the earlier one that takes all of its requests."""

    route: Mapping
    match: Mapping | None
    earlier_route: Mapping
    earlier: Mapping | None
    whole: bool


def matches_of(route: Mapping) -> list[Mapping]:
    """Return the matches of a route; none: it takes everything."""
    return [node for node in route.items_at("match") if isinstance(node, Mapping)]


def takes_everything(match: Mapping) -> bool:
    """Tell whether a match has no condition at all, or only such as everything meets."""
    for key, value in match.pairs():
        if key.text in _NAMES or (isinstance(value, Scalar) and value.is_null):
            continue
        if key.text == "uri" and (value.text_at("prefix") == "/" or value.text_at("regex") in EVERYTHING - {""}):
            continue
        if isinstance(value, Mapping) and not len(value):
            continue
        if key.text == "ignoreUriCase":
            continue
        return False
    return True


def catches_all(route: Mapping) -> bool:
    """Tell whether a route takes every request."""
    matches = matches_of(route)
    return not matches or any(takes_everything(match) for match in matches)


def shadows(service: VirtualService, section: str) -> Iterator[Shadow]:
    """Yield the routes of a section (``http``, ``tls``, ``tcp``) and their matches that never take a request."""
    earlier = Earlier(_gateways(service))
    for node in service.root.items_at("spec", section):
        if not isinstance(node, Mapping):
            continue
        matches = matches_of(node)
        found: list[Shadow] = []
        for match in matches:
            by = next((one for one in earlier.candidates(match) if covers(service, one[1], match)), None)
            if by is not None:
                found.append(Shadow(node, match, *by, whole=False))
        if not matches:
            by = earlier.without_match()
            if by is not None:
                yield Shadow(node, None, *by, whole=True)
        elif len(found) == len(matches):
            yield Shadow(node, found[0].match, found[0].earlier_route, found[0].earlier, whole=True)
        else:
            yield from found
        # What is delegated is taken only where the other VirtualService has a route for it.
        if node.mapping("delegate") is None:
            for match in matches:
                earlier.add(node, match)
            if not matches:
                earlier.add(node, None)


def covers(service: VirtualService, one: Mapping | None, other: Mapping) -> bool:
    """Tell whether a match takes every request that another one takes; None takes everything."""
    if one is None:
        return True
    if is_opaque(one) or is_opaque(other):
        return False
    folds, other_folds = one.text_at("ignoreUriCase") == "true", other.text_at("ignoreUriCase") == "true"
    if other_folds and not folds and one.mapping("uri") is not None:
        return False
    gateways = _gateways(service)
    return all(
        _meets(key.text, value, other.get(key.text), gateways, folds=folds)
        for key, value in one.pairs()
        if key.text not in _NAMES and key.text != "ignoreUriCase" and not (isinstance(value, Scalar) and value.is_null)
    )


def _gateways(service: VirtualService) -> frozenset[str]:
    return frozenset(node.text for node in service.gateways) or frozenset({"mesh"})


def _meets(name: str, value: Node, there: Node | None, gateways: frozenset[str], *, folds: bool) -> bool:
    """Tell whether one condition is met by all that meets the other match's condition of the same name."""
    if name == "gateways":
        return (_texts(there) or gateways) <= _texts(value)
    if name in _TEXTS:
        return _text_covers(value, there, folds=folds and name == "uri")
    if name in _MAPS:
        return all(_text_covers(inner, _get(there, header.text)) for header, inner in value.pairs())
    if name == "sniHosts":
        return all(any(subset_of(sni, host) for host in _texts(value)) for sni in _texts(there) or {"*"})
    return _same(value, there)


def _get(node: Node | None, name: str) -> Node | None:
    return None if node is None else node.get(name)


def _texts(node: Node | None) -> set[str]:
    return set() if node is None else {item.text for item in node.items() if isinstance(item, Scalar)}


def _same(one: Node, other: Node | None) -> bool:
    """Tell whether a condition is met by whatever meets another one: it is the same, or a smaller set of labels."""
    if other is None:
        return isinstance(one, Mapping) and not len(one)
    if isinstance(one, Mapping):
        return all((there := other.get(key.text)) is not None and _same(value, there) for key, value in one.pairs())
    if isinstance(one, Scalar) or isinstance(other, Scalar):
        return isinstance(one, Scalar) and isinstance(other, Scalar) and one.text == other.text
    return bool(_texts(other)) and _texts(other) <= _texts(one)


def _text_covers(one: Node, other: Node | None, *, folds: bool = False) -> bool:
    """Tell whether a string match takes every text that another one takes."""
    exact, prefix, regex = (one.text_at(name) for name in ("exact", "prefix", "regex"))
    if prefix == "/" or regex in EVERYTHING - {""}:
        return other is not None or prefix == "/"
    if other is None:
        return False
    if not isinstance(one, Mapping) or not len(one):
        return True  # only that the header is there
    theirs, start = other.text_at("exact"), other.text_at("prefix")
    if folds:
        exact, prefix, theirs, start = (text.lower() if text else text for text in (exact, prefix, theirs, start))
    if exact is not None:
        return theirs == exact
    if prefix is not None:
        return (theirs or start or "").startswith(prefix)
    return regex is not None and regex == other.text_at("regex")
