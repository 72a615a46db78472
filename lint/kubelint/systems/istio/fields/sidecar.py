"""Fields of a Sidecar that no schema checks.

Source: Istio, ``pkg/config/validation/validation.go`` (``ValidateSidecar``); Istio reference, "Sidecar".
"""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.systems.istio.fields import common
from kubelint.systems.istio.fields.destination_rule import connection_pool
from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    complete,
    duplicates,
    exclusive,
    field,
    filled,
    idle,
    known,
    mappings,
    missing,
    place,
    port_range,
    wrong,
)
from kubelint.systems.istio.fields.names import check_host, check_scoped_host, is_ip
from kubelint.systems.istio.fields.tls import server_tls
from kubelint.systems.istio.model import Sidecar
from kubelint.tree.node import Mapping, Scalar
from kubelint.words import quoted

_LOCAL = ("127.0.0.1", "0.0.0.0", "::1", "::", "[::1]", "[::]")  # noqa: S104 - compared, not bound


def faults(sidecar: Sidecar) -> Faults:
    """Yield what Istio refuses or ignores in a Sidecar."""
    spec = sidecar.root.mapping("spec")
    if spec is None:
        if sidecar.root.get("spec") is None and complete(sidecar.root):
            yield _empty(sidecar)
        return
    names = ("egress", "ingress", "outboundTrafficPolicy", "inboundConnectionPool")
    if complete(spec) and not any(filled(spec, name) or isinstance(spec.get(name), Mapping) for name in names):
        yield _empty(sidecar)
    yield from common.selector(sidecar, spec.mapping("workloadSelector"), "labels")
    yield from connection_pool(spec.mapping("inboundConnectionPool"), spec.key("inboundConnectionPool"))
    ingress = mappings(spec, "ingress")
    numbers = [number for entry in ingress if (number := known(entry.at("port", "number"))) is not None]
    yield from duplicates(numbers, "port", "a Sidecar listens once on a port")
    for entry in ingress:
        yield from _ingress(entry)
    yield from _egress(mappings(spec, "egress"))
    yield from _outbound(spec)


def _empty(sidecar: Sidecar) -> Fault:
    return missing(
        sidecar.root, ("egress", "ingress", "outboundTrafficPolicy"), "a Sidecar", "it says nothing",
        key=sidecar.name_node or sidecar.kind_node,
    )  # fmt: skip


def _ingress(entry: Mapping) -> Faults:
    port = entry.mapping("port")
    if port is not None:
        yield from common.server_port(port, "Sidecar")
        if complete(port) and port.get("number") is None:
            yield missing(port, ("number",), "a port of a Sidecar", "nothing listens", key=entry.key("port"))
    bind = known(entry.get("bind"))
    if bind is not None and not is_ip(bind.text):
        yield wrong(bind, "bind", "an IP address")
    endpoint = known(entry.get("defaultEndpoint"))
    if endpoint is not None and not _is_endpoint(endpoint.text):
        yield wrong(endpoint, "defaultEndpoint", "`127.0.0.1:PORT`, `0.0.0.0:PORT` or a socket `unix:///path`")
    yield from connection_pool(entry.mapping("connectionPool"), entry.key("connectionPool"))
    protocol = None if port is None else known(port.get("protocol"))
    pool = entry.mapping("connectionPool")
    raw = protocol is not None and protocol.text.upper() not in common.HTTP_PROTOCOLS | {"HTTPS"}
    if raw and protocol is not None and pool is not None and pool.mapping("http") is not None:
        yield idle(
            field(pool, "http"), f"limits for HTTP do nothing at a port with protocol `{protocol.text}`",
            "requests are not counted here", "write `tcp`", protocol,
        )  # fmt: skip
    tls = entry.mapping("tls")
    if tls is None:
        return
    yield from server_tls(tls, entry.key("tls"))
    mode = known(tls.get("mode"))
    if mode is not None and mode.text not in ("SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL"):
        yield wrong(mode, "tls.mode", "`SIMPLE` or `MUTUAL` in a Sidecar")
    if filled(tls, "httpsRedirect") and tls.text_at("httpsRedirect") == "true":
        yield exclusive(tls, "mode", "httpsRedirect", "a Sidecar redirects nothing")


def _is_endpoint(text: str) -> bool:
    if text.startswith("unix://"):
        return len(text) > len("unix:///") and text.startswith(("unix:///", "unix://@"))
    address, _, port = text.rpartition(":")
    return address in _LOCAL and port.isascii() and port.isdigit() and 0 < int(port[:6]) <= 65_535


def _egress(listeners: list[Mapping]) -> Faults:
    open_ones = [entry for entry in listeners if entry.get("port") is None]
    for entry in open_ones[1:]:
        yield Fault(
            Family.DUPLICATE, place(entry), "only one listener of `egress` may be without port",
            "another one takes all ports already", "join their hosts",
            ((place(open_ones[0]), "the first one"),),
        )  # fmt: skip
    if open_ones and listeners[-1] is not open_ones[0] and len(open_ones) == 1:
        yield Fault(
            Family.VALUE, place(open_ones[0]), "the listener without port must be the last one of `egress`",
            "it takes all ports that the others do not", "move it to the end",
        )  # fmt: skip
    claims: dict[tuple[str, str], Scalar] = {}
    for entry in listeners:
        port = entry.mapping("port")
        yield from common.server_port(port, "Sidecar")
        bind = known(entry.get("bind"))
        yield from common.bind(bind)
        number = None if port is None else known(port.get("number"))
        if number is not None and (bind is None or not bind.text.startswith("unix://")):
            key = (number.text, "" if bind is None else bind.text)
            first = claims.setdefault(key, number)
            if first is not number:
                yield Fault(
                    Family.DUPLICATE, number, f"`egress` listens twice on port `{number.text}`", "once more",
                    "join the two", ((first, "the first one"),),
                )  # fmt: skip
        if entry.get("hosts") is not None and not filled(entry, "hosts"):
            yield missing(entry, ("hosts",), "a listener of `egress`", "it imports nothing", key=entry.key("hosts"))
        hosts = [node for node in entry.items_at("hosts") if isinstance(node, Scalar)]
        for node in hosts:
            yield from check_scoped_host(node, "hosts", gateway=False)
        yield from duplicates([node for node in hosts if not node.opaque], "host", "once is enough")
        everything = next((node for node in hosts if node.text == "*/*"), None)
        others = [node for node in hosts if node is not everything and not node.text.startswith("~")]
        if everything is not None and others:
            yield idle(
                others[0], f"{quoted(others[0].text)} adds nothing to `*/*`", "all hosts are imported already",
                "remove it, or remove `*/*`", everything,
            )  # fmt: skip
        bound = bind is not None and not bind.text.startswith("unix://")
        capture = known(entry.get("captureMode"))
        if bound and capture is not None and capture.text == "IPTABLES" and bind is not None:
            yield exclusive(entry, "bind", "captureMode", "traffic cannot be captured at an address of its own")


def _outbound(spec: Mapping) -> Faults:
    policy = spec.mapping("outboundTrafficPolicy")
    if policy is None:
        return
    proxy = policy.mapping("egressProxy")
    if proxy is None:
        return
    yield Fault(
        Family.DEPRECATED, field(policy, "egressProxy"), "`egressProxy` is deprecated", "proxies ignore it",
        "send unknown hosts through an egress gateway", severity=Severity.WARNING,
    )  # fmt: skip
    if policy.text_at("mode") == "REGISTRY_ONLY" or (complete(policy) and policy.get("mode") is None):
        yield exclusive(policy, "mode", "egressProxy", "only `ALLOW_ANY` sends unknown hosts on") if policy.key(
            "mode"
        ) else missing(policy, ("mode: ALLOW_ANY",), "`egressProxy`", "without it the mode is not said",
                       key=policy.key("egressProxy"))  # fmt: skip
    host = proxy.scalar("host")
    if host is not None:
        yield from check_host(host, "egressProxy.host", wildcard=False)
        if not host.opaque and "." not in host.text and host.text:
            yield Fault(
                Family.HOST, host, f"{quoted(host.text)} is no host for `egressProxy.host`",
                "short names are not completed here", f"write `{host.text}.<namespace>.svc.cluster.local`",
            )  # fmt: skip
    if complete(proxy) and proxy.get("port") is None:
        yield missing(proxy, ("port",), "`egressProxy`", "no port is named", key=policy.key("egressProxy"))
    yield from port_range(proxy.at("port", "number"), "port.number")
