"""Ways to use Istio that work and that somebody may not want: unverified servers, private keys, Envoy's own fields.

Source: Istio documentation, "Security Best Practices" and "Traffic Management Best Practices"; Istio reference,
"DestinationRule", "RequestAuthentication" and "Envoy Filter".
"""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.graph.query import Graph
from kubelint.systems.istio.fields.authentication import private_keys
from kubelint.systems.istio.hosts import resolve_host
from kubelint.systems.istio.links import GENERATED_GATEWAY
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import MESH, DestinationRule, EnvoyFilter, RequestAuthentication, VirtualService
from kubelint.systems.istio.remark import Remark, Remarks

_RELATIVE = ("INSERT_BEFORE", "INSERT_AFTER")


def unverified_servers(rule: DestinationRule) -> Remarks:
    """Yield the TLS connections for which nothing says whose certificates are good."""
    for holder in (rule.root.mapping("spec"), *rule.root.items_at("spec", "subsets")):
        policy = None if holder is None else holder.mapping("trafficPolicy")
        for entry in (policy, *(policy.items_at("portLevelSettings") if policy is not None else ())):
            tls = None if entry is None else entry.mapping("tls")
            mode = None if tls is None else tls.scalar("mode")
            if tls is None or mode is None or mode.text not in ("SIMPLE", "MUTUAL"):
                continue
            if tls.at("caCertificates") is None and tls.at("credentialName") is None:
                yield Remark(
                    mode,
                    "nothing says which certificates of the server are good",
                    "there is no `caCertificates`: old proxies take any certificate",
                    "add `caCertificates: system`, or a file with the authority",
                )


def keys_in_the_open(item: RequestAuthentication) -> Remarks:
    """Yield the inline key sets that hold a private key."""
    for node, name in private_keys(item):
        yield Remark(
            node,
            "a key set for checking tokens holds a private key",
            f"the parameter `{name}` belongs to it alone",
            "publish the public parts only, and make a new key",
        )


def envoy_filter(item: EnvoyFilter) -> Remarks:
    """Yield that an EnvoyFilter is used at all."""
    yield Remark(
        item.kind_node or item.node,
        "an EnvoyFilter depends on the inside of Istio's proxies",
        "an upgrade may change what it patches",
        "use the field of another kind where there is one",
        severity=Severity.INFO,
    )


def unordered_patches(item: EnvoyFilter) -> Remarks:
    """Yield the patches that stand next to something which another EnvoyFilter may have to add first."""
    if item.root.at("spec", "priority") is not None:
        return
    for entry in item.root.items_at("spec", "configPatches"):
        operation = entry.scalar("patch", "operation")
        if operation is not None and operation.text in _RELATIVE and entry.at("match", "proxy", "proxyVersion") is None:
            yield Remark(
                operation,
                f"`{operation.text}` depends on the order of all EnvoyFilters",
                "what it stands next to may be added later",
                "set `priority`, or write `INSERT_FIRST`",
            )


def generated_gateways(service: VirtualService) -> Remarks:
    """Yield the names of gateways that istiod makes by itself."""
    for node in service.gateway_names():
        if GENERATED_GATEWAY in node.text and not node.opaque:
            yield Remark(
                node,
                "this gateway is made by istiod, and its name may change",
                "it belongs to a Gateway of the Gateway API",
                "bind an HTTPRoute to that Gateway instead",
            )


def bypassed_subsets(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the routes of gateways to a whole host, where the mesh routes to certain subsets of it."""
    if not any(node.text != MESH for node in service.gateways):
        return
    for destination in service.destinations():
        host = destination.host
        if host is None or host.opaque or destination.subset is not None or destination.section != "route":
            continue
        meant = resolve_host(host.text, service.namespace, mesh(graph))
        for other in graph.subjects(VirtualService):
            if other is service or other.unit is not service.unit or not other.in_mesh or other.key == service.key:
                continue
            subset = next(
                (
                    one.subset
                    for one in other.destinations()
                    if one.subset is not None
                    and one.host is not None
                    and resolve_host(one.host.text, other.namespace, mesh(graph)) == meant
                    and any(resolve_host(h.text, other.namespace, mesh(graph)) == meant for h in other.hosts)
                ),
                None,
            )
            if subset is not None:
                yield Remark(
                    host,
                    f"requests from outside reach all subsets of `{host.text}`",
                    "routes of the mesh are not used at a gateway",
                    "name the subset here as well",
                    ((subset, f"VirtualService `{other.name}` routes to this subset only"),),
                    path=(service, other),
                )
                break
