"""Which fields of Gateways and routes go together: what the definitions say in rules, and not in their schemas.

Source: Gateway API specification, HTTPRouteFilter, GRPCRouteFilter, HTTPPathModifier, HTTPPathMatch, Listener.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kubelint.suggest import nearest
from kubelint.systems.kubernetes.gateway import GRPCRoute, HTTPRoute, Listeners
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.parts import Part
from kubelint.tree.node import Mapping as MappingNode
from kubelint.tree.node import Node, Scalar
from kubelint_schemas.kubernetes.values import Case, Discriminated


def _one_of(by: str, fields: Mapping[str, str]) -> Discriminated:
    """Return the fact that each value of a field goes with one field, and with none of the others."""
    return Discriminated(
        by,
        None,
        MappingProxyType(
            {
                value: Case((field,), tuple(other for other in fields.values() if other != field))
                for value, field in fields.items()
            }
        ),
    )


_FILTER = _one_of(
    "type",
    {
        "RequestHeaderModifier": "requestHeaderModifier",
        "ResponseHeaderModifier": "responseHeaderModifier",
        "RequestMirror": "requestMirror",
        "RequestRedirect": "requestRedirect",
        "URLRewrite": "urlRewrite",
        "ExtensionRef": "extensionRef",
    },
)
_PATH_MODIFIER = _one_of("type", {"ReplaceFullPath": "replaceFullPath", "ReplacePrefixMatch": "replacePrefixMatch"})
PROTOCOLS = ("HTTP", "HTTPS", "TLS", "TCP", "UDP")
_LISTENER = Discriminated(
    "protocol",
    None,
    MappingProxyType(
        {
            "HTTP": Case((), ("tls",)),
            "TCP": Case((), ("tls", "hostname")),
            "UDP": Case((), ("tls", "hostname")),
        }
    ),
)


def discriminated_fields(item: KubernetesObject) -> Iterator[tuple[Part, Discriminated]]:
    """Yield the parts of a Gateway or a route whose fields depend on the value of one of them."""
    if isinstance(item, Listeners):
        for listener in item.root.items_at("spec", "listeners"):
            yield from _with(listener, None, _LISTENER)
    if isinstance(item, HTTPRoute | GRPCRoute):
        for holder in _holders(item):
            for entry in holder.items_at("filters"):
                yield from _with(entry, None, _FILTER)
                for name in ("urlRewrite", "requestRedirect"):
                    found = entry.mapping(name)
                    path = None if found is None else found.mapping("path")
                    if found is not None and path is not None:
                        yield from _with(path, found.key("path"), _PATH_MODIFIER)


def unknown_protocols(item: KubernetesObject) -> Iterator[tuple[Scalar, tuple[str, ...]]]:
    """Yield the protocols of listeners that are nearly one of the API's, and what was meant.

    Implementations add their own, such as `HBONE` of Istio.
    """
    if isinstance(item, Listeners):
        for listener in item.root.items_at("spec", "listeners"):
            node = listener.scalar("protocol")
            if node is None or node.opaque or not node.text or "/" in node.text or node.text in PROTOCOLS:
                continue
            meant = [name for name in PROTOCOLS if name.lower() == node.text.lower()] or nearest(node.text, PROTOCOLS)
            if meant:
                yield node, tuple(meant)


def relative_paths(item: KubernetesObject) -> Iterator[Scalar]:
    """Yield the paths that a route compares with or writes and that do not begin with a slash."""
    if not isinstance(item, HTTPRoute):
        return
    for rule in item.root.items_at("spec", "rules"):
        for match in rule.items_at("matches"):
            path = match.at("path")
            value = None if path is None else path.scalar("value")
            if path is None or value is None or (path.text_at("type") or "PathPrefix") == "RegularExpression":
                continue
            if value.text and not value.opaque and not value.text.startswith("/"):
                yield value


def _holders(item: KubernetesObject) -> Iterator[Node]:
    """Yield what has filters: rules and their backends."""
    for rule in item.root.items_at("spec", "rules"):
        yield rule
        yield from rule.items_at("backendRefs")


def _with(node: Node, key: Scalar | None, fact: Discriminated) -> Iterator[tuple[Part, Discriminated]]:
    if isinstance(node, MappingNode):
        yield Part("", node, key, ()), fact
