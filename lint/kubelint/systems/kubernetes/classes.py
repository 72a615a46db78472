"""Classes that other objects name: IngressClass, GatewayClass, StorageClass, PriorityClass, RuntimeClass and others.

A class is cluster-scoped, and most clusters have classes that no repository holds. One of each kind may be marked as
the default for objects that name none.

Source: Kubernetes documentation, "Ingress" (Default IngressClass), "Change the default StorageClass", "Pod Priority and
Preemption" (`globalDefault`).
"""

from __future__ import annotations

from kubelint.systems.kubernetes.model import CustomResource, KubernetesObject
from kubelint.tree.node import Scalar


class Class(KubernetesObject):
    """What all classes share."""

    cluster_scoped = True
    #: The annotations that mark the default; the older name comes last.
    _default_annotations: tuple[str, ...] = ()

    @property
    def default_mark(self) -> Scalar | None:
        """Where it says that it is the default; None where it is not."""
        for name in self._default_annotations:
            mark = self.annotation(name)
            if mark is not None and mark.text == "true":
                return mark
        return None


class IngressClass(Class):
    """An IngressClass."""

    _default_annotations = ("ingressclass.kubernetes.io/is-default-class",)


class StorageClass(Class):
    """A StorageClass."""

    _default_annotations = (
        "storageclass.kubernetes.io/is-default-class",
        "storageclass.beta.kubernetes.io/is-default-class",
    )


class PriorityClass(Class):
    """A PriorityClass: a field marks the default."""

    @property
    def default_mark(self) -> Scalar | None:
        """Where it says that it is the default; None where it is not."""
        mark = self.root.scalar("globalDefault")
        return mark if mark is not None and mark.text == "true" else None


class RuntimeClass(Class):
    """A RuntimeClass; it has no default."""


class VolumeAttributesClass(Class):
    """A VolumeAttributesClass; it has no default."""


class GatewayClass(CustomResource, Class):
    """A GatewayClass of the Gateway API; it has no default."""


class VolumeSnapshotClass(CustomResource, Class):
    """A VolumeSnapshotClass of the snapshot controller: a default for each driver."""


VIEWS: dict[tuple[str, str], type[KubernetesObject]] = {
    ("networking.k8s.io", "IngressClass"): IngressClass,
    ("extensions", "IngressClass"): IngressClass,
    ("storage.k8s.io", "StorageClass"): StorageClass,
    ("storage.k8s.io", "VolumeAttributesClass"): VolumeAttributesClass,
    ("scheduling.k8s.io", "PriorityClass"): PriorityClass,
    ("node.k8s.io", "RuntimeClass"): RuntimeClass,
    ("gateway.networking.k8s.io", "GatewayClass"): GatewayClass,
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass"): VolumeSnapshotClass,
}
