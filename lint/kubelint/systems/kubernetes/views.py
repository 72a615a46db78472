"""Views of kinds that have a module of their own: by (group, kind)."""

from __future__ import annotations

from kubelint.systems.kubernetes import admission, autoscaling, certificates, classes, gateway, quota, webhooks
from kubelint.systems.kubernetes.model import KubernetesObject

VIEWS: dict[tuple[str, str], type[KubernetesObject]] = {
    **admission.VIEWS,
    **autoscaling.VIEWS,
    **certificates.VIEWS,
    **classes.VIEWS,
    **gateway.VIEWS,
    **quota.VIEWS,
    **webhooks.VIEWS,
}
