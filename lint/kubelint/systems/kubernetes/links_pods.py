"""What pods refer to: accounts, Secrets, ConfigMaps and their keys, claims, volumes, classes, other pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import matching
from kubelint.systems.kubernetes.model import KubernetesObject, ServiceAccount
from kubelint.systems.kubernetes.mounted_files import MountedFile, files_of
from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.systems.kubernetes.refer import SYSTEM, part, refer_to, refer_to_data, refer_to_key
from kubelint.systems.kubernetes.selectors import label_selector
from kubelint.tree.node import Node

#: Where volume sources name the Secret that they need: path below the volume, last step included.
_VOLUME_SECRETS = (
    ("csi", "nodePublishSecretRef", "name"),
    ("azureFile", "secretName"),
    ("cephfs", "secretRef", "name"),
    ("cinder", "secretRef", "name"),
    ("flexVolume", "secretRef", "name"),
    ("iscsi", "secretRef", "name"),
    ("rbd", "secretRef", "name"),
    ("scaleIO", "secretRef", "name"),
    ("storageos", "secretRef", "name"),
)
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def link_pod(graph: Graph, template: PodTemplate) -> None:
    """Resolve all that a pod template refers to."""
    owner, spec = template.owner, template.spec
    account = spec.scalar("serviceAccountName") or spec.scalar("serviceAccount")
    refer_to(graph, "runs-as", owner, account, "ServiceAccount")
    refer_to(graph, "has-priority", owner, spec.scalar("priorityClassName"), "PriorityClass", namespace="")
    refer_to(graph, "runs-on", owner, spec.scalar("runtimeClassName"), "RuntimeClass", namespace="")
    for node in spec.items_at("imagePullSecrets"):
        refer_to(graph, "pulls-with", owner, node.scalar("name"), "Secret", detail=template)
    for volume in spec.items_at("volumes"):
        _link_volume(graph, owner, volume)
    volumes = _Volumes.of(template)
    for container in template.containers:
        _link_environment(graph, container)
        _link_mounts(graph, container, volumes)
    _link_affinity(graph, template)


def _link_volume(graph: Graph, owner: KubernetesObject, volume: Node) -> None:
    claim = volume.scalar("persistentVolumeClaim", "claimName")
    refer_to(graph, "claims", owner, claim, "PersistentVolumeClaim", detail=volume)
    storage_class = volume.scalar("ephemeral", "volumeClaimTemplate", "spec", "storageClassName")
    refer_to(graph, "stored-by", owner, storage_class, "StorageClass", namespace="")
    for path in _VOLUME_SECRETS:
        refer_to(graph, "mounts", owner, volume.scalar(*path), "Secret")
    for section, kind, field in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
        source = volume.at(section)
        if source is not None:
            _link_data(graph, owner, source, kind, field)
    for projected in volume.items_at("projected", "sources"):
        for section, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
            source = projected.at(section)
            if source is not None:
                _link_data(graph, owner, source, kind, "name")


def _link_data(graph: Graph, owner: KubernetesObject, source: Node, kind: str, field: str) -> None:
    reference = refer_to_data(graph, "mounts", owner, source, kind, field, detail=source)
    for item in source.items_at("items"):
        refer_to_key(graph, reference, item.scalar("key"))


def _link_environment(graph: Graph, container: Container) -> None:
    owner = container.owner
    for entry in container.environment:
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            source = entry.at("valueFrom", field)
            if source is not None:
                reference = refer_to_data(graph, "reads", owner, source, kind, "name", detail=container)
                refer_to_key(graph, reference, source.scalar("key"))
    for entry in container.node.items_at("envFrom"):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            source = entry.at(field)
            if source is not None:
                refer_to_data(graph, "reads", owner, source, kind, "name", detail=container)


class _Volumes(NamedTuple):
    """The volumes of a pod and the nodes that name them; ``uncertain`` where a name is not written out."""

    nodes: dict[str, Node]
    names: dict[str, Node]
    uncertain: bool

    @staticmethod
    def of(template: PodTemplate) -> _Volumes:
        """Return those of a template, for all of its containers."""
        nodes = template.volumes
        names = {text: volume.at("name") or volume.at("metadata", "name") or volume for text, volume in nodes.items()}
        written = (volume.scalar("name") for volume in template.spec.items_at("volumes"))
        return _Volumes(nodes, names, any(name is not None and name.opaque for name in written))


def _link_mounts(graph: Graph, container: Container, known: _Volumes) -> None:
    """Resolve volume mounts against the volumes of the same pod: nothing else can provide one."""
    volumes, names = known.nodes, known.names
    for section in ("volumeMounts", "volumeDevices"):
        for mount in container.node.items_at(section):
            name = mount.scalar("name")
            if name is None:
                continue
            wanted = Key(SYSTEM, "volume", container.owner.namespace, name.text)
            result = Reference("mounts-volume", container.owner, name, wanted, Resolution.UNKNOWN, detail=container)
            if name.text in volumes:
                result.resolution = Resolution.RESOLVED
                result.targets = (part(graph, container.owner, names[name.text], wanted),)
                _link_sub_path(graph, container, mount, volumes[name.text])
            elif not name.opaque and not known.uncertain:
                near = matching.nearest_nodes(name.text, names)
                result.resolution = Resolution.NEAR_MISS if near else Resolution.MISSING
                called = {id(node): text for text, node in names.items()}
                result.candidates = tuple(
                    part(graph, container.owner, node, wanted._replace(name=called[id(node)])) for node in near
                )
            graph.add_reference(result)


def _link_sub_path(graph: Graph, container: Container, mount: Node, volume: Node) -> None:
    """Resolve a sub-path against the files of a volume whose content is written down: keys, or the paths of items."""
    path = mount.scalar("subPath")
    if path is None or path.opaque:
        return
    files = files_of(graph, container.owner, volume)
    if files is None:
        return
    text = path.text.strip("/")
    wanted = Key(SYSTEM, "file", container.owner.namespace, path.text)
    detail = MountedFile(mount, volume, files)
    result = Reference("mounts-file", container.owner, path, wanted, Resolution.MISSING, detail=detail)
    for file, (owner, node) in files.items():
        if file == text or file.startswith(f"{text}/"):
            result.resolution, result.targets = Resolution.RESOLVED, (part(graph, owner, node, wanted),)
            break
    else:
        near = matching.nearest_nodes(text, {file: node for file, (_, node) in files.items()})
        if near:
            owners = {id(node): owner for owner, node in files.values()}
            result.resolution = Resolution.NEAR_MISS
            result.candidates = tuple(
                part(graph, owners[id(node)], node, wanted._replace(name=node.text)) for node in near
            )
    graph.add_reference(result)


def _link_affinity(graph: Graph, template: PodTemplate) -> None:
    """Resolve the selectors of required affinity terms that look into one namespace only: the pod's own."""
    for section, verb in (("podAffinity", "stays-near"), ("podAntiAffinity", "stays-away-from")):
        for term in _terms(template, section):
            node = term.mapping("labelSelector")
            if node is None or term.at("namespaceSelector") is not None or term.items_at("namespaces"):
                continue
            selector = label_selector(node)
            if not selector.everything:
                matching.select_pods(graph, verb, template.owner, selector, kinship=False)


def _terms(template: PodTemplate, section: str) -> Iterator[Node]:
    affinity = template.spec.at("affinity", section)
    if affinity is not None:
        yield from affinity.items_at(_REQUIRED)


def link_account(graph: Graph, account: ServiceAccount) -> None:
    """Resolve the Secrets of a ServiceAccount: those that its pods may mount, and those that they pull images with."""
    for node in account.root.items_at("secrets"):
        refer_to(graph, "lets-mount", account, node.scalar("name"), "Secret")
    for node in account.root.items_at("imagePullSecrets"):
        refer_to(graph, "pulls-with", account, node.scalar("name"), "Secret")
