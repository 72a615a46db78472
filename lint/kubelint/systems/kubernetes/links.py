"""What objects refer to: one function for each kind of reference.

Resolution follows the catalogue of names that exist although no file holds them (built-in ClusterRoles,
``kube-root-ca.crt``, the ``default`` ServiceAccount, Secrets that controllers make).
"""

from __future__ import annotations

from kubelint.graph.model import Entity, Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import calls, matching, validation
from kubelint.systems.kubernetes.model import (
    ClusterRoleBinding,
    CustomResource,
    DataHolder,
    HorizontalPodAutoscaler,
    Ingress,
    KubernetesObject,
    NetworkPolicy,
    PodDisruptionBudget,
    RoleBinding,
    Service,
    StatefulSet,
)
from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.systems.kubernetes.producers import produced_names
from kubelint.tree.node import Node, Scalar

SYSTEM = "kubernetes"
WELL_KNOWN: dict[str, frozenset[str]] = {
    "ClusterRole": frozenset({"cluster-admin", "admin", "edit", "view"}),
    "ConfigMap": frozenset({"kube-root-ca.crt", "openshift-service-ca.crt"}),
    "ServiceAccount": frozenset({"default"}),
    "Service": frozenset({"kubernetes"}),
    "PriorityClass": frozenset({"system-cluster-critical", "system-node-critical"}),
    "Namespace": frozenset({"default", "kube-system", "kube-public", "kube-node-lease"}),
}
SCALABLE_BUILTINS = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})


def link(graph: Graph) -> None:
    """Resolve the references of all objects."""
    for resource in graph.subjects(CustomResource):
        resource.opaque = not validation.is_known(graph, resource)
    for template in graph.subjects(PodTemplate):
        _link_pod(graph, template)
    for service in graph.subjects(Service):
        _link_service(graph, service)
    for ingress in graph.subjects(Ingress):
        _link_ingress(graph, ingress)
    for autoscaler in graph.subjects(HorizontalPodAutoscaler):
        _link_autoscaler(graph, autoscaler)
    for stateful_set in graph.subjects(StatefulSet):
        _name(graph, "governed-by", stateful_set, stateful_set.root.scalar("spec", "serviceName"), "Service")
    for budget in graph.subjects(PodDisruptionBudget):
        if budget.selector is not None and not budget.selector.everything:
            matching.select_pods(graph, "protects", budget, budget.selector)
    for policy in graph.subjects(NetworkPolicy):
        if policy.selector is not None and not policy.selector.everything:
            matching.select_pods(graph, "isolates", policy, policy.selector)
    for binding in (*graph.subjects(RoleBinding), *graph.subjects(ClusterRoleBinding)):
        _link_binding(graph, binding)
    calls.link(graph)


def _name(
    graph: Graph,
    verb: str,
    source: KubernetesObject,
    node: Scalar | None,
    kind: str,
    *,
    namespace: str | None = None,
    detail: object = None,
) -> Reference | None:
    """Resolve a name that is looked up in the source's own namespace unless another one is given."""
    if node is None:
        return None
    wanted = Key(SYSTEM, kind, source.namespace if namespace is None else namespace, node.text)
    wellknown = node.text in WELL_KNOWN.get(kind, ()) or (kind == "ClusterRole" and node.text.startswith("system:"))
    if not wellknown and kind in ("Secret", "ConfigMap"):
        wellknown = node.text in produced_names(graph, kind)
    return graph.refer(verb, source, node, wanted, wellknown=wellknown, detail=detail)


# -- pods ----------------------------------------------------------------------------------------------------------


def _link_pod(graph: Graph, template: PodTemplate) -> None:
    owner, spec = template.owner, template.spec
    account = spec.scalar("serviceAccountName") or spec.scalar("serviceAccount")
    _name(graph, "runs-as", owner, account, "ServiceAccount")
    for node in spec.items_at("imagePullSecrets"):
        _name(graph, "pulls-with", owner, node.scalar("name"), "Secret")
    for volume in spec.items_at("volumes"):
        _link_volume(graph, owner, volume)
    for container in template.containers:
        _link_environment(graph, container)
        _link_mounts(graph, container)


def _read(*ends: Entity) -> bool:
    """Tell whether all that belongs to the ends of a reference was read, so that what is not there is missing."""
    return not any(end.unit.incomplete for end in ends)


def _optional(node: Node) -> bool:
    return node.text_at("optional") == "true"


def _link_volume(graph: Graph, owner: KubernetesObject, volume: Node) -> None:
    _name(graph, "claims", owner, volume.scalar("persistentVolumeClaim", "claimName"), "PersistentVolumeClaim")
    for section, kind, field in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
        source = volume.at(section)
        if source is not None:
            _link_data(graph, "mounts", owner, source, kind, field)
    for projected in volume.items_at("projected", "sources"):
        for section, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
            source = projected.at(section)
            if source is not None:
                _link_data(graph, "mounts", owner, source, kind, "name")


def _link_data(graph: Graph, verb: str, owner: KubernetesObject, source: Node, kind: str, field: str) -> None:
    if _optional(source):
        return
    reference = _name(graph, verb, owner, source.scalar(field), kind)
    for item in source.items_at("items"):
        _link_key(graph, reference, item.scalar("key"))


def _link_environment(graph: Graph, container: Container) -> None:
    owner = container.owner
    for entry in container.environment:
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            source = entry.at("valueFrom", field)
            if source is not None and not _optional(source):
                reference = _name(graph, "reads", owner, source.scalar("name"), kind, detail=container)
                _link_key(graph, reference, source.scalar("key"))
    for entry in container.node.items_at("envFrom"):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            source = entry.at(field)
            if source is not None and not _optional(source):
                _name(graph, "reads", owner, source.scalar("name"), kind, detail=container)


def _link_key(graph: Graph, reference: Reference | None, key: Scalar | None) -> None:
    """Resolve a key of a ConfigMap or Secret: closed, where every object of that name writes its keys down."""
    if reference is None or key is None or reference.resolution is not Resolution.RESOLVED:
        return
    holders = [target for target in reference.targets if isinstance(target, DataHolder)]
    wanted = Key(
        SYSTEM, f"{reference.wanted.kind} key", reference.wanted.namespace, f"{reference.wanted.name}/{key.text}"
    )
    found = [_part(graph, holder, holder.keys[key.text], wanted) for holder in holders if key.text in holder.keys]
    result = Reference("reads-key", reference.source, key, wanted, Resolution.UNKNOWN, detail=holders)
    if found:
        result.resolution, result.targets = Resolution.RESOLVED, tuple(found)
    elif (
        not key.opaque
        and holders
        and all(holder.keys_known for holder in holders)
        and _read(reference.source, *holders)
    ):
        near = matching.nearest_nodes(key.text, holders[0].keys)
        result.resolution = Resolution.NEAR_MISS if near else Resolution.MISSING
        result.candidates = tuple(
            _part(graph, holders[0], node, wanted._replace(name=f"{holders[0].name}/{node.text}")) for node in near
        )
    graph.add_reference(result)


def _part(graph: Graph, owner: KubernetesObject, node: Node, key: Key) -> Entity:
    return graph.once(("part", id(node), id(owner)), lambda: Entity(key, node, owner.unit, owner))


def _link_mounts(graph: Graph, container: Container) -> None:
    """Resolve volume mounts against the volumes of the same pod: nothing else can provide one."""
    volumes = container.template.volumes
    for section in ("volumeMounts", "volumeDevices"):
        for mount in container.node.items_at(section):
            name = mount.scalar("name")
            if name is None:
                continue
            wanted = Key(SYSTEM, "volume", container.owner.namespace, name.text)
            result = Reference("mounts-volume", container.owner, name, wanted, Resolution.UNKNOWN, detail=container)
            if name.text in volumes:
                result.resolution = Resolution.RESOLVED
                result.targets = (
                    _part(graph, container.owner, volumes[name.text].at("name") or volumes[name.text], wanted),
                )
            elif not name.opaque and not any(
                (known.scalar("name") or name).opaque for known in container.template.spec.items_at("volumes")
            ):
                nodes = {text: volume.at("name") or volume for text, volume in volumes.items()}
                near = matching.nearest_nodes(name.text, nodes)
                result.resolution = Resolution.NEAR_MISS if near else Resolution.MISSING
                result.candidates = tuple(_part(graph, container.owner, node, wanted) for node in near)
            graph.add_reference(result)


# -- services and what leads to them ---------------------------------------------------------------------------------


def _link_service(graph: Graph, service: Service) -> None:
    selector = service.selector
    if selector is None:
        return
    reference = matching.select_pods(graph, "selects", service, selector)
    if reference.resolution is not Resolution.RESOLVED:
        return
    templates = [
        template
        for target in reference.targets
        if isinstance(target, KubernetesObject)
        for template in target.pod_templates()
    ]
    for port in service.ports:
        _link_target_port(graph, service, port, templates)


def _link_target_port(graph: Graph, service: Service, port: Node, templates: list[PodTemplate]) -> None:
    """Resolve a named target port: at least one selected pod must declare the name."""
    target = port.scalar("targetPort")
    if target is None or target.text.isdigit():
        return
    names = {
        declared.name.text: declared.name
        for template in templates
        for declared in template.ports
        if declared.name is not None
    }
    wanted = Key(SYSTEM, "container port", service.namespace, target.text)
    result = Reference("targets-port", service, target, wanted, Resolution.UNKNOWN, detail=templates)
    found = [
        _part(graph, declared.container.owner, declared.name, wanted)
        for template in templates
        for declared in template.ports
        if declared.name is not None and declared.name.text == target.text
    ]
    if found:
        result.resolution, result.targets = Resolution.RESOLVED, tuple(found)
    elif (
        not target.opaque
        and not any(name.opaque for name in names.values())
        and _read(service, *(template.owner for template in templates))
    ):
        near = matching.nearest_nodes(target.text, names)
        # Injected sidecars may declare the port; a near miss of a declared name is none.
        result.resolution = Resolution.NEAR_MISS if near else Resolution.MISSING
        result.candidates = tuple(_part(graph, templates[0].owner, node, wanted) for node in near)
    graph.add_reference(result)


def _link_ingress(graph: Graph, ingress: Ingress) -> None:
    for backend in ingress.backends():
        name = backend.scalar("service", "name") or backend.scalar("serviceName")
        reference = _name(graph, "routes-to", ingress, name, "Service")
        if reference is not None and reference.resolution is Resolution.RESOLVED:
            port = (
                backend.scalar("service", "port", "name")
                or backend.scalar("service", "port", "number")
                or backend.scalar("servicePort")
            )
            if port is not None:
                _link_service_port(graph, reference, port)


def _link_service_port(graph: Graph, reference: Reference, port: Scalar) -> None:
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
        result.resolution, result.targets = Resolution.RESOLVED, (_part(graph, services[0], known[port.text], wanted),)
    elif (
        not port.opaque
        and services
        and not any(isinstance(node, Scalar) and node.opaque for node in known.values())
        and _read(reference.source, *services)
    ):
        external = any(service.type == "ExternalName" for service in services)
        near = [] if by_number else matching.nearest_nodes(port.text, known)
        if near:
            result.resolution = Resolution.NEAR_MISS
            result.candidates = tuple(_part(graph, services[0], node, wanted) for node in near)
        elif not external and known:
            result.resolution = Resolution.MISSING
            result.candidates = tuple(_part(graph, services[0], node, wanted) for node in list(known.values())[:3])
    graph.add_reference(result)


# -- autoscalers and roles -------------------------------------------------------------------------------------------


def _link_autoscaler(graph: Graph, autoscaler: HorizontalPodAutoscaler) -> None:
    target = autoscaler.target
    if target is None:
        return
    kind, name = target.text_at("kind"), target.scalar("name")
    if kind is None or name is None:
        return
    # The version may differ from the target's own: the API server converts. Only the kind and the name must fit.
    group = (target.text_at("apiVersion") or "").rpartition("/")[0]
    if kind in SCALABLE_BUILTINS:
        _name(graph, "scales", autoscaler, name, kind)
    else:
        _name(graph, "scales", autoscaler, name, f"{kind}.{group}" if group else kind)


def _link_binding(graph: Graph, binding: KubernetesObject) -> None:
    role = binding.root.at("roleRef")
    if role is not None:
        kind = role.text_at("kind")
        if kind in ("Role", "ClusterRole"):
            namespace = "" if kind == "ClusterRole" else binding.namespace
            _name(graph, "grants", binding, role.scalar("name"), kind, namespace=namespace)
    for subject in binding.root.items_at("subjects"):
        if subject.text_at("kind") == "ServiceAccount":
            given = subject.scalar("namespace")
            where = binding.namespace if given is None or given.opaque else given.text
            _name(graph, "binds", binding, subject.scalar("name"), "ServiceAccount", namespace=where)
