"""Fields of a DestinationRule that no schema checks: subsets, connection pools, outlier detection, tunnels.

Source: Istio, ``pkg/config/validation/validation.go`` (``ValidateDestinationRule``, ``validateTrafficPolicy``); Istio
reference, "DestinationRule".
"""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.systems.istio.fields import common
from kubelint.systems.istio.fields.balancing import load_balancer
from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    complete,
    duplicates,
    exclusive,
    field,
    has,
    idle,
    is_true,
    known,
    mappings,
    missing,
    number,
    port_range,
    scalars,
    unknown,
    wrong,
)
from kubelint.systems.istio.fields.names import check_host, host_fault, is_ip, is_label
from kubelint.systems.istio.fields.tls import client_tls
from kubelint.systems.istio.model import DestinationRule
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.words import quoted

_POLICY = (
    "connectionPool", "loadBalancer", "outlierDetection", "tls", "portLevelSettings", "tunnel", "proxyProtocol",
    "retryBudget",
)  # fmt: skip
_COUNTS = (
    "http1MaxPendingRequests", "http2MaxRequests", "maxRequestsPerConnection", "maxRetries", "maxConcurrentStreams",
    "maxConnections",
)  # fmt: skip


def faults(rule: DestinationRule) -> Faults:
    """Yield what Istio refuses or ignores in a DestinationRule."""
    spec = rule.root.mapping("spec")
    if spec is None:
        return
    if rule.host is not None:
        yield from check_host(rule.host, "host")
    yield from common.export_to(rule)
    selector = spec.mapping("workloadSelector")
    yield from common.selector(rule, selector, "matchLabels")
    if selector is not None:
        for node in scalars(spec, "exportTo"):
            if node.text != "." and node.text != rule.namespace:
                yield Fault(
                    Family.EXCLUSIVE, node, "a rule with `workloadSelector` is for its own namespace only",
                    "it cannot be exported", "write `.`, or remove `exportTo`",
                    ((field(spec, "workloadSelector"), "because of this"),),
                )  # fmt: skip
    yield from traffic_policy(rule, spec.mapping("trafficPolicy"), spec.key("trafficPolicy"), top=True)
    names = [name for subset in mappings(spec, "subsets") if (name := known(subset.get("name"))) is not None]
    yield from duplicates(names, "subset", "of two subsets with one name the first one counts")
    for node in names:
        if not is_label(node.text):
            yield wrong(node, "name", "letters, digits and dashes")
    for subset in mappings(spec, "subsets"):
        yield from traffic_policy(rule, subset.mapping("trafficPolicy"), subset.key("trafficPolicy"), top=True)


def traffic_policy(rule: DestinationRule, policy: Mapping | None, key: Node | None, *, top: bool) -> Faults:
    """Yield what is wrong with a ``trafficPolicy``, or with what it says of one port."""
    if policy is None:
        return
    if complete(policy) and not any(name in policy for name in _POLICY):
        yield missing(policy, _POLICY[:4], "a `trafficPolicy`" if top else "an entry of `portLevelSettings`",
                      "it says nothing", key=key)  # fmt: skip
    yield from connection_pool(policy.mapping("connectionPool"), policy.key("connectionPool"))
    yield from _outliers(policy)
    yield from load_balancer(policy)
    yield from client_tls(policy.mapping("tls"), policy.key("tls"), rule.namespace)
    if not top:
        return
    if policy.mapping("tunnel") is not None and policy.mapping("proxyProtocol") is not None:
        yield exclusive(policy, "tunnel", "proxyProtocol")
    yield from _tunnel(policy.mapping("tunnel"))
    ports = mappings(policy, "portLevelSettings")
    yield from duplicates(
        [port for entry in ports if (port := known(entry.at("port", "number"))) is not None], "port",
        "the settings of one port stand in one entry",
    )  # fmt: skip
    for entry in ports:
        named = entry.at("port", "number")
        if complete(entry) and (named is None or (isinstance(named, Scalar) and named.is_null)):
            yield missing(entry, ("port",), "an entry of `portLevelSettings`", "no port is named")
        yield from port_range(entry.at("port", "number"), "port.number")
        yield from traffic_policy(rule, entry, None, top=False)


def connection_pool(pool: Mapping | None, key: Node | None) -> Faults:
    """Yield what is wrong with a ``connectionPool``; Sidecars have them as well."""
    if pool is None:
        return
    if complete(pool) and pool.get("http") is None and pool.get("tcp") is None:
        yield missing(pool, ("http", "tcp"), "a `connectionPool`", "it limits nothing", key=key)
    http = pool.mapping("http")
    for holder in (http, pool.mapping("tcp")):
        for name in _COUNTS if holder is not None else ():
            node = known(holder.get(name)) if holder is not None else None
            value = number(node)
            if node is not None and value is not None and value < 0:
                yield wrong(node, name, "0 or more")
    if http is None:
        return
    if is_true(http.get("useClientProtocol")) and http.text_at("h2UpgradePolicy") == "UPGRADE":
        yield exclusive(
            http, "h2UpgradePolicy", "useClientProtocol", "a connection cannot be upgraded and keep its protocol"
        )
    alive = http.mapping("http2KeepAlive")
    for name in ("interval", "timeout") if alive is not None and complete(alive) else ():
        if alive is not None and not has(alive, name):
            yield missing(alive, (name,), "`http2KeepAlive`", "it takes both", key=http.key("http2KeepAlive"))


def _outliers(policy: Mapping) -> Faults:
    outliers = policy.mapping("outlierDetection")
    if outliers is None:
        return
    for name in ("maxEjectionPercent", "minHealthPercent"):
        node = known(outliers.get(name))
        value = number(node)
        if node is not None and value is not None and not 0 <= value <= 100:
            yield wrong(node, name, "a percentage from 0 to 100")
    split = outliers.get("splitExternalLocalOriginErrors")
    if number(outliers.get("consecutiveLocalOriginFailures")) and complete(outliers) and not is_true(split):
        yield missing(
            outliers, ("splitExternalLocalOriginErrors: true",), "`consecutiveLocalOriginFailures`",
            "Istio refuses it alone", key=field(outliers, "consecutiveLocalOriginFailures"),
        )  # fmt: skip
    if has(outliers, "consecutiveErrors"):
        yield Fault(
            Family.DEPRECATED, field(outliers, "consecutiveErrors"), "`consecutiveErrors` is deprecated",
            "it has no effect any more", "write `consecutive5xxErrors` or `consecutiveGatewayErrors`",
            severity=Severity.WARNING,
        )  # fmt: skip
    gateway, any_5xx = outliers.get("consecutiveGatewayErrors"), outliers.get("consecutive5xxErrors")
    most = number(any_5xx) if any_5xx is not None else 5
    errors = number(gateway)
    if errors and most and errors >= most:
        yield idle(
            gateway or outliers, "`consecutiveGatewayErrors` never takes effect",
            f"after {most:g} errors `consecutive5xxErrors` has ejected the host", "make it smaller, or leave it out",
            any_5xx,
        )  # fmt: skip


def _tunnel(tunnel: Mapping | None) -> Faults:
    if tunnel is None:
        return
    protocol = known(tunnel.get("protocol"))
    if protocol is not None and protocol.text not in ("CONNECT", "POST"):
        yield unknown(protocol, "protocol of a tunnel", ("CONNECT", "POST"))
    host = known(tunnel.get("targetHost"))
    if host is not None and not is_ip(host.text) and host_fault(host.text, wildcard=False) is not None:
        yield Fault(
            Family.HOST, host, f"{quoted(host.text)} is no host for `targetHost`",
            host_fault(host.text, wildcard=False) or "",
        )  # fmt: skip
    yield from port_range(tunnel.get("targetPort"), "targetPort")
