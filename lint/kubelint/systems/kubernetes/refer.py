"""How names are looked up: what every module of links shares.

Resolution follows the catalogue of names that exist although no file holds them: built-in ClusterRoles,
``kube-root-ca.crt``, the ``default`` ServiceAccount, Secrets that controllers make, claims of StatefulSets.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingABC

from kubelint.graph.model import Entity, Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.suggest import nearest
from kubelint.systems.kubernetes.matching import nearest_nodes
from kubelint.systems.kubernetes.model import DataHolder, KubernetesObject, Service
from kubelint.systems.kubernetes.producers import made_by_operator, made_claim, near_produced, produced_names
from kubelint.tree.node import Node, Scalar

SYSTEM = "kubernetes"
WELL_KNOWN: dict[str, frozenset[str]] = {
    "ClusterRole": frozenset({"cluster-admin", "admin", "edit", "view"}),
    "ConfigMap": frozenset({"kube-root-ca.crt", "openshift-service-ca.crt"}),
    "ServiceAccount": frozenset({"default"}),
    "Service": frozenset({"kubernetes", "prometheus-operated", "alertmanager-operated", "thanos-ruler-operated"}),
    "PriorityClass": frozenset({"system-cluster-critical", "system-node-critical"}),
    "Namespace": frozenset({"default", "kube-system", "kube-public", "kube-node-lease"}),
}
#: Kinds of which operators make objects that bear the name of a custom resource.
_OPERATOR_MADE = frozenset({"Service", "Secret", "ConfigMap", "ServiceAccount", "PersistentVolumeClaim"})


def refer_to(
    graph: Graph,
    verb: str,
    source: KubernetesObject,
    node: Scalar | None,
    kind: str,
    *,
    namespace: str | None = None,
    accept: Callable[[Entity], bool] | None = None,
    detail: object = None,
) -> Reference | None:
    """Resolve a name and add the reference; None where there is no name.

    The name is looked up in the source's own namespace unless another one is given (empty for kinds without namespace).
    """
    if node is None:
        return None
    wanted = Key(SYSTEM, kind, source.namespace if namespace is None else namespace, node.text)
    near = kind not in _OPERATOR_MADE or not made_by_operator(graph, source.unit, node.text)
    reference = graph.refer(
        verb, source, node, wanted, wellknown=_is_well_known(graph, wanted), accept=accept, near=near, detail=detail
    )
    unknown = reference.resolution is Resolution.UNKNOWN and not node.opaque and not source.unit.incomplete
    if unknown and near and kind in ("Secret", "ConfigMap"):
        made = near_produced(graph, wanted, source.unit)
        if made:
            reference.resolution, reference.candidates = Resolution.NEAR_MISS, tuple(made[:1])
    return reference


def near_built_in(reference: Reference) -> str | None:
    """Return the name of a built-in object that a name which leads nowhere is a near miss of; None where it is none."""
    node = reference.node
    if reference.resolution is not Resolution.UNKNOWN or not isinstance(node, Scalar) or node.opaque:
        return None
    if reference.source.unit.incomplete:
        return None
    return next(iter(nearest(node.text, WELL_KNOWN.get(reference.wanted.kind, ()))), None)


def role_of_other_kind(graph: Graph, reference: Reference) -> str | None:
    """Return ``ClusterRole`` where a Role is asked for that is one, and the other way round; else None."""
    wanted, unit = reference.wanted, reference.source.unit
    if reference.targets or reference.resolution is Resolution.EXTERNAL or unit.incomplete:
        return None
    if wanted.kind == "Role":
        meant = wanted._replace(kind="ClusterRole", namespace="")
        return meant.kind if _is_well_known(graph, meant) or graph.find(meant, unit) else None
    namespace = reference.source.namespace
    return "Role" if namespace and graph.find(wanted._replace(kind="Role", namespace=namespace), unit) else None


def _is_well_known(graph: Graph, wanted: Key) -> bool:
    kind, name = wanted.kind, wanted.name
    if name in WELL_KNOWN.get(kind, ()):
        return True
    if kind == "ClusterRole":
        return name.startswith("system:")
    if kind in ("Secret", "ConfigMap"):
        return name in produced_names(graph, kind)
    return kind == "PersistentVolumeClaim" and made_claim(graph, name)


def part(graph: Graph, owner: KubernetesObject, node: Node, key: Key) -> Entity:
    """Return the entity of a part of an object: a key, a port, a volume; the same one whenever it is asked for."""
    return graph.once(("part", id(node), id(owner)), lambda: Entity(key, node, owner.unit, owner))


def is_optional(node: Node) -> bool:
    """Tell whether a reference to a ConfigMap or Secret says that it need not exist."""
    return node.text_at("optional") == "true"


def refer_to_part(
    graph: Graph,
    verb: str,
    source: KubernetesObject,
    node: Scalar,
    wanted: Key,
    owner: KubernetesObject,
    known: MappingABC[str, Node],
    *,
    complete: bool = True,
    detail: object = None,
) -> Reference:
    """Resolve a name among the parts of one object, where all of them are written down.

    ``complete`` says that nothing else can be a part of it; otherwise a name that is not there is unknown.
    """
    reference = Reference(verb, source, node, wanted, Resolution.UNKNOWN, detail=detail)
    name = node.text
    if name in known:
        reference.resolution, reference.targets = Resolution.RESOLVED, (part(graph, owner, known[name], wanted),)
    elif (
        complete and not node.opaque and not any(_opaque(other) for other in known.values()) and was_read(source, owner)
    ):
        near = nearest_nodes(name, known)
        reference.resolution = Resolution.NEAR_MISS if near else Resolution.MISSING
        prefix = wanted.name.removesuffix(name)
        reference.candidates = tuple(
            part(graph, owner, candidate, wanted._replace(name=prefix + _text(candidate))) for candidate in near
        )
    return graph.add_reference(reference)


def was_read(*ends: Entity) -> bool:
    """Tell whether all that belongs to the ends of a reference was read, so that what is not there is missing."""
    return not any(end.unit.incomplete for end in ends)


def _opaque(node: Node) -> bool:
    return isinstance(node, Scalar) and node.opaque


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def refer_to_data(
    graph: Graph,
    verb: str,
    owner: KubernetesObject,
    source: Node,
    kind: str,
    field: str,
    *,
    detail: object = None,
) -> Reference | None:
    """Resolve the ConfigMap or Secret that a mapping names; None where it is optional or names none."""
    if is_optional(source):
        return None
    return refer_to(graph, verb, owner, source.scalar(field), kind, detail=detail)


def refer_to_key(graph: Graph, reference: Reference | None, key: Scalar | None, verb: str = "reads-key") -> None:
    """Resolve a key of a ConfigMap or Secret: closed, where every object of that name writes its keys down."""
    if reference is None or key is None or reference.resolution is not Resolution.RESOLVED:
        return
    holders = [target for target in reference.targets if isinstance(target, DataHolder)]
    wanted = Key(
        SYSTEM, f"{reference.wanted.kind} key", reference.wanted.namespace, f"{reference.wanted.name}/{key.text}"
    )
    found = [part(graph, holder, holder.keys[key.text], wanted) for holder in holders if key.text in holder.keys]
    result = Reference(verb, reference.source, key, wanted, Resolution.UNKNOWN, detail=holders)
    if found:
        result.resolution, result.targets = Resolution.RESOLVED, tuple(found)
    elif (
        not key.opaque
        and holders
        and all(holder.keys_known for holder in holders)
        and was_read(reference.source, *holders)
    ):
        near = nearest_nodes(key.text, holders[0].keys)
        result.resolution = Resolution.NEAR_MISS if near else Resolution.MISSING
        result.candidates = tuple(
            part(graph, holders[0], node, wanted._replace(name=f"{holders[0].name}/{node.text}")) for node in near
        )
    graph.add_reference(result)


def refer_to_service(
    graph: Graph,
    source: KubernetesObject,
    name: Scalar | None,
    port: Scalar | None,
    *,
    namespace: str | None = None,
    detail: object = None,
) -> Reference | None:
    """Resolve a backend: the Service, and the port where the Service is in the repository. Return the former."""
    reference = refer_to(graph, "routes-to", source, name, "Service", namespace=namespace, detail=detail)
    if reference is not None and port is not None and reference.resolution is Resolution.RESOLVED:
        _refer_to_service_port(graph, reference, port)
    return reference


def _is_meant(graph: Graph, reference: Reference, services: list[Service]) -> bool:
    """Tell whether a Service is surely the one that is named, and not another one of this name elsewhere."""
    unit, namespace = reference.source.unit, reference.wanted.namespace
    near = (unit, *graph.siblings(unit))
    return all(service.unit in near or (namespace and service.namespace == namespace) for service in services)


def _refer_to_service_port(graph: Graph, reference: Reference, port: Scalar) -> None:
    services = [target for target in reference.targets if isinstance(target, Service)]
    by_number = port.text.isdigit()
    known: dict[str, Node] = {}
    for service in services:
        for entry in service.ports:
            node = entry.scalar("port") if by_number else entry.scalar("name")
            if node is not None:
                known[node.text] = node
    wanted = Key(SYSTEM, "Service port", reference.wanted.namespace, f"{reference.wanted.name}:{port.text}")
    result = Reference("routes-to-port", reference.source, port, wanted, Resolution.UNKNOWN, detail=services)
    if port.text in known:
        result.resolution, result.targets = Resolution.RESOLVED, (part(graph, services[0], known[port.text], wanted),)
    elif (
        not port.opaque
        and services
        and not any(_opaque(node) for node in known.values())
        and was_read(reference.source, *services)
    ):
        external = any(service.type == "ExternalName" for service in services)
        near = [] if by_number else nearest_nodes(port.text, known)
        if near:
            result.resolution = Resolution.NEAR_MISS
            result.candidates = tuple(part(graph, services[0], node, wanted) for node in near)
        elif not external and any(service.ports for service in services) and _is_meant(graph, reference, services):
            result.resolution = Resolution.MISSING
            result.candidates = tuple(part(graph, services[0], node, wanted) for node in list(known.values())[:3])
    graph.add_reference(result)
