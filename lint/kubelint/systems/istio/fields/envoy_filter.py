"""Patches of an EnvoyFilter: what Istio refuses, ignores, or applies to something else than meant.

Source: Istio, ``pkg/config/validation/envoyfilter`` (``validateEnvoyFilter``) and
``pkg/config/analysis/analyzers/envoyfilter``; Istio reference, "Envoy Filter".
"""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.systems.istio.fields import common
from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    complete,
    field,
    has,
    idle,
    known,
    missing,
    place,
)
from kubelint.systems.istio.fields.regex import regex_fault
from kubelint.systems.istio.model import EnvoyFilter
from kubelint.tree.node import Mapping, Scalar
from kubelint.words import quoted

_LISTENER = frozenset({"LISTENER", "FILTER_CHAIN", "NETWORK_FILTER", "HTTP_FILTER", "LISTENER_FILTER"})
_ROUTE = frozenset({"ROUTE_CONFIGURATION", "VIRTUAL_HOST", "HTTP_ROUTE"})
_REPLACEABLE = frozenset({"HTTP_FILTER", "NETWORK_FILTER", "VIRTUAL_HOST", "LISTENER_FILTER"})


def faults(item: EnvoyFilter) -> Faults:
    """Yield what is wrong with the patches of an EnvoyFilter."""
    spec = item.root.mapping("spec")
    if spec is None:
        return
    yield from common.selector(item, spec.mapping("workloadSelector"), "labels")
    for node in spec.items_at("configPatches"):
        if isinstance(node, Mapping):
            yield from _patch(node)
        elif isinstance(node, Scalar) and node.is_null:
            yield missing(node, ("applyTo", "patch"), "an entry of `configPatches`", "null is refused")


def _patch(entry: Mapping) -> Faults:
    target, patch = known(entry.get("applyTo")), entry.mapping("patch")
    if complete(entry) and entry.get("applyTo") is None:
        yield missing(entry, ("applyTo",), "an entry of `configPatches`", "nothing says what is changed")
    if patch is None:
        if complete(entry) and not (isinstance(entry.get("patch"), Scalar) and not _null(entry.get("patch"))):
            yield missing(entry, ("patch",), "an entry of `configPatches`", "nothing says how it is changed")
        return
    operation = known(patch.get("operation"))
    if complete(patch) and patch.get("operation") is None:
        yield missing(patch, ("operation",), "a patch", "nothing says how it is changed", key=entry.key("patch"))
    if operation is not None and operation.text != "REMOVE" and complete(patch) and not has(patch, "value"):
        yield missing(patch, ("value",), f"a patch with operation `{operation.text}`", "there is nothing to put there",
                      key=operation)  # fmt: skip
    if target is not None and operation is not None:
        yield from _operation(target, operation)
    match = entry.mapping("match")
    if match is not None and target is not None:
        yield from _match(match, target, operation)


def _null(node: object) -> bool:
    return isinstance(node, Scalar) and node.is_null


def _operation(target: Scalar, operation: Scalar) -> Faults:
    if operation.text == "REPLACE" and target.text not in _REPLACEABLE:
        yield Fault(
            Family.PATCH, operation, f"`REPLACE` does not work on `{target.text}`", "this patch does nothing",
            "write `MERGE`, or `ADD` and `REMOVE`", ((target, "what is changed"),),
        )  # fmt: skip
    elif operation.text in ("ADD", "REMOVE") and target.text in ("ROUTE_CONFIGURATION", "HTTP_ROUTE"):
        yield Fault(
            Family.PATCH, operation, f"`{operation.text}` is ignored on `{target.text}`", "this patch does nothing",
            "write `MERGE`", ((target, "what is changed"),),
            # The reference says so of both; some versions add routes nevertheless.
            Severity.WARNING if target.text == "HTTP_ROUTE" else Severity.ERROR,
        )  # fmt: skip


def _match(match: Mapping, target: Scalar, operation: Scalar | None) -> Faults:
    for name, targets in (
        ("listener", _LISTENER),
        ("routeConfiguration", _ROUTE),
        ("cluster", frozenset({"CLUSTER"})),
    ):
        known_target = target.text in _LISTENER | _ROUTE | {"CLUSTER"}
        if isinstance(match.get(name), Mapping) and known_target and target.text not in targets:
            yield Fault(
                Family.PATCH, field(match, name), f"`match.{name}` does not fit `applyTo: {target.text}`",
                "Istio refuses it", f"match by `{_section(target.text)}`", ((target, "what is changed"),),
            )  # fmt: skip
    version = known(match.at("proxy", "proxyVersion"))
    if version is not None:
        found = regex_fault(version.text)
        if found is not None:
            yield Fault(Family.REGEX, version, f"{quoted(version.text)} is no regular expression of RE2", found[0])
    chain = match.mapping("listener", "filterChain")
    filter_ = None if chain is None else chain.mapping("filter")
    if filter_ is None:
        return
    key = None if chain is None else chain.key("filter")
    if target.text in ("LISTENER", "FILTER_CHAIN"):
        yield idle(key or filter_, f"`filter` does nothing with `applyTo: {target.text}`", "no filter is looked for")
        return
    if complete(filter_) and not has(filter_, "name") and target.text in ("NETWORK_FILTER", "HTTP_FILTER"):
        yield missing(filter_, ("name",), "a filter to match", "nothing says which one", key=key)
    if filter_.mapping("subFilter") is not None:
        yield from _sub_filter(filter_, target)
    if operation is not None and operation.text == "INVALID":
        yield Fault(Family.PATCH, operation, "`INVALID` is no operation", "Istio refuses it", "write `MERGE` or `ADD`")


def _sub_filter(filter_: Mapping, target: Scalar) -> Faults:
    if target.text != "HTTP_FILTER":
        yield idle(
            field(filter_, "subFilter"), f"`subFilter` does nothing with `applyTo: {target.text}`",
            "only HTTP filters stand below another one", "remove it", target,
        )  # fmt: skip
        return
    name = known(filter_.get("name"))
    if name is not None and "http_connection_manager" not in name.text:
        yield Fault(
            Family.PATCH, name, f"`subFilter` needs the connection manager as its filter, not {quoted(name.text)}",
            "HTTP filters stand below it", "write `envoy.filters.network.http_connection_manager`",
        )  # fmt: skip
    sub = filter_.mapping("subFilter")
    if sub is not None and complete(sub) and not has(sub, "name"):
        yield missing(sub, ("name",), "`subFilter`", "nothing says which one", key=place(sub, filter_.key("subFilter")))


def _section(target: str) -> str:
    return "listener" if target in _LISTENER else "routeConfiguration" if target in _ROUTE else "cluster"
