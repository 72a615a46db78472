"""Smaller things around the mesh: namespaces of exports, accounts of machines, bypassed ports, ambient mode, replicas.

Source: Istio reference, "Workload Group", "Resource Annotations"; Istio documentation, "Configure waypoint proxies".
"""

from __future__ import annotations

from functools import partial

from kubelint.graph.model import Entity, Key
from kubelint.graph.query import Graph, fits
from kubelint.suggest import nearest
from kubelint.systems.istio.bindings import attached, binding
from kubelint.systems.istio.model import (
    AuthorizationPolicy,
    IstioObject,
    RequestAuthentication,
    Subset,
    VirtualService,
    WasmPlugin,
    WorkloadGroup,
)
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.model import KubernetesObject, Namespace, ServiceAccount, Workload
from kubelint.systems.kubernetes.scope import share_namespace, units_together
from kubelint.tree.node import Scalar

_AMBIENT = "istio.io/dataplane-mode"
_WAYPOINT = "istio.io/use-waypoint"
_L7 = (RequestAuthentication, WasmPlugin)


def export_namespaces(graph: Graph, item: IstioObject) -> Remarks:
    """Yield the namespaces of ``exportTo`` that are a slip of one that is defined."""
    if item.unit.incomplete or not item.export_to:
        return
    known = {namespace.name: namespace for namespace in graph.subjects(Namespace)}
    used = graph.once("namespaces in use", lambda: {other.namespace for other in graph.subjects(KubernetesObject)})
    for node in item.root.items_at("spec", "exportTo"):
        if not isinstance(node, Scalar) or node.opaque or node.text in {*known, *used, "*", ".", "~"}:
            continue
        if graph.is_external(Key("kubernetes", "Namespace", "", node.text)):
            continue
        near = nearest(node.text, known)
        if near:
            yield Remark(
                node,
                f"namespace `{node.text}` does not exist",
                "nobody there sees the object",
                f"write `{near[0]}`",
                ((known[near[0]], "this namespace exists"),),
                candidates=tuple(near),
            )


def group_accounts(graph: Graph, group: WorkloadGroup) -> Remarks:
    """Yield the account of a WorkloadGroup that is a slip of one that exists."""
    node = group.root.scalar("spec", "template", "serviceAccount")
    if node is None or node.opaque or node.text == "default" or group.unit.incomplete:
        return
    known = {a.name: a for a in graph.subjects(ServiceAccount) if fits(a.namespace, group.namespace)}
    near = [] if node.text in known else nearest(node.text, known)
    if near:
        yield Remark(
            node,
            f"ServiceAccount `{node.text}` does not exist",
            "the machines get no identity",
            f"write `{near[0]}`",
            ((known[near[0]], "this one exists"),),
            candidates=tuple(near),
        )


def equal_groups(graph: Graph, group: WorkloadGroup) -> Remarks:
    """Yield the WorkloadGroup that has the labels of an earlier one."""
    own = {key: value.text for key, value in group.labels_of_endpoints.items()}
    for other in graph.subjects(WorkloadGroup):
        if other is group or not own:
            return
        theirs = {key: value.text for key, value in other.labels_of_endpoints.items()}
        if own == theirs and other.key != group.key and share_namespace(graph, other, group):
            yield Remark(
                group.name_node or group.node,
                f"the WorkloadGroups `{other.name}` and `{group.name}` have the same labels",
                "their machines cannot be told apart",
                "give one of them another label",
                ((other.name_node or other.node, "the other one"),),
                path=(other, group),
            )
            return


def without_waypoint(graph: Graph, item: IstioObject) -> Remarks:
    """Yield the policy about requests in an ambient namespace that has no waypoint to carry it out."""
    if attached(item) or not _about_requests(item):
        return
    for namespace in graph.subjects(Namespace):
        mode = namespace.labels.get(_AMBIENT)
        if namespace.name != item.namespace or mode is None or mode.text != "ambient":
            continue
        if namespace.unit is not item.unit and not units_together(graph, namespace.unit, item.unit):
            continue
        if any(
            _WAYPOINT in other.labels
            for other in (namespace, *item.unit.resources)
            if isinstance(other, KubernetesObject)
        ):
            continue
        yield Remark(
            item.kind_node or item.node,
            f"nobody carries out this {item.kind}: the namespace has no waypoint",
            "in ambient mode only a waypoint reads requests",
            f"label the namespace with `{_WAYPOINT}`, and attach policies with `targetRefs`",
            ((mode, f"namespace `{namespace.name}` is in ambient mode"),),
            path=(item, namespace),
        )
        return


def _about_requests(item: IstioObject) -> bool:
    if isinstance(item, _L7):
        return True
    if isinstance(item, VirtualService):
        return item.in_mesh and bool(item.http)
    if isinstance(item, AuthorizationPolicy):
        return any(
            entry.items_at("operation", name)
            for rule in item.root.items_at("spec", "rules")
            for entry in rule.items_at("to")
            for name in ("methods", "paths", "hosts")
        )
    return False


def _selected(graph: Graph, rule: Entity) -> dict[int, list[Entity]]:
    """Return what the labels of each subset of a rule select, by the identity of their node."""
    found: dict[int, list[Entity]] = {}
    for selecting in graph.outgoing(rule, "selects"):
        found.setdefault(id(selecting.node), []).extend(selecting.targets)
    return found


def scaled_down_subsets(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the subsets that requests go to although all their workloads have no replicas."""
    for reference in graph.outgoing(service, "uses-subset"):
        for subset in reference.targets:
            if not isinstance(subset, Subset):
                continue
            labels = subset.root.at("labels")
            owners = graph.once(("selected by", subset.rule), partial(_selected, graph, subset.rule)).get(
                id(labels), []
            )
            empty = [o for o in owners if isinstance(o, Workload) and o.replicas is not None and o.replicas.text == "0"]
            used = not getattr(getattr(reference.detail, "destination", None), "unused", False)
            if owners and len(empty) == len(owners) and used and isinstance(empty[0], Workload):
                replicas = empty[0].replicas
                yield Remark(
                    reference.node,
                    f"subset `{subset.short_name}` has no replicas",
                    "requests that come here get 503",
                    "scale the workload up, or route elsewhere",
                    () if replicas is None else ((replicas, f"{empty[0].kind} `{empty[0].name}` is scaled to zero"),),
                    path=(service, subset.rule, empty[0]),
                )
                break


def bypassed_policies(graph: Graph, item: IstioObject) -> Remarks:
    """Yield the policies for a port that does not pass the proxy of the workload."""
    found = binding(graph, item)
    ports = [key for key, _ in item.root.pairs_at("spec", "portLevelMtls")]
    for rule in item.root.items_at("spec", "rules"):
        for entry in rule.items_at("to"):
            ports += [node for node in entry.items_at("operation", "ports") if isinstance(node, Scalar)]
    for template in found.templates if found is not None else ():
        metadata = template.metadata
        name = "traffic.sidecar.istio.io/excludeInboundPorts"
        node = None if metadata is None else metadata.scalar("annotations", name)
        excluded = set() if node is None else {part.strip() for part in node.text.split(",")}
        for port in ports:
            if port.text in excluded and node is not None:
                yield Remark(
                    port,
                    f"requests to port `{port.text}` do not pass the proxy",
                    "this is not looked at",
                    "remove the port from the annotation, or from the policy",
                    ((node, "these ports bypass the proxy"),),
                    path=(item, template.owner),
                )
