"""Fields of an AuthorizationPolicy that no schema checks.

Source: Istio, ``pkg/config/validation/validation.go`` (``ValidateAuthorizationPolicy``) and
``pkg/config/security/security.go``; Istio reference, "Authorization Policy" and "Authorization Policy Conditions".
"""

from __future__ import annotations

import re
from dataclasses import replace

from kubelint.finding import Severity
from kubelint.suggest import nearest
from kubelint.systems.istio.fields import common
from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    complete,
    field,
    filled,
    has,
    known,
    mappings,
    missing,
    scalars,
    unknown,
    wrong,
)
from kubelint.systems.istio.fields.names import is_header_name, is_subnet
from kubelint.systems.istio.model import AuthorizationPolicy
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.words import quoted

CONDITIONS = (
    "request.headers", "source.ip", "remote.ip", "source.namespace", "source.principal", "source.serviceAccount",
    "request.auth.principal", "request.auth.audiences", "request.auth.presenter", "request.auth.claims",
    "destination.ip", "destination.port", "connection.sni", "experimental.envoy.filters.",
)  # fmt: skip
_WITH_NAME = ("request.headers", "request.auth.claims")
_REMOVED = ("destination.labels", "destination.name", "destination.namespace", "destination.user")
_IDENTITIES = ("principals", "notPrincipals", "namespaces", "notNamespaces", "serviceAccounts", "notServiceAccounts",
               "requestPrincipals", "notRequestPrincipals", "trustDomains", "notTrustDomains")  # fmt: skip
_SOURCES = ("principals", "requestPrincipals", "namespaces", "serviceAccounts", "ipBlocks", "remoteIpBlocks",
            "trustDomains")  # fmt: skip
_OPERATIONS = ("hosts", "ports", "methods", "paths")
_HTTP_OPERATIONS = ("hosts", "methods", "paths")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"})
_TEMPLATE = re.compile(r"\{\*{1,2}\}")


def faults(policy: AuthorizationPolicy) -> Faults:
    """Yield what Istio refuses or ignores in an AuthorizationPolicy."""
    spec = policy.root.mapping("spec")
    if spec is None:
        return
    yield from common.selector(policy, spec.mapping("selector"), "matchLabels")
    yield from common.target_refs(policy)
    action = spec.text_at("action") or "ALLOW"
    yield from _action(spec, action, policy)
    for rule in mappings(spec, "rules"):
        for section, inner in (("from", "source"), ("to", "operation")):
            yield from _sides(rule, section, inner)
        for condition in mappings(rule, "when"):
            yield from _condition(condition)
        if action == "CUSTOM":
            yield from _custom(rule)


def _action(spec: Mapping, action: str, policy: AuthorizationPolicy) -> Faults:
    provider = spec.mapping("provider")
    node = spec.key("action") or policy.name_node
    if action == "CUSTOM" and complete(spec):
        if not (provider is not None and has(provider, "name")):
            yield missing(
                spec, ("provider.name",), "action `CUSTOM`", "nobody is asked", key=spec.get("action") or node
            )
        if not filled(spec, "rules"):
            yield missing(
                spec, ("rules",), "action `CUSTOM`", "no request is asked about", key=spec.get("action") or node
            )
    elif provider is not None and action != "CUSTOM":
        yield Fault(
            Family.EXCLUSIVE, field(spec, "provider"), f"action `{action}` has no provider",
            "only `CUSTOM` asks somebody else", "write `action: CUSTOM`, or remove `provider`",
        )  # fmt: skip
    if action == "DENY" and complete(spec) and not filled(spec, "rules"):
        yield missing(spec, ("rules",), "action `DENY`", "nothing is denied", key=spec.get("action") or node)


def _sides(rule: Mapping, section: str, inner: str) -> Faults:
    if rule.get(section) is not None and isinstance(rule.get(section), Sequence) and not filled(rule, section):
        yield missing(rule, (inner,), f"`{section}`", "an empty list is refused", key=rule.key(section))
    for entry in mappings(rule, section):
        side = entry.mapping(inner)
        if side is None or not any(filled(side, key.text) for key, _ in side.pairs()):
            if complete(entry) and not _is_opaque(entry.get(inner)):
                names = _SOURCES[:3] if inner == "source" else _OPERATIONS
                yield missing(entry, names, f"`{inner}`", "an empty one is refused")
            continue
        yield from _values(side)
        if inner == "source":
            for name in ("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks"):
                yield from _blocks(scalars(side, name), name)
            for name in ("serviceAccounts", "notServiceAccounts"):
                yield from _accounts(scalars(side, name), name)
            for name in ("trustDomains", "notTrustDomains"):
                yield from _trust_domains(scalars(side, name), name)
        else:
            for name in ("ports", "notPorts"):
                yield from _ports(scalars(side, name), name)
            for name in ("paths", "notPaths"):
                for node in scalars(side, name):
                    yield from _path(node, name)
            for name in ("methods", "notMethods"):
                for node in scalars(side, name):
                    yield from _method(node)


def _is_opaque(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.opaque


def _values(side: Mapping) -> Faults:
    for key, value in side.pairs():
        for node in value.items():
            if isinstance(node, Scalar) and not node.opaque and node.text == "":
                yield Fault(
                    Family.POLICY, node, f"an entry of `{key.text}` is empty", "Istio refuses the policy",
                    "remove the entry",
                )  # fmt: skip


def _blocks(nodes: list[Scalar], name: str) -> Faults:
    for node in nodes:
        if node.text and not is_subnet(node.text):
            yield wrong(node, name, "an IP address or a block such as `10.0.0.0/8`", family=Family.POLICY)


def _accounts(nodes: list[Scalar], name: str) -> Faults:
    for node in nodes:
        parts = node.text.split("/")
        if node.text and (len(parts) > 2 or "*" in node.text or not all(parts)):
            yield wrong(node, name, "`account` or `namespace/account`, without `*`", family=Family.POLICY)


def _trust_domains(nodes: list[Scalar], name: str) -> Faults:
    for node in nodes:
        if "/" in node.text or "*" in node.text[1:-1] or (len(node.text) > 1 and node.text.count("*") > 1):
            yield wrong(node, name, "a trust domain, `*` only at one end", family=Family.POLICY)


def _ports(nodes: list[Scalar], name: str) -> Faults:
    for node in nodes:
        if node.text and not (node.text.isascii() and node.text.isdigit() and int(node.text[:9]) <= 65_535):
            yield wrong(node, name, "a number from 0 to 65535", family=Family.POLICY)


def _path(node: Scalar, name: str) -> Faults:
    text = node.text
    if "{" not in text and "}" not in text:
        return
    if "*" in _TEMPLATE.sub("", text):
        yield wrong(node, name, "either a template with `{*}` or a path with `*`, not both", family=Family.POLICY)
        return
    segments = text.split("/")
    whole = [segment for segment in segments if _TEMPLATE.fullmatch(segment)]
    if any(("{" in segment or "}" in segment) and not _TEMPLATE.fullmatch(segment) for segment in segments):
        yield wrong(node, name, "a path in which `{*}` and `{**}` are whole segments", family=Family.POLICY)
    elif "{**}" in whole[:-1] if whole else False:
        yield wrong(node, name, "a path in which `{**}` is the last template", family=Family.POLICY)


def _method(node: Scalar) -> Faults:
    text = node.text
    if text in _METHODS or "*" in text or not text:
        return
    if text.upper() in _METHODS:
        yield Fault(
            Family.POLICY, node, f"{quoted(text)} is no HTTP method", "methods are compared as they are written",
            f"write `{text.upper()}`", severity=Severity.WARNING, candidates=(text.upper(),),
        )  # fmt: skip
    elif not text.startswith("/"):  # the full name of a gRPC method is a path
        yield common.weak(unknown(node, "HTTP method", _METHODS, Family.POLICY, shown=9))


# -- when ----------------------------------------------------------------------------------------------------------


def _condition(condition: Mapping) -> Faults:
    key = known(condition.get("key"))
    if complete(condition) and condition.get("key") is not None and not filled(condition, "key"):
        yield missing(condition, ("key",), "a condition", "nothing is compared")
    if complete(condition) and not filled(condition, "values") and not filled(condition, "notValues"):
        yield missing(condition, ("values", "notValues"), "a condition", "nothing to compare with", key=key)
    yield from _values(condition)
    if key is None:
        return
    text = key.text
    base, bracket, rest = text.partition("[")
    if (bracket and not rest.endswith("]")) or (base in _WITH_NAME and not rest.removesuffix("]")):
        yield wrong(key, "key", f"`{base}[name]`", family=Family.POLICY)
    elif base == "request.headers" and not is_header_name(rest.removesuffix("]")):
        yield wrong(key, "key", "`request.headers[name]` with the name of a header", family=Family.POLICY)
    elif base in _REMOVED:
        yield Fault(
            Family.POLICY, key, f"the condition `{base}` is not supported any more", "Istio refuses the policy",
            "use `selector`",
        )  # fmt: skip
    elif base not in CONDITIONS and not text.startswith("experimental.envoy.filters."):
        fault = unknown(key, "condition", CONDITIONS[:-1], Family.POLICY)
        near = nearest(base, CONDITIONS[:-1])
        meant = text.replace(base, near[0], 1) if near else ""
        yield (
            fault
            if not near
            else replace(fault, label=f"did you mean `{meant}`?", help=f"write `{meant}`", candidates=(meant,))
        )
    else:
        for name in ("values", "notValues"):
            yield from _condition_values(base, scalars(condition, name), text)


def _condition_values(base: str, nodes: list[Scalar], shown: str) -> Faults:
    if base in ("source.ip", "remote.ip", "destination.ip"):
        yield from _blocks(nodes, shown)
    elif base == "destination.port":
        yield from _ports(nodes, shown)
    elif base == "source.serviceAccount":
        yield from _accounts(nodes, shown)


def _custom(rule: Mapping) -> Faults:
    for entry in mappings(rule, "from"):
        for name in _IDENTITIES:
            source = entry.mapping("source")
            if source is not None and filled(source, name):
                yield Fault(
                    Family.POLICY, field(source, name), f"action `CUSTOM` cannot look at `{name}`",
                    "the provider is asked before the identity is known", "let the provider check it",
                )  # fmt: skip
    for condition in mappings(rule, "when"):
        key = known(condition.get("key"))
        if key is not None and key.text.startswith(
            ("source.namespace", "source.principal", "source.serviceAccount", "request.auth.")
        ):
            yield Fault(
                Family.POLICY, key, f"action `CUSTOM` cannot look at `{key.text}`",
                "the provider is asked before the identity is known", "let the provider check it",
            )  # fmt: skip


def only_http(rule: Mapping) -> Node | None:
    """Return an HTTP attribute of a rule that looks at nothing but such; None where ports narrow it as well."""
    operations = [entry.mapping("operation") for entry in mappings(rule, "to")]
    for operation in operations:
        if operation is None or filled(operation, "ports") or filled(operation, "notPorts"):
            return None
    http: Node | None = None
    for operation in operations:
        assert operation is not None  # noqa: S101 - returned above
        for key, value in operation.pairs():
            if key.text.removeprefix("not").lower() in _HTTP_OPERATIONS and len(value.items()):
                http = http or key
    for entry in mappings(rule, "from"):
        for key, value in entry.pairs_at("source"):
            if key.text.removeprefix("not").lower() == "requestprincipals" and len(value.items()):
                http = http or key
    for condition in mappings(rule, "when"):
        key_node = known(condition.get("key"))
        if key_node is not None and key_node.text.startswith("destination.port"):
            return None
        if key_node is not None and key_node.text.startswith("request."):
            http = http or key_node
    return http
