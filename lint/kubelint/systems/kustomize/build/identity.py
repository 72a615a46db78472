"""What kustomize tells objects apart by (``kyaml/resid``)."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from kubelint.tree.node import Mapping, Node
from kubelint_schemas.kustomize import cluster_scoped

NO_NAMESPACE = "_non_namespaceable_"


class Gvk(NamedTuple):
    """Group, version and kind; as a selector an empty one is any."""

    group: str = ""
    version: str = ""
    kind: str = ""

    @property
    def api_version(self) -> str:
        """Group and version as manifests write them."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def selects(self, other: Gvk) -> bool:
        """Tell whether another one is selected by this one."""
        return (
            (not self.kind or self.kind == other.kind)
            and (not self.group or self.group == other.group)
            and (not self.version or self.version == other.version)
        )

    @property
    def cluster_scoped(self) -> bool:
        """Whether its objects are known to have no namespace."""
        return f"{self.api_version} {self.kind}" in cluster_scoped()

    @property
    def order(self) -> tuple[int, str]:
        """What kustomize sorts its tables by."""
        shown = (self.group or "~G", self.version or "~V", self.kind or "~K")
        return _ranks().get(self.kind, 0), "_".join(shown)

    def __str__(self) -> str:
        return ".".join((self.kind or "[noKind]", self.version or "[noVer]", self.group or "[noGrp]"))


class Identity(NamedTuple):
    """One name of an object at one time; ``namespace`` is the effective one, so that ``default`` and none are one."""

    gvk: Gvk
    name: str
    namespace: str

    @property
    def has_no_namespace(self) -> bool:
        """Whether the object lives outside of namespaces."""
        return self.namespace == NO_NAMESPACE

    def __str__(self) -> str:
        where = "" if self.namespace in (NO_NAMESPACE, "default") else f"{self.namespace}/"
        return f"{self.gvk.kind}/{where}{self.name}"


def split_version(api_version: str) -> tuple[str, str]:
    """Return group and version."""
    group, slash, version = api_version.partition("/")
    return (group, version) if slash else ("", api_version)


def gvk_of(root: Mapping) -> Gvk:
    """Return group, version and kind of an object."""
    group, version = split_version(text(root.get("apiVersion")))
    return Gvk(group, version, text(root.get("kind")))


def text(node: Node | None) -> str:
    """Return the text of a scalar as it is written; empty for anything else."""
    return getattr(node, "text", "")


def effective(gvk: Gvk, namespace: str) -> str:
    """Return the namespace that objects are compared by."""
    if gvk.cluster_scoped:
        return NO_NAMESPACE
    return namespace or "default"


#: The order in which kustomize emits kinds, and sorts its own tables by.
ORDER_FIRST = (
    "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount", "PodSecurityPolicy",
    "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Endpoints", "Service",
    "LimitRange", "PriorityClass", "PersistentVolume", "PersistentVolumeClaim", "Deployment", "StatefulSet", "CronJob",
    "PodDisruptionBudget",
)  # fmt: skip
ORDER_LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def ranks(first: tuple[str, ...], last: tuple[str, ...]) -> dict[str, int]:
    """Return the rank of each kind that is named; all others have the rank 0."""
    found = {kind: position - len(first) for position, kind in enumerate(first)}
    return found | {kind: position + 1 for position, kind in enumerate(last)}


@cache
def _ranks() -> dict[str, int]:
    return ranks(ORDER_FIRST, ORDER_LAST)
