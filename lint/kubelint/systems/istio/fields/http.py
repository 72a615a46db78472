"""Fields of an HTTP route of a VirtualService that no schema checks.

Source: Istio, ``pkg/config/validation/virtualservice.go`` and ``validation.go``; Istio reference, "VirtualService".
"""

from __future__ import annotations

import re

from kubelint.finding import Severity
from kubelint.systems.istio.durations import duration
from kubelint.systems.istio.fields import common, resilience
from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    complete,
    exclusive,
    field,
    filled,
    has,
    idle,
    known,
    mappings,
    missing,
    number,
    percentage,
    place,
    port_range,
    scalars,
    unknown,
    wrong,
)
from kubelint.systems.istio.fields.names import check_host, is_header_name, is_label
from kubelint.systems.kubernetes.duration import SECOND
from kubelint.tree.node import Mapping, Scalar
from kubelint.words import quoted

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE")
#: A variable of Envoy: a name, an argument in brackets, a length. Source: Envoy documentation, "Access logging".
_VARIABLE = re.compile(r"%[A-Z][A-Z0-9_]{0,100}(?:\([^()]{0,500}\))?(?::[0-9]{1,9})?%")
_SENDERS = ("route", "redirect", "directResponse", "delegate")
_LARGE_BODY, _LARGEST_BODY = 100 * 1024, 1024 * 1024


def route_faults(route: Mapping, *, delegate: bool) -> Faults:
    """Yield what Istio refuses or ignores in one HTTP route; ``delegate`` says that its VirtualService has no hosts."""
    yield from _kinds(route, delegate=delegate)
    for match in mappings(route, "match"):
        yield from _match(match)
    yield from _headers(route.mapping("headers"))
    yield from _authority(route)
    yield from _cors(route.mapping("corsPolicy"))
    yield from _redirect(route)
    yield from _direct_response(route.mapping("directResponse"))
    yield from _rewrite(route.mapping("rewrite"))
    yield from _mirrors(route)
    yield from resilience.fault_faults(route.mapping("fault"))
    yield from resilience.retry_faults(route.mapping("retries"))
    destinations = mappings(route, "route")
    for entry in destinations:
        yield from _headers(entry.mapping("headers"))
    yield from weights(destinations)


def _kinds(route: Mapping, *, delegate: bool) -> Faults:
    given = [
        name for name in _SENDERS if filled(route, name) or (name != "route" and isinstance(route.get(name), Mapping))
    ]
    for other in given[1:]:
        yield exclusive(route, given[0], other, "a request can only have one answer")
    if not given and complete(route):
        yield missing(route, ("route", "redirect", "directResponse"), "an HTTP route", "nothing says what it answers")
    if delegate and "delegate" in given:
        yield Fault(
            Family.EXCLUSIVE, field(route, "delegate"), "a VirtualService that is delegated to delegates once more",
            "delegation goes one step only", "route to a destination here",
        )  # fmt: skip
    for name in ("redirect", "directResponse"):
        if name in given:
            for other in ("fault", "rewrite"):
                if isinstance(route.get(other), Mapping):
                    yield exclusive(route, name, other, "there is no request to a destination here")
            for other in ("timeout", "retries"):
                if has(route, other):
                    yield idle(
                        field(route, other), f"`{other}` does nothing beside `{name}`",
                        "no request is sent on", f"remove `{other}`", field(route, name),
                    )  # fmt: skip
    if isinstance(route.get("mirror"), Mapping) and filled(route, "mirrors"):
        yield exclusive(route, "mirror", "mirrors")


# -- match ---------------------------------------------------------------------------------------------------------


def _match(match: Mapping) -> Faults:
    for name in ("uri", "scheme", "method", "authority"):
        yield from common.string_match(match.get(name), name)
    for section in ("headers", "withoutHeaders", "queryParams"):
        for key, value in match.pairs_at(section):
            if key.opaque:
                continue
            if section != "queryParams" and not key.text.startswith(("@request.auth.", ":")):
                if not is_header_name(key.text):
                    yield Fault(
                        Family.HEADER, key, f"{quoted(key.text)} is no name of a header",
                        "letters, digits, `-` and `_` only",
                    )  # fmt: skip
                elif isinstance(value, Scalar) and value.is_null and section == "headers":
                    yield missing(
                        match, ("exact", "prefix", "regex"), f"header `{key.text}`", "null is refused", key=key
                    )
            yield from common.string_match(value, key.text)
    yield from port_range(match.get("port"), "port")
    namespace = known(match.get("sourceNamespace"))
    if namespace is not None and not is_label(namespace.text):
        yield wrong(namespace, "sourceNamespace", "the name of a namespace")


# -- headers -------------------------------------------------------------------------------------------------------


def _headers(headers: Mapping | None) -> Faults:
    if headers is None:
        return
    for side in ("request", "response"):
        for operation in ("set", "add"):
            for key, value in headers.pairs_at(side, operation):
                yield from _header_name(key, side, operation)
                if isinstance(value, Scalar) and not value.opaque:
                    yield from _header_value(value)
        for node in headers.items_at(side, "remove"):
            if isinstance(node, Scalar):
                yield from _header_name(node, side, "remove")


def _header_name(node: Scalar, side: str, operation: str) -> Faults:
    text = node.text
    if node.opaque:
        return
    authority = text.lower() in ("host", ":authority")
    if authority and side == "request" and operation != "remove":
        return
    if authority or text.startswith(":"):
        yield Fault(
            Family.HEADER, node, f"{quoted(text)} cannot be changed here",
            f"pseudo headers and `Host` cannot be part of `{side}.{operation}`",
            "use `rewrite` for authority and path" if side == "request" else None,
        )  # fmt: skip
    elif not is_header_name(text):
        yield Fault(
            Family.HEADER, node, f"{quoted(text)} is no name of a header", "letters, digits, `-` and `_` only"
        )  # fmt: skip


def _header_value(value: Scalar) -> Faults:
    """Yield the fault of a value that Envoy cannot read: ``%`` begins a variable and is written ``%%``."""
    text = value.text
    if any(ord(character) < 32 and character != "\t" for character in text.rstrip("\n")):
        yield Fault(Family.HEADER, value, "the value of a header has control characters", "Envoy refuses it")
        return
    if "%" in _VARIABLE.sub("", text.replace("%%", "")):
        yield Fault(
            Family.HEADER, value, f"{quoted(text)} has a single `%`", "`%` begins a variable such as `%PROTOCOL%`",
            "write `%%` for a percent sign",
        )  # fmt: skip


def _authority(route: Mapping) -> Faults:
    places = [node for node in (route.mapping("rewrite"),) if node is not None and has(node, "authority")]
    found: list[Scalar] = [key for node in places if (key := node.key("authority")) is not None]
    for holder in (route, *mappings(route, "route")):
        here = [
            key
            for operation in ("set", "add")
            for key, _ in holder.pairs_at("headers", "request", operation)
            if key.text.lower() in ("host", ":authority")
        ]
        found += here[:1] if holder is route else here[:1] if not found else []
    if len(found) > 1:
        yield Fault(
            Family.EXCLUSIVE, found[1], "the authority is rewritten in two places", "once more",
            "rewrite it in one place only", ((found[0], "it is rewritten here"),),
        )  # fmt: skip


# -- answers -------------------------------------------------------------------------------------------------------


def _cors(cors: Mapping | None) -> Faults:
    if cors is None:
        return
    for node in scalars(cors, "allowMethods"):
        if node.text != "*" and node.text not in METHODS:
            yield unknown(node, "HTTP method", METHODS, shown=9)
    for name in ("allowHeaders", "exposeHeaders"):
        for node in scalars(cors, name):
            if node.text != "*" and not is_header_name(node.text):
                yield Fault(
                    Family.HEADER, node, f"{quoted(node.text)} is no name of a header",
                    "letters, digits, `-` and `_` only",
                )  # fmt: skip
    for origin in mappings(cors, "allowOrigins"):
        yield from common.string_match(origin, "allowOrigins")
        exact = origin.get("exact")
        if isinstance(exact, Scalar) and exact.style is not None and exact.text == "":
            yield wrong(exact, "allowOrigins.exact", "an origin")
    age = cors.scalar("maxAge")
    time = duration(age)
    if age is not None and time is not None and time % SECOND:
        yield wrong(age, "maxAge", "whole seconds")


def _redirect(route: Mapping) -> Faults:
    redirect = route.mapping("redirect")
    if redirect is None:
        return
    if has(redirect, "uri") and has(redirect, "prefixRewrite"):
        yield exclusive(redirect, "uri", "prefixRewrite")
    if has(redirect, "prefixRewrite"):
        for match in mappings(route, "match"):
            if match.mapping("uri") is not None and match.at("uri", "prefix") is None:
                yield Fault(
                    Family.VALUE, field(redirect, "prefixRewrite"), "`prefixRewrite` needs matches by prefix",
                    "there is no prefix to replace", related=((field(match, "uri"), "not by prefix"),),
                )  # fmt: skip
    names = ("uri", "authority", "port", "scheme", "prefixRewrite", "derivePort", "redirectCode")
    if complete(redirect) and not any(has(redirect, name) for name in names):
        yield missing(redirect, names[:4], "a redirect", "it leads to where it came from", key=route.key("redirect"))
    code = known(redirect.get("redirectCode"))
    value = number(code)
    if code is not None and value is not None and value != 0 and not 300 <= value <= 399:
        yield wrong(code, "redirectCode", "a status from 300 to 399")
    scheme = known(redirect.get("scheme"))
    if scheme is not None and scheme.text not in ("http", "https"):
        yield unknown(scheme, "scheme", ("http", "https"))
    yield from port_range(redirect.get("port"), "port")


def _direct_response(answer: Mapping | None) -> Faults:
    if answer is None:
        return
    status = known(answer.get("status"))
    value = number(status)
    if status is not None and value is not None and not 200 <= value <= 600:
        yield wrong(status, "status", "a status from 200 to 600")
    for name in ("string", "bytes"):
        body = known(answer.at("body", name))
        if body is not None and len(body.text) > _LARGE_BODY:
            fault = wrong(body, f"body.{name}", "at most 1 MB" if len(body.text) > _LARGEST_BODY else "shorter")
            yield fault if len(body.text) > _LARGEST_BODY else common.weak(fault)


def _rewrite(rewrite: Mapping | None) -> Faults:
    if rewrite is None:
        return
    regex = rewrite.mapping("uriRegexRewrite")
    if has(rewrite, "uri") and regex is not None:
        yield exclusive(rewrite, "uri", "uriRegexRewrite")
    if complete(rewrite) and regex is None and not has(rewrite, "uri") and not has(rewrite, "authority"):
        yield missing(rewrite, ("uri", "authority", "uriRegexRewrite"), "a rewrite", "it changes nothing")
    if regex is not None:
        for name in ("match", "rewrite"):
            if complete(regex) and not has(regex, name):
                yield missing(regex, (name,), "`uriRegexRewrite`", "it takes both", key=rewrite.key("uriRegexRewrite"))
        yield from common.expression(regex.scalar("match"))


def destination(node: Mapping | None) -> Faults:
    """Yield what is wrong with a destination."""
    if node is None:
        return
    host = node.scalar("host")
    if host is not None and not host.opaque:
        if host.text == "*":
            yield Fault(Family.HOST, host, "requests cannot be sent to the host `*`", "a destination is one host")
        else:
            yield from check_host(host, "destination.host")
    subset = known(node.get("subset"))
    if subset is not None and not is_label(subset.text):
        yield wrong(subset, "subset", "letters, digits and dashes")
    yield from port_range(node.at("port", "number"), "port.number")


def weights(destinations: list[Mapping]) -> Faults:
    """Yield what is wrong with destinations: their hosts, ports and weights."""
    total, sure = 0.0, True
    for entry in destinations:
        node = entry.get("weight")
        weight = number(node)
        if isinstance(node, Scalar) and (node.opaque or weight is None) and not node.is_null:
            sure = False
        if isinstance(node, Scalar) and weight is not None and weight < 0:
            yield wrong(node, "weight", "0 or more")
        total += weight or 0
        yield from destination(entry.mapping("destination"))
    if len(destinations) > 1 and sure and total == 0:
        first = destinations[0]
        yield Fault(
            Family.VALUE, first.key("weight") or place(first), "all destinations have the weight 0",
            "Istio refuses a route that sends requests nowhere", "give at least one of them a weight",
        )  # fmt: skip


def _mirrors(route: Mapping) -> Faults:
    yield from destination(route.mapping("mirror"))
    yield from percentage(route, "mirrorPercentage")
    for name in ("mirrorPercent", "mirror_percent"):
        if route.get(name) is not None:
            yield Fault(
                Family.DEPRECATED, field(route, name), f"`{name}` is deprecated", "`mirrorPercentage` has replaced it",
                "write `mirrorPercentage: {value: …}`", severity=Severity.WARNING,
            )  # fmt: skip
    for entry in mappings(route, "mirrors"):
        yield from destination(entry.mapping("destination"))
        yield from percentage(entry)
