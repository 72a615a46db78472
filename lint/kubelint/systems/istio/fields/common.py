"""Fields that many kinds share: ``exportTo``, annotations of the object, ports with a protocol, string matches.

Source: Istio, ``pkg/config/validation/validation.go`` (``validateExportTo``, ``checkDryRunAnnotation``,
``validateMetadata``); Istio reference, the kinds by name.
"""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    duplicates,
    field,
    idle,
    known,
    mappings,
    port_range,
    scalars,
    unknown,
    wrong,
)
from kubelint.systems.istio.fields.names import is_ip, is_label, is_subnet
from kubelint.systems.istio.fields.regex import regex_fault
from kubelint.systems.istio.model import IstioObject
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.words import quoted

PROTOCOLS = (
    "HTTP", "HTTPS", "GRPC", "GRPC-WEB", "HTTP2", "HTTP_PROXY", "TCP", "TLS", "UDP", "MONGO", "REDIS", "MYSQL", "HBONE",
)  # fmt: skip
#: Protocols of which the proxy reads requests.
HTTP_PROTOCOLS = frozenset({"HTTP", "HTTP2", "GRPC", "GRPC-WEB", "HTTP_PROXY"})
TLS_PROTOCOLS = frozenset({"HTTPS", "TLS"})
_INTERNAL = ("webhook-always-reject", "parents", "parent-namespace")
_DRY_RUN = "istio.io/dry-run"
_BOOLEANS = frozenset({"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"})


def export_to(item: IstioObject) -> Faults:
    """Yield what is wrong with ``exportTo``."""
    nodes = scalars(item.root, "spec", "exportTo")
    yield from duplicates(nodes, "namespace", "`exportTo` names it once more")
    texts = [node.text for node in nodes]
    for node in nodes:
        text = node.text
        if text == "*" and len(texts) > 1:
            others = next(other for other in nodes if other is not node)
            yield Fault(
                Family.EXCLUSIVE, node, "`*` in `exportTo` excludes every other entry", "all namespaces see it already",
                "remove `*` or the others", ((others, "another entry"),),
            )  # fmt: skip
        elif text == "~" and item.kind != "ServiceEntry":
            yield wrong(node, "exportTo", "`.`, `*` or a namespace: `~` is for ServiceEntries only")
        elif text == "~" and len(texts) > 1:
            yield Fault(
                Family.EXCLUSIVE, node, "`~` in `exportTo` excludes every other entry", "`~` means: nobody sees it",
                "remove `~` or the others",
            )  # fmt: skip
        elif text == "." and item.namespace and item.namespace in texts:
            yield Fault(
                Family.DUPLICATE, node, f"`.` and `{item.namespace}` in `exportTo` are the same namespace",
                "this means the own namespace", "remove one of the two",
            )  # fmt: skip
        elif text not in ("*", ".", "~") and not is_label(text):
            yield wrong(node, "exportTo", "`.`, `*` or the name of a namespace")


def reserved_annotations(item: IstioObject) -> Faults:
    """Yield what is wrong with annotations that Istio reads from its own objects."""
    for key, value in item.root.pairs_at("metadata", "annotations"):
        if key.text.startswith("internal.istio.io/") and key.text.partition("/")[2] in _INTERNAL:
            yield Fault(
                Family.VALUE, key, f"annotation `{key.text}` is Istio's own", "an object with it is refused",
                "remove the annotation",
            )  # fmt: skip
        elif key.text == _DRY_RUN and known(value) is not None and isinstance(value, Scalar):
            action = item.root.text_at("spec", "action") or "ALLOW"
            if item.kind != "AuthorizationPolicy":
                yield Fault(
                    Family.VALUE, key, f"`{_DRY_RUN}` is for AuthorizationPolicies only",
                    f"a {item.kind} with it is refused", "remove the annotation",
                )  # fmt: skip
            elif value.text not in _BOOLEANS:
                yield wrong(value, _DRY_RUN, "`true` or `false`")
            elif action not in ("ALLOW", "DENY"):
                yield Fault(
                    Family.VALUE, key, f"a policy with action `{action}` cannot be a dry run",
                    "only `ALLOW` and `DENY` can be tried", "remove the annotation",
                )  # fmt: skip


def selector(item: IstioObject, holder: Node | None, labels: str) -> Faults:
    """Yield what is odd about a selector: one without labels stands for the whole namespace."""
    node = None if holder is None else holder.at(labels)
    if isinstance(holder, Mapping) and (node is None or (isinstance(node, Mapping) and not len(node))):
        spec = item.root.mapping("spec")
        key = None if spec is None else (spec.key("selector") or spec.key("workloadSelector"))
        yield idle(
            key or holder,
            "a selector without labels selects the whole namespace",
            f"there are no `{labels}` below it",
            f"add `{labels}`, or remove the selector",
        )


def target_refs(item: IstioObject) -> Faults:
    """Yield what is wrong with ``targetRef`` and ``targetRefs``."""
    single = item.root.mapping("spec", "targetRef")
    groups = {
        "Service": ("", "core"),
        "ServiceEntry": ("networking.istio.io",),
        "Gateway": ("gateway.networking.k8s.io",),
        "GatewayClass": ("gateway.networking.k8s.io",),
    }
    for ref in [*([single] if single is not None else []), *mappings(item.root, "spec", "targetRefs")]:
        kind, group = known(ref.get("kind")), ref.text_at("group") or ""
        if kind is None:
            continue
        if kind.text not in groups:
            yield unknown(kind, "kind that a policy can be attached to", tuple(groups))
        elif group not in groups[kind.text] and (ref.scalar("group") is None or known(ref.get("group")) is not None):
            wanted = groups[kind.text][0]
            node = ref.scalar("group") or kind
            yield Fault(
                Family.VALUE, node, f"{kind.text} is not of the API group `{group}`" if group else
                f"`{kind.text}` needs `group: {wanted}`", "the policy is attached to nothing",
                f"write `group: {wanted}`" if wanted else "leave `group` out",
            )  # fmt: skip


def protocol(node: Node | None) -> Faults:
    """Yield the fault of a protocol that Istio does not know; capital letters do not matter."""
    scalar = known(node)
    if scalar is not None and scalar.text.upper() not in PROTOCOLS:
        yield unknown(scalar, "protocol", PROTOCOLS)


def server_port(port: Mapping | None, owner: str, *, target: bool = False) -> Faults:
    """Yield what is wrong with a port of a Gateway, a Sidecar or a ServiceEntry."""
    if port is None:
        return
    yield from protocol(port.get("protocol"))
    yield from port_range(port.get("number"), "number")
    if target:
        yield from port_range(port.get("targetPort"), "targetPort")
    elif number_set(port, "targetPort"):
        yield Fault(
            Family.EXCLUSIVE, field(port, "targetPort"), f"a port of a {owner} has no `targetPort`",
            "only ServiceEntries take it", "remove `targetPort`",
        )  # fmt: skip
    name = known(port.get("name"))
    if name is not None and not is_label(name.text):
        yield wrong(name, "name", "letters, digits and dashes")


def number_set(holder: Node, name: str) -> bool:
    """Tell whether a number is set to something else than 0."""
    node = known(holder.get(name))
    return node is not None and node.text != "0"


def subnets(nodes: list[Scalar], name: str) -> Faults:
    """Yield a fault for each entry that is neither an address nor a block of them."""
    for node in nodes:
        if not is_subnet(node.text):
            yield wrong(node, name, "an IP address or a block such as `10.0.0.0/8`")


def bind(node: Node | None, name: str = "bind") -> Faults:
    """Yield the fault of an address to listen on that is none."""
    scalar = known(node)
    if scalar is None or is_ip(scalar.text) or scalar.text.startswith(("unix:///", "unix://@")):
        return
    yield wrong(scalar, name, "an IP address, or a socket such as `unix:///var/run/app.sock`")


def expression(node: Scalar | None) -> Faults:
    """Yield the fault of a regular expression that Envoy cannot read."""
    if node is None or node.opaque:
        return
    if not node.text:
        yield Fault(Family.REGEX, node, "a regular expression is empty", "Istio refuses it", "write what is matched")
        return
    found = regex_fault(node.text)
    if found is not None:
        why, _ = found
        yield Fault(Family.REGEX, node, f"{quoted(node.text)} is no regular expression of RE2", why)


def string_match(node: Node | None, name: str) -> Faults:
    """Yield what is wrong with ``exact``, ``prefix`` or ``regex``."""
    if not isinstance(node, Mapping):
        return
    regex, prefix = node.get("regex"), node.get("prefix")
    if isinstance(regex, Scalar) and not (regex.style is None and regex.text == ""):
        yield from expression(regex)
    if isinstance(prefix, Scalar) and prefix.style is not None and prefix.text == "":
        yield wrong(prefix, f"{name}.prefix", "a text that is not empty")


def weak(fault: Fault) -> Fault:
    """Return a fault as a warning."""
    return Fault(
        fault.family, fault.node, fault.headline, fault.label, fault.help, fault.related, Severity.WARNING,
        fault.candidates,
    )  # fmt: skip
