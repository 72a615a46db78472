"""What the routes of one VirtualService do to each other: shadows, gaps, weights, mirrors."""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.graph.query import Graph, fits
from kubelint.suggest import nearest
from kubelint.systems.istio.hosts import Mesh, gateway_name, resolve_host
from kubelint.systems.istio.matching import PERSONAL, catches_all, matches_of, shadows, takes_everything
from kubelint.systems.istio.model import MESH, VirtualService
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node, Scalar

SECTIONS = ("http", "tls", "tcp")


def first_key(node: Node) -> Node:
    """Return what to point at for an item of a list: its first key."""
    return node.entries[0][0] if isinstance(node, Mapping) and node.entries else node


def unreachable(service: VirtualService) -> Remarks:
    """Yield the routes and matches that an earlier route leaves nothing to."""
    for section in SECTIONS:
        for shadow in shadows(service, section):
            earlier = shadow.earlier if shadow.earlier is not None else shadow.earlier_route
            place = first_key(shadow.match if shadow.match is not None and not shadow.whole else shadow.route)
            all_taken = shadow.earlier is None or takes_everything(shadow.earlier)
            yield Remark(
                place,
                "this route never takes a request" if shadow.whole else "this match never takes a request",
                "an earlier route takes all of its requests",
                # Two that take everything have no order that would do.
                "give the earlier route a `match`, or remove one of the two"
                if all_taken and shadow.match is None
                else "move the special route before the general one, or remove it",
                ((first_key(earlier), "this takes every request" if all_taken else "this takes the same requests"),),
                severity=None if shadow.whole else Severity.INFO,
            )


def without_default(service: VirtualService) -> Remarks:
    """Yield the one VirtualService of a host whose routes all ask who is calling: all others get 404.

    Routes that tell requests apart by their path are how a site is built; routes that only look at headers or at the
    caller choose a version, and then the rest of the requests is forgotten.
    """
    routes = service.http
    if not service.hosts or not routes or not service.in_mesh:
        return
    for route in routes:
        if catches_all(route.node) or route.delegated or not route.matches:
            return
        for match in matches_of(route.node):
            if not any(isinstance(value, Mapping | Scalar) for name in PERSONAL if (value := match.get(name))):
                return
    spec = service.root.mapping("spec")
    first = routes[0].node
    host = service.hosts[0]
    yield Remark(
        first.key("match") or (spec.key("http") if spec is not None else None) or first,
        f"requests for `{host.text}` that do not match get 404",
        "no route is left for everybody else" if len(routes) == 1 else "no route takes what none of them matches",
        "add a last route without `match`",
        ((host, "all requests for this host come here"),),
    )


def odd_weights(service: VirtualService) -> Remarks:
    """Yield the weights of a route that nearly add up to 100: one of them is a slip."""
    for section in SECTIONS:
        for route in service.root.items_at("spec", section):
            entries = [entry for entry in route.items_at("route") if isinstance(entry, Mapping)]
            nodes = [node for entry in entries if (node := entry.scalar("weight")) is not None]
            values = [node.value(GO_YAML_V2) for node in nodes]
            numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
            if len(entries) < 2 or len(numbers) != len(values) or not numbers:
                continue
            total = sum(numbers)
            if total != 100 and 75 <= total <= 150 and max(numbers) > 10:
                yield Remark(
                    nodes[-1],
                    f"the weights of a route add up to {total}, not to 100",
                    f"this destination gets {_share(numbers[-1], total)} of the requests",
                    "let the weights add up to 100",
                    tuple((node, f"this one gets {_share(n, total)}") for node, n in zip(nodes, numbers, strict=True))[
                        :-1
                    ],
                )


def _share(weight: int, total: int) -> str:
    return f"{100 * weight / total:.0f} %"


def idle_weights(service: VirtualService) -> Remarks:
    """Yield the weight of a single destination: it gets all requests whatever it says."""
    for section in SECTIONS:
        for route in service.root.items_at("spec", section):
            entries = route.items_at("route")
            node = entries[0].scalar("weight") if len(entries) == 1 else None
            value = None if node is None or node.opaque else node.value(GO_YAML_V2)
            if node is not None and isinstance(value, int) and 0 < value < 100:
                yield Remark(
                    node,
                    f"the weight `{node.text}` does nothing",
                    "the only destination gets all requests",
                    "add the other destination, or remove the weight",
                )


def repeated_destinations(service: VirtualService, mesh: Mesh) -> Remarks:
    """Yield the destinations that a route has twice: host, subset and port are the same."""
    for section in SECTIONS:
        for route in service.root.items_at("spec", section):
            seen: dict[tuple[object, ...], Scalar] = {}
            for entry in route.items_at("route"):
                host = entry.scalar("destination", "host")
                if host is None or host.opaque:
                    continue
                subset, port = entry.at("destination", "subset"), entry.text_at("destination", "port", "number")
                text = subset.text if isinstance(subset, Scalar) else ""
                place = subset if isinstance(subset, Scalar) else host
                first = seen.setdefault((resolve_host(host.text, service.namespace, mesh), text, port), place)
                if first is not place and not place.opaque:
                    yield Remark(
                        place,
                        f"the route has the destination `{place.text}` twice",
                        "once more",
                        "correct one of the two, or join their weights",
                        ((first, "the first one"),),
                    )


def mirrors_to_itself(service: VirtualService, mesh: Mesh) -> Remarks:
    """Yield the mirrors that are where the requests go already."""
    for route in service.http:
        primary = {
            (
                resolve_host(d.host.text, service.namespace, mesh),
                d.subset.text if d.subset is not None else "",
                d.node.text_at("port", "number"),
            )
            for d in route.destinations
            if d.host is not None and not d.host.opaque
        }
        for mirror in route.mirrors:
            host, subset = mirror.host, mirror.subset
            if host is None or host.opaque:
                continue
            port = mirror.node.text_at("port", "number")
            here = (resolve_host(host.text, service.namespace, mesh), subset.text if subset is not None else "", port)
            if here in primary:
                target = next(d.host for d in route.destinations if d.host is not None)
                yield Remark(
                    subset or host,
                    "requests are mirrored to where they go already",
                    "every request comes here twice, writing ones included",
                    "mirror to another host or subset",
                    ((target, "the requests go here"),),
                )


def idle_matches(graph: Graph, service: VirtualService) -> Remarks:
    """Yield conditions that no request can meet: gateways that the list lacks, callers where no sidecar asks."""
    listed = {gateway_name(node.text, service.namespace) if node.text != MESH else MESH for node in service.gateways}
    if any(node.opaque for node in service.gateways):
        return
    unknown = {id(reference.node) for reference in graph.outgoing(service, "binds-gateway") if reference.dangling}
    for section in SECTIONS:
        for route in service.root.items_at("spec", section):
            for match in matches_of(route) if isinstance(route, Mapping) else ():
                for node in match.items_at("gateways"):
                    if not isinstance(node, Scalar) or node.opaque or id(node) in unknown:
                        continue
                    meant = MESH if node.text == MESH else gateway_name(node.text, service.namespace)
                    if meant not in (listed or {MESH}):
                        near = nearest(node.text, [one.text for one in service.gateways])
                        yield Remark(
                            node,
                            f"the VirtualService is not bound to `{node.text}`",
                            "no request that comes here meets this match",
                            f"write `{near[0]}`" if near else f"add `{node.text}` to `spec.gateways`",
                            tuple((one, "it is bound to this") for one in service.gateways[:2]),
                            candidates=tuple(near),
                        )
                own = [node.text for node in match.items_at("gateways") if isinstance(node, Scalar)]
                if MESH not in (own or [node.text for node in service.gateways] or [MESH]):
                    for name in ("sourceLabels", "sourceNamespace"):
                        key = match.key(name)
                        if key is not None and match.get(name) is not None:
                            yield Remark(
                                key,
                                f"`{name}` does nothing at a gateway",
                                "only sidecars know who is calling",
                                f"add `mesh` to the gateways, or remove `{name}`",
                                tuple((one, "bound to a gateway only") for one in service.gateways[:1]),
                            )


def absent_callers(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the labels of callers that are a slip of what the pods of the namespace have."""
    for section in SECTIONS:
        for route in service.root.items_at("spec", section):
            for match in matches_of(route) if isinstance(route, Mapping) else ():
                namespace = match.text_at("sourceNamespace") or ""
                for key, value in match.pairs_at("sourceLabels"):
                    if isinstance(value, Scalar) and not value.opaque:
                        yield from _absent_label(graph, service, key, value, namespace)


def _absent_label(graph: Graph, service: VirtualService, key: Scalar, value: Scalar, namespace: str) -> Remarks:
    values = {text: label for where, text, label in _pod_labels(graph).get(key.text, ()) if fits(where, namespace)}
    if not values or value.text in values or any(label.opaque for label in values.values()):
        return
    near = nearest(value.text, values)
    if near and not service.unit.incomplete:
        yield Remark(
            value,
            f"no workload has the label `{key.text}: {value.text}`",
            "no caller meets this match",
            f"write `{near[0]}`",
            ((values[near[0]], "this label exists"),),
            candidates=tuple(near),
        )


def _pod_labels(graph: Graph) -> dict[str, list[tuple[str, str, Scalar]]]:
    """Return namespace, value and node of the labels that pods have, by their keys."""

    def collect() -> dict[str, list[tuple[str, str, Scalar]]]:
        found: dict[str, dict[tuple[str, str], Scalar]] = {}
        for template in graph.subjects(PodTemplate):
            for key, label in template.labels.items():
                found.setdefault(key, {}).setdefault((template.owner.namespace, label.text), label)
        return {key: [(*place, label) for place, label in labels.items()] for key, labels in found.items()}

    return graph.once("istio labels of pods", collect)
