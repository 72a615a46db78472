"""Typed views over API objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingABC
from functools import cached_property

from kubelint.graph.model import Document, Key, Resource, Unit
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.selectors import Selector, equality_selector, label_map, label_selector
from kubelint.tree.node import Mapping, Node, Scalar

#: API groups that are part of Kubernetes itself. Kinds of other groups are keyed with their group.
BUILTIN_GROUPS = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "settings.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)
CALLS = "kubelint.io/calls"


class KubernetesObject(Resource):
    """Any API object."""

    #: The system that its key carries; Istio's views override it.
    system = "kubernetes"
    #: Whether the kind has no namespace.
    cluster_scoped = False

    def __init__(self, key: Key, node: Node, unit: Unit, root: Mapping, document: Document) -> None:
        super().__init__(key, node, unit, root, document)
        self.root: Mapping = root

    @cached_property
    def api_version(self) -> Scalar | None:
        """The node of ``apiVersion``."""
        return self.root.scalar("apiVersion")

    @cached_property
    def kind_node(self) -> Scalar | None:
        """The node of ``kind``."""
        return self.root.scalar("kind")

    @cached_property
    def kind(self) -> str:
        """The kind as written."""
        return self.root.text_at("kind") or ""

    @cached_property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return group_of(self.root.text_at("apiVersion") or "")

    @cached_property
    def name_node(self) -> Scalar | None:
        """The node of ``metadata.name``."""
        return self.root.scalar("metadata", "name")

    @cached_property
    def namespace_node(self) -> Scalar | None:
        """The node of ``metadata.namespace`` as written."""
        return self.root.scalar("metadata", "namespace")

    @cached_property
    def labels(self) -> dict[str, Scalar]:
        """The object's own labels."""
        return label_map(self.root.at("metadata", "labels"))

    def annotation(self, name: str) -> Scalar | None:
        """Return the value of an annotation."""
        return self.root.scalar("metadata", "annotations", name)

    def annotations(self) -> Iterable[tuple[Scalar, Node]]:
        """Yield the annotations."""
        return self.root.pairs_at("metadata", "annotations")

    def pod_templates(self) -> Iterator[PodTemplate]:
        """Yield the pod templates of the object; nothing for kinds that make no pods."""
        return iter(())


class Workload(KubernetesObject):
    """An object that makes pods."""

    _template_path: tuple[str, ...] = ("spec", "template")

    @cached_property
    def template(self) -> PodTemplate | None:
        """The pod template; None where it is missing."""
        holder = self.root.at(*self._template_path)
        if holder is None:
            return None
        spec = holder.mapping("spec")
        return None if spec is None else PodTemplate(self, holder.at("metadata"), spec)

    def pod_templates(self) -> Iterator[PodTemplate]:
        """Yield the one template."""
        if self.template is not None:
            yield self.template

    @cached_property
    def selector(self) -> Selector | None:
        """The selector over its own pods; None where there is none."""
        node = self.root.mapping("spec", "selector")
        return None if node is None else label_selector(node)

    @property
    def replicas(self) -> Scalar | None:
        """The node of ``spec.replicas``."""
        return self.root.scalar("spec", "replicas")


class Pod(Workload):
    """A Pod."""

    _template_path = ()

    @property
    def selector(self) -> Selector | None:
        """A Pod selects nothing."""
        return None


class Deployment(Workload):
    """A Deployment."""


class StatefulSet(Workload):
    """A StatefulSet."""


class DaemonSet(Workload):
    """A DaemonSet."""


class ReplicaSet(Workload):
    """A ReplicaSet."""


class ReplicationController(Workload):
    """A ReplicationController: its selector is a plain map."""

    @cached_property
    def selector(self) -> Selector | None:
        """The selector over its own pods."""
        node = self.root.mapping("spec", "selector")
        return None if node is None else equality_selector(node)


class Job(Workload):
    """A Job."""


class CronJob(Workload):
    """A CronJob."""

    _template_path = ("spec", "jobTemplate", "spec", "template")

    @property
    def selector(self) -> Selector | None:
        """A CronJob selects nothing."""
        return None


class Rollout(Workload):
    """An Argo Rollout: a Deployment with other strategies."""


class Service(KubernetesObject):
    """A Service."""

    @cached_property
    def selector(self) -> Selector | None:
        """The selector over pods; None where there is none, or where the type is ExternalName."""
        node = self.root.mapping("spec", "selector")
        if node is None or not len(node) or self.type == "ExternalName":
            return None
        return equality_selector(node)

    @property
    def type(self) -> str:
        """ClusterIP unless set."""
        return self.root.text_at("spec", "type") or "ClusterIP"

    @property
    def headless(self) -> bool:
        """Whether it has no address of its own."""
        return self.root.text_at("spec", "clusterIP") == "None"

    @property
    def ports(self) -> list[Node]:
        """The entries of ``spec.ports``."""
        return [node for node in self.root.items_at("spec", "ports") if isinstance(node, Mapping)]


class Ingress(KubernetesObject):
    """An Ingress."""

    def backends(self) -> Iterator[Node]:
        """Yield each backend: of the rules and the default one, in both the old and the new form."""
        for name in ("defaultBackend", "backend"):
            default = self.root.mapping("spec", name)
            if default is not None:
                yield default
        for rule in self.root.items_at("spec", "rules"):
            for path in rule.items_at("http", "paths"):
                backend = path.mapping("backend")
                if backend is not None:
                    yield backend


class DataHolder(KubernetesObject):
    """What ConfigMap and Secret share: keys that others refer to."""

    _sections: tuple[str, ...] = ("data", "binaryData")

    @cached_property
    def keys(self) -> dict[str, Scalar]:
        """The keys by name."""
        return {key.text: key for section in self._sections for key, _ in self.root.pairs_at(section)}

    @cached_property
    def entries(self) -> list[tuple[str, Scalar, Scalar | None]]:
        """The keys with their nodes and values."""
        return [(text, key, self.value(text)) for text, key in self.keys.items()]

    @property
    def keys_known(self) -> bool:
        """Whether all keys are written down here."""
        return True

    def value(self, key: str) -> Scalar | None:
        """Return the value of a key as it is written; None where there is none."""
        return next((value for section in self._sections if (value := self.root.scalar(section, key))), None)


class ConfigMap(DataHolder):
    """A ConfigMap."""


class Secret(DataHolder):
    """A Secret."""

    _sections = ("data", "stringData")

    @property
    def keys_known(self) -> bool:
        """Whether all keys are written down: controllers fill in token Secrets, somebody else fills in empty ones."""
        return bool(self.keys) and self.root.text_at("type") != "kubernetes.io/service-account-token"


class ServiceAccount(KubernetesObject):
    """A ServiceAccount."""


class PersistentVolumeClaim(KubernetesObject):
    """A PersistentVolumeClaim."""


class PersistentVolume(KubernetesObject):
    """A PersistentVolume."""

    cluster_scoped = True


class HorizontalPodAutoscaler(KubernetesObject):
    """A HorizontalPodAutoscaler of any version."""

    @property
    def target(self) -> Mapping | None:
        """The mapping ``spec.scaleTargetRef``."""
        return self.root.mapping("spec", "scaleTargetRef")

    def resource_metrics(self) -> Iterator[tuple[str, str | None, Node]]:
        """Yield resource, container (None: all of the pod) and node of each metric that is a share of the request.

        Source: Kubernetes documentation, "Horizontal Pod Autoscaling": utilization is a percentage of the request.
        """
        share = self.root.scalar("spec", "targetCPUUtilizationPercentage")
        if share is not None:
            yield "cpu", None, share
        for metric in self.root.items_at("spec", "metrics"):
            kind = metric.text_at("type")
            section = {"Resource": "resource", "ContainerResource": "containerResource"}.get(kind or "")
            if section is None:
                continue
            source = metric.at(section)
            name = None if source is None else source.scalar("name")
            if source is None or name is None:
                continue
            relative = (
                source.text_at("target", "type") == "Utilization" or source.at("targetAverageUtilization") is not None
            )
            if relative:
                yield name.text, source.text_at("container"), name


class PodDisruptionBudget(KubernetesObject):
    """A PodDisruptionBudget."""

    @cached_property
    def selector(self) -> Selector | None:
        """The selector over pods."""
        node = self.root.mapping("spec", "selector")
        return None if node is None else label_selector(node)


class NetworkPolicy(KubernetesObject):
    """A NetworkPolicy."""

    @cached_property
    def selector(self) -> Selector | None:
        """The selector over the pods that it binds."""
        node = self.root.mapping("spec", "podSelector")
        return None if node is None else label_selector(node)


class Role(KubernetesObject):
    """A Role."""


class ClusterRole(KubernetesObject):
    """A ClusterRole."""

    cluster_scoped = True


class RoleBinding(KubernetesObject):
    """A RoleBinding."""


class ClusterRoleBinding(KubernetesObject):
    """A ClusterRoleBinding."""

    cluster_scoped = True


class Namespace(KubernetesObject):
    """A Namespace."""

    cluster_scoped = True


class LimitRange(KubernetesObject):
    """A LimitRange."""

    def default_request(self, resource: str) -> bool:
        """Tell whether containers without a request for a resource get one from here."""
        return any(
            limit.text_at("type") == "Container"
            and (limit.at("defaultRequest", resource) is not None or limit.at("default", resource) is not None)
            for limit in self.root.items_at("spec", "limits")
        )


class CustomResourceDefinition(KubernetesObject):
    """A CustomResourceDefinition."""

    cluster_scoped = True


class OtherObject(KubernetesObject):
    """An object of a built-in kind that has no view of its own."""


class ClusterObject(OtherObject):
    """The same for a kind without namespace."""

    cluster_scoped = True


class CustomResource(KubernetesObject):
    """An object of a kind that is not built in and that no system has a view for."""


class ConfigurationFile(KubernetesObject):
    """A file that is written like an API object but read by a program: a kubeconfig, a kubelet configuration."""

    def __init__(self, key: Key, node: Node, unit: Unit, root: Mapping, document: Document) -> None:
        super().__init__(key, node, unit, root, document)
        self.opaque = True


VIEWS: dict[str, type[KubernetesObject]] = {
    view.__name__: view
    for view in (
        Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob, Service, Ingress,
        ConfigMap, Secret, ServiceAccount, PersistentVolumeClaim, PersistentVolume, HorizontalPodAutoscaler,
        PodDisruptionBudget, NetworkPolicy, Role, ClusterRole, RoleBinding, ClusterRoleBinding, Namespace, LimitRange,
        CustomResourceDefinition,
    )
}  # fmt: skip
CLUSTER_KINDS = frozenset(
    {
        "APIService", "CertificateSigningRequest", "CSIDriver", "CSINode", "FlowSchema", "IngressClass", "IPAddress",
        "MutatingWebhookConfiguration", "Node", "PodSecurityPolicy", "PriorityClass", "PriorityLevelConfiguration",
        "RuntimeClass", "ServiceCIDR", "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeAttributesClass", "DeviceClass", "ResourceSlice",
        "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "ClusterTrustBundle", "StorageVersionMigration",
    }
)  # fmt: skip
_CONFIGURATION_GROUPS = (".config.k8s.io", "kubeadm.k8s.io", "audit.k8s.io", "apiserver.k8s.io", "kind.x-k8s.io")


def group_of(api_version: str) -> str:
    """Return the group of an ``apiVersion``; empty for the core group."""
    return api_version.rpartition("/")[0]


def view_class(root: Mapping, views: MappingABC[tuple[str, str], type[Resource]]) -> type[KubernetesObject]:
    """Return the view for an object: a system's own, a built-in one, or the opaque one."""
    api_version, kind = root.text_at("apiVersion") or "", root.text_at("kind") or ""
    group = group_of(api_version)
    own = views.get((group, kind))
    if own is not None and issubclass(own, KubernetesObject):
        return own
    if api_version == "v1" and kind == "Config":
        return ConfigurationFile
    if group in BUILTIN_GROUPS or not api_version:
        if kind in CLUSTER_KINDS:
            return ClusterObject
        return VIEWS.get(kind, OtherObject)
    if group == "argoproj.io" and kind == "Rollout":
        return Rollout
    if group.endswith(_CONFIGURATION_GROUPS) and root.text_at("metadata", "name") is None:
        return ConfigurationFile
    return CustomResource


def make_object(
    root: Mapping,
    document: Document,
    unit: Unit,
    views: MappingABC[tuple[str, str], type[Resource]],
    namespace: str | None = None,
    default_namespace: str | None = None,
) -> KubernetesObject:
    """Return the view of an object in a unit.

    ``namespace`` replaces the namespace that is written down, as a kustomization's ``namespace`` does;
    ``default_namespace`` fills in where none is written down, as ``kubectl -n`` does. Cluster-scoped objects are not
    touched by either.
    """
    view = view_class(root, views)
    kind = root.text_at("kind") or ""
    group = group_of(root.text_at("apiVersion") or "")
    if view.system == "kubernetes" and group not in BUILTIN_GROUPS:
        kind = f"{kind}.{group}"
    name = root.scalar("metadata", "name") or root.scalar("metadata", "generateName")
    own = root.scalar("metadata", "namespace")
    if view.cluster_scoped:
        where = ""
    elif namespace is not None:
        where = namespace
    else:
        where = (default_namespace or "") if own is None else "" if own.opaque else own.text
    node: Node = name or root.scalar("kind") or root
    return view(Key(view.system, kind, where, "" if name is None else name.text), node, unit, root, document)
