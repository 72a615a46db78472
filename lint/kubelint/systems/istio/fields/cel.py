"""The CEL rules of Istio's CustomResourceDefinitions as code: the API server evaluates them, we need no engine.

Each rule's text is the key of the function that says what breaks it. Durations are left out: they have a rule of their
own. Map keys are texts, as CEL sees them, although YAML reads ``8080:`` as a number.

Source: Istio, ``manifests/charts/base/files/crd-all.gen.yaml`` (``x-kubernetes-validations``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    complete,
    exclusive,
    field,
    has,
    known,
    missing,
    number,
    place,
    wrong,
)
from kubelint.systems.istio.model import IstioObject
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.words import quoted
from kubelint_schemas.istio import cel_rules

DURATION = "duration(self) >= duration('1ms')"
_PORT_NAME = re.compile(r"[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?\Z")
_WASM_SCHEMES = ("", "http", "https", "file", "oci")
Check = Callable[[Node, Node, str], Faults]


def faults(item: IstioObject) -> Faults:
    """Yield what the CEL rules of an object's kind refuse."""
    seen: set[tuple[int, str]] = set()
    for rule in cel_rules(item.kind):
        check = CHECKS.get(rule.rule)
        if check is None:
            continue
        for node, key in _at(item.root, rule.path, item.kind_node or item.root):
            if isinstance(node, Scalar) and (node.is_null or node.opaque):
                continue
            name = next((step for step in reversed(rule.path) if step not in ("[]", "*")), "")
            for fault in check(node, key, name):
                if (fault.node.start, fault.headline) not in seen:
                    seen.add((fault.node.start, fault.headline))
                    yield fault


def _at(node: Node, path: tuple[str, ...], key: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the nodes at a path and what to point at for each: its key, or the first key of an item."""
    if not path:
        yield node, key
        return
    step, rest = path[0], path[1:]
    if step == "[]":
        for child in node.items():
            yield from _at(child, rest, place(child))
    elif step == "*":
        for name, child in node.pairs():
            yield from _at(child, rest, name)
    else:
        child_node = node.get(step)
        if child_node is not None:
            yield from _at(child_node, rest, node.key(step) or key)


# -- the rules -----------------------------------------------------------------------------------------------------


def _no_wildcard(node: Node, key: Node, name: str) -> Faults:
    del key
    if isinstance(node, Scalar) and "*" in node.text:
        yield Fault(
            Family.VALUE, node, f"a selector takes no wildcard: {quoted(node.text)}", f"`*` is not allowed in `{name}`",
            "write the whole value",
        )  # fmt: skip


def _no_wildcard_key(node: Node, key: Node, name: str) -> Faults:
    del key
    for label, _ in node.pairs():
        yield from _no_wildcard(label, label, name)


def _no_empty_key(node: Node, key: Node, name: str) -> Faults:
    del key
    for label, _ in node.pairs():
        if label.text == "" and not label.opaque:
            yield Fault(
                Family.VALUE, label, "a label of a selector has no name", f"a key of `{name}` is empty", "name it"
            )


def _empty(node: Node, key: Node, name: str) -> Faults:
    del key
    if isinstance(node, Scalar) and node.text:
        yield Fault(
            Family.VALUE, node, "a policy cannot be attached to something in another namespace",
            f"`{name}` must be empty", f"remove `{name}`",
        )  # fmt: skip


def _port(node: Node, key: Node, name: str) -> Faults:
    del key
    value = number(node)
    if isinstance(node, Scalar) and value is not None and not 0 < value <= 65_535:
        yield wrong(node, name, "a port from 1 to 65535")


def _one_of(*names: str) -> Check:
    def check(node: Node, key: Node, name: str) -> Faults:
        del key, name
        given = [name for name in names if _is_there(node, name)]
        for other in given[1:]:
            yield exclusive(node, given[0], other)

    return check


def _is_there(node: Node, name: str) -> bool:
    """Tell what ``has()`` of CEL does: a field that is null is not there, an empty one is."""
    value = node.get(name)
    return value is not None and not (isinstance(value, Scalar) and value.is_null)


def _is_socket(node: Node) -> bool:
    return (node.text_at("address") or "").startswith("unix://")


def _socket_ports(node: Node, key: Node, name: str) -> Faults:
    del key, name
    if _is_socket(node) and _is_there(node, "ports"):
        yield exclusive(node, "address", "ports", "a socket has no ports")


def _socket_path(node: Node, key: Node, name: str) -> Faults:
    del key
    if isinstance(node, Scalar) and node.text.startswith("unix://"):
        path = node.text.removeprefix("unix://")
        if not path.startswith(("/", "@")):
            yield wrong(node, name, "a socket with an absolute path: `unix:///path`")
        elif path.endswith("/"):
            yield wrong(node, name, "a socket, not a folder")


def _port_names(node: Node, key: Node, name: str) -> Faults:
    del key
    for label, _ in node.pairs():
        if not label.opaque and not (len(label.text) < 63 and _PORT_NAME.match(label.text)):
            yield wrong(label, name, "letters, digits and dashes, fewer than 63")


def _address_or_network(node: Node, key: Node, name: str) -> Faults:
    del name
    if complete(node) and not _is_there(node, "address") and not _is_there(node, "network"):
        yield missing(node, ("address", "network"), "a workload", "nobody knows where it is", key=key)


def _url_scheme(node: Node, key: Node, name: str) -> Faults:
    del key
    if isinstance(node, Scalar) and not node.text.startswith(("http://", "https://")):
        yield wrong(node, name, "a URL with `http://` or `https://`")


def _wasm_url(node: Node, key: Node, name: str) -> Faults:
    del key
    if not isinstance(node, Scalar):
        return
    try:
        # `registry.example.com:5000/plugin` has a port, not a scheme.
        scheme = urlsplit(node.text).scheme if "://" in node.text else ""
    except ValueError:
        scheme = None
    if scheme not in _WASM_SCHEMES or any(character <= " " for character in node.text):
        yield wrong(node, name, "a URL with `oci://`, `http://`, `https://` or `file://`, or without any")


def _host_value(node: Node, key: Node, name: str) -> Faults:
    del key, name
    if node.text_at("valueFrom") == "HOST" and _is_there(node, "value"):
        yield exclusive(node, "valueFrom", "value", "the value comes from the host")


def _accounts(node: Node, key: Node, name: str) -> Faults:
    del key, name
    for one in ("serviceAccounts", "notServiceAccounts"):
        for other in ("principals", "notPrincipals", "namespaces", "notNamespaces"):
            if _is_there(node, one) and _is_there(node, other):
                yield exclusive(node, one, other, "a service account names its namespace already")


def _waypoint(node: Node, key: Node, name: str) -> Faults:
    del name
    context = known(node.get("context"))
    unknown_context = _is_there(node, "context") and context is None
    if context is not None and context.text == "WAYPOINT":
        if complete(node) and not _is_there(node, "waypoint"):
            yield missing(node, ("waypoint",), "context `WAYPOINT`", "nothing is matched", key=context)
    elif not unknown_context and _is_there(node, "waypoint"):
        yield Fault(
            Family.EXCLUSIVE, field(node, "waypoint"), "`match.waypoint` is for context `WAYPOINT` only",
            "another context has no waypoint", "write `context: WAYPOINT`",
            ((context or key, "the context"),),
        )  # fmt: skip


def _port_level_selector(node: Node, key: Node, name: str) -> Faults:
    del key, name
    if _is_there(node, "portLevelMtls") and complete(node):
        labels = node.at("selector", "matchLabels")
        if not (isinstance(labels, Mapping) and len(labels)) and not isinstance(node.at("selector"), Scalar):
            yield missing(
                node, ("selector.matchLabels",), "`portLevelMtls`", "ports are those of certain workloads",
                key=field(node, "portLevelMtls"),
            )  # fmt: skip


def _port_level_ports(node: Node, key: Node, name: str) -> Faults:
    del key
    for port, _ in node.pairs():
        text = port.text
        if not port.opaque and not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= 65_535):
            yield wrong(port, name, "ports from 1 to 65535 as keys")


def _subnets_static(node: Node, key: Node, name: str) -> Faults:
    del key, name
    resolution = node.text_at("resolution") or "NONE"
    opaque = (value := node.scalar("resolution")) is not None and value.opaque
    for address in node.items_at("addresses"):
        if isinstance(address, Scalar) and "/" in address.text and resolution not in ("STATIC", "NONE") and not opaque:
            yield Fault(
                Family.VALUE, address, f"resolution `{resolution}` takes no block of addresses",
                "only `NONE` and `STATIC` do", "write single addresses",
                ((field(node, "resolution"), "because of this"),),
            )  # fmt: skip


def _none_endpoints(node: Node, key: Node, name: str) -> Faults:
    del key, name
    resolution = node.scalar("resolution")
    if (resolution is None or resolution.text == "NONE") and _is_there(node, "endpoints") and complete(node):
        yield Fault(
            Family.EXCLUSIVE, field(node, "endpoints"), "resolution `NONE` takes no endpoints",
            "requests go to the address that the client has asked for", "write `resolution: STATIC` or `DNS`",
            () if resolution is None else ((resolution, "the resolution"),),
        )  # fmt: skip


def _round_robin(node: Node, key: Node, name: str) -> Faults:
    del key, name
    endpoints = node.items_at("endpoints")
    if node.text_at("resolution") == "DNS_ROUND_ROBIN" and len(endpoints) > 1:
        yield Fault(
            Family.VALUE, place(endpoints[1]), "resolution `DNS_ROUND_ROBIN` takes one endpoint only",
            "this is the second one", "write `resolution: DNS`", ((place(endpoints[0]), "the first one"),),
        )  # fmt: skip


def _not_everything(node: Node, key: Node, name: str) -> Faults:
    del key, name
    if isinstance(node, Scalar) and node.text == "*":
        yield Fault(Family.HOST, node, "a ServiceEntry cannot be for every host", "`*` is refused", "name the hosts")


def _distinct_ports(node: Node, key: Node, name: str) -> Faults:
    del key, name
    seen: dict[str, Scalar] = {}
    for port in node.items():
        value = known(port.get("number"))
        if value is None:
            continue
        first = seen.setdefault(value.text, value)
        if first is not value:
            yield Fault(
                Family.DUPLICATE, value, f"port `{value.text}` is there twice", "a ServiceEntry has a port once",
                "remove one of the two", ((first, "the first one"),),
            )  # fmt: skip


def _upsert(node: Node, key: Node, name: str) -> Faults:
    del name
    if node.text_at("operation") == "UPSERT" and complete(node) and not has(node, "value"):
        yield missing(node, ("value",), "operation `UPSERT`", "nothing to write", key=node.get("operation") or key)


def _remove(node: Node, key: Node, name: str) -> Faults:
    del key, name
    if node.text_at("operation") == "REMOVE" and _is_there(node, "value"):
        yield exclusive(node, "operation", "value", "what is removed has no value")


def _wasm_or_lua(node: Node, key: Node, name: str) -> Faults:
    del name
    given = [name for name in ("wasm", "lua") if _is_there(node, name)]
    if len(given) > 1:
        yield exclusive(node, *given)
    elif not given and complete(node):
        yield missing(node, ("wasm", "lua"), "a TrafficExtension", "it runs nothing", key=key)


def _probe_scheme(node: Node, key: Node, name: str) -> Faults:
    del key
    if isinstance(node, Scalar) and node.text not in ("", "HTTP", "HTTPS"):
        yield wrong(node, name, "`HTTP` or `HTTPS`")


def _at_most_one(*names: str) -> tuple[str, Check]:
    text = " + ".join(f"(has(self.{name}) ? 1 : 0)" for name in names) + " <= 1"
    return text, _one_of(*names)


CHECKS: dict[str, Check] = {
    '!self.contains("*")': _no_wildcard,
    'self.all(key, !key.contains("*"))': _no_wildcard_key,
    "self.all(key, key.size() != 0)": _no_empty_key,
    "self.size() == 0": _empty,
    "0 < self && self <= 65535": _port,
    '(has(self.address) ? self.address : "").startsWith("unix://") ? !has(self.ports) : true': _socket_ports,
    'self.startsWith("unix://") ? (self.substring(7, 8) == "/" || self.substring(7, 8) == "@") : true': _socket_path,
    'self.startsWith("unix://") ? !self.endsWith("/") : true': _socket_path,
    'self.all(key, size(key) < 63 && key.matches("^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$"))': _port_names,
    "has(self.address) || has(self.network)": _address_or_network,
    'url(self).getScheme() in ["http", "https"]': _url_scheme,
    '(has(self.valueFrom) ? self.valueFrom : "") != "HOST" || !has(self.value)': _host_value,
    "(has(self.serviceAccounts) || has(self.notServiceAccounts)) ? (!has(self.principals) &&\n!has(self.notPrincipals) "
    "&& !has(self.namespaces) && !has(self.notNamespaces)) : true": _accounts,
    'has(self.context) ? ((self.context == "WAYPOINT") ? has(self.waypoint) : !has(self.waypoint)) '
    ": !has(self.waypoint)": _waypoint,
    "has(self.portLevelMtls) ? (((has(self.selector) && has(self.selector.matchLabels)) ? self.selector.matchLabels "
    ": {}).size() > 0) : true": _port_level_selector,
    "self.all(key, 0 < int(key) && int(key) <= 65535)": _port_level_ports,
    '!((has(self.addresses) ? self.addresses : []).exists(k, k.contains("/")) && !((has(self.resolution) ? '
    'self.resolution : "NONE") in ["STATIC", "NONE"]))': _subnets_static,
    '((has(self.resolution) ? self.resolution : "NONE") == "NONE") ? !has(self.endpoints) : true': _none_endpoints,
    '((has(self.resolution) ? self.resolution : "") == "DNS_ROUND_ROBIN") ? ((has(self.endpoints) ? self.endpoints '
    ": []).size() <= 1) : true": _round_robin,
    'self != "*"': _not_everything,
    "self.all(l1, self.exists_one(l2, l1.number == l2.number))": _distinct_ports,
    '((has(self.operation) ? self.operation : "") == "UPSERT") ? (self.value != "") : true': _upsert,
    '((has(self.operation) ? self.operation : "") == "REMOVE") ? !has(self.value) : true': _remove,
    "has(self.wasm) != has(self.lua)": _wasm_or_lua,
    'self in ["", "HTTP", "HTTPS"]': _probe_scheme,
    **dict(
        _at_most_one(*names)
        for names in (
            ("selector", "targetRef", "targetRefs"),
            ("selector", "targetRefs"),
            ("workloadSelector", "targetRefs"),
            ("workloadSelector", "endpoints"),
            ("tlsCertificates", "credentialNames"),
            ("credentialName", "credentialNames"),
            ("credentialNames", "tlsCertificates"),
            ("jwksUri", "jwks_uri", "jwks"),
        )
    ),
    **{
        f'isURL(self) ? (url(self).getScheme() in {schemes}) : (isURL("http://" + self) &&\n'
        f'url("http://" + self).getScheme() in {schemes})': _wasm_url
        for schemes in (
            '["", "http", "https", "file", "oci"]',
            '["", "http", "https", "oci", "file"]',
        )
    },
}
