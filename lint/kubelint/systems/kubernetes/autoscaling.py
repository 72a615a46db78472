"""Autoscalers that are custom resources: KEDA's ScaledObject and the VerticalPodAutoscaler; and what may be scaled.

Source: KEDA documentation, "ScaledObject specification" and "Authentication"; Vertical Pod Autoscaler documentation,
"API reference" (VerticalPodAutoscalerSpec); Kubernetes API reference, the kinds with a ``scale`` subresource.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from kubelint.graph.query import Graph
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.kubernetes import validation
from kubelint.systems.kubernetes.model import (
    BUILTIN_GROUPS,
    CustomResource,
    HorizontalPodAutoscaler,
    KubernetesObject,
    Workload,
    group_of,
)
from kubelint.systems.kubernetes.pod import Container
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint_schemas import kubernetes as pack
from kubelint_schemas.kubernetes.resources import resource, resources


class ScaledObject(CustomResource):
    """A KEDA ScaledObject: KEDA makes a HorizontalPodAutoscaler of it."""

    @property
    def target(self) -> Mapping | None:
        """The mapping ``spec.scaleTargetRef``."""
        return self.root.mapping("spec", "scaleTargetRef")

    @property
    def paused(self) -> bool:
        """Whether an annotation keeps the number of pods where it is."""
        return any(key.text.startswith("autoscaling.keda.sh/paused") for key, _ in self.annotations())

    @property
    def takes_over(self) -> bool:
        """Whether it takes the place of a HorizontalPodAutoscaler that exists."""
        return self.annotation("scaledobject.keda.sh/transfer-hpa-ownership") is not None

    def triggers(self) -> Iterator[Node]:
        """Yield the triggers."""
        yield from self.root.items_at("spec", "triggers")


class ScaledJob(CustomResource):
    """A KEDA ScaledJob: it makes Jobs of its own template."""

    def triggers(self) -> Iterator[Node]:
        """Yield the triggers."""
        yield from self.root.items_at("spec", "triggers")


class VerticalPodAutoscaler(CustomResource):
    """A VerticalPodAutoscaler: it changes the requests of a workload's containers."""

    @property
    def target(self) -> Mapping | None:
        """The mapping ``spec.targetRef``."""
        return self.root.mapping("spec", "targetRef")

    @property
    def acts(self) -> bool:
        """Whether it changes anything, or only recommends (``updateMode: Off``)."""
        mode = self.root.scalar("spec", "updatePolicy", "updateMode")
        return mode is None or not (mode.opaque or mode.text == "Off")

    def controls(self, resource_name: str, container: str | None) -> bool:
        """Tell whether it sets the request for a resource in a container (None: in any)."""
        policies = self.root.items_at("spec", "resourcePolicy", "containerPolicies")
        every = next((policy for policy in policies if policy.text_at("containerName") == "*"), None)
        if container is not None:
            own = next((policy for policy in policies if policy.text_at("containerName") == container), every)
            return own is None or _policy_controls(own, resource_name)
        if every is None:
            return True  # containers without a policy of their own are controlled
        return any(_policy_controls(policy, resource_name) for policy in policies)


def _policy_controls(policy: Node, resource_name: str) -> bool:
    if policy.text_at("mode") == "Off":
        return False
    if policy.at("controlledResources") is None:
        return True
    return any(
        isinstance(item, Scalar) and item.text == resource_name for item in policy.items_at("controlledResources")
    )


Autoscaler: TypeAlias = HorizontalPodAutoscaler | ScaledObject


def resource_metrics(autoscaler: Autoscaler) -> Iterator[tuple[str, str | None, Node]]:
    """Yield resource, container (None: all of the pod) and node of each metric that is a share of the request."""
    if isinstance(autoscaler, HorizontalPodAutoscaler):
        yield from autoscaler.resource_metrics()
        return
    for trigger in autoscaler.triggers():
        kind = trigger.scalar("type")
        if kind is None or kind.text not in ("cpu", "memory"):
            continue
        relative = trigger.text_at("metricType") or trigger.text_at("metadata", "type") or "Utilization"
        if relative == "Utilization":
            yield kind.text, trigger.text_at("metadata", "containerName"), kind


def scaled_by(graph: Graph) -> dict[tuple[int, str, str, str], list[tuple[Autoscaler, Scalar]]]:
    """Return the autoscalers with the node of their target's name, by unit, kind, namespace and name of the target.

    Paused ScaledObjects are left out, and those that take over the HorizontalPodAutoscaler that exists.
    """

    def collect() -> dict[tuple[int, str, str, str], list[tuple[Autoscaler, Scalar]]]:
        found: dict[tuple[int, str, str, str], list[tuple[Autoscaler, Scalar]]] = {}
        autoscalers: list[Autoscaler] = [*graph.subjects(HorizontalPodAutoscaler), *graph.subjects(ScaledObject)]
        for autoscaler in autoscalers:
            if isinstance(autoscaler, ScaledObject) and (autoscaler.paused or autoscaler.takes_over):
                continue
            for reference in graph.outgoing(autoscaler, "scales"):
                if isinstance(reference.node, Scalar) and not reference.node.opaque:
                    _, kind, namespace, name = reference.wanted
                    place = (id(autoscaler.unit), kind, namespace, name)
                    found.setdefault(place, []).append((autoscaler, reference.node))
        return found

    return graph.once("scaled by", collect)


class ScaleFault(NamedTuple):
    """Why nothing can be scaled: the node to mend, what is wrong with it, and the apiVersion to write, if any."""

    node: Node
    headline: str
    label: str
    help: str
    meant: str | None = None


def scale_fault(graph: Graph, autoscaler: Autoscaler) -> ScaleFault | None:
    """Return why the target of an autoscaler cannot be scaled whatever objects exist; None where it may be.

    The controller looks the kind up in the group of the apiVersion (the version does not matter) and asks for the
    ``scale`` subresource. Source: Kubernetes documentation, "Horizontal Pod Autoscaling", `scaleTargetRef`.
    """
    target = autoscaler.target
    kind = None if target is None else target.scalar("kind")
    if target is None or kind is None or kind.opaque:
        return None
    written = target.scalar("apiVersion")
    if written is not None and written.opaque:
        return None
    if written is None and isinstance(autoscaler, ScaledObject):
        return None  # KEDA fills in apps/v1
    api_version = "" if written is None else written.text
    serving = _kinds(graph).get(kind.text, {})
    group = api_version.rpartition("/")[0]
    if group not in serving:
        if not serving and group in BUILTIN_GROUPS:
            return _misspelt_kind(graph, kind, group)
        if not serving or group not in BUILTIN_GROUPS or _served_once(graph, group, kind.text):
            return None
        meant = next(iter(serving.values()))
        shown = f"`{api_version}` has" if api_version else "the core group has"
        return ScaleFault(
            written or kind,
            f"{shown} no kind `{kind.text}`, so nothing is scaled",
            f"{kind.text} is served by `{meant}`",
            f"write `apiVersion: {meant}`",
            None if written is None else meant,
        )
    if _cannot_scale(api_version, kind.text):
        return ScaleFault(
            kind,
            f"a {kind.text} cannot be scaled by an autoscaler",
            "this kind has no `scale` subresource",
            "scale a Deployment, a StatefulSet or another kind that has replicas",
        )
    return None


def _misspelt_kind(graph: Graph, kind: Scalar, group: str) -> ScaleFault | None:
    """Return the fault of a kind that does not exist but is near to one of its group that can be scaled."""
    scalable = [
        name for name, serving in _kinds(graph).items() if group in serving and not _cannot_scale(serving[group], name)
    ]
    near = nearest(kind.text, scalable)
    if not near:
        return None
    return ScaleFault(
        kind,
        f"there is no kind `{kind.text}`, so nothing is scaled",
        did_you_mean(near),
        f"write `{near[0]}`",
        near[0] if len(near) == 1 else None,
    )


def _served_once(graph: Graph, group: str, kind: str) -> bool:
    """Tell whether the targeted version is so old that the group still had the kind (`extensions`, before 1.16)."""
    version = validation.parse_version(validation.target(graph))
    return (group, kind) in resources() and version is not None and version < (1, 16)


def _cannot_scale(api_version: str, kind: str) -> bool:
    found = resource(api_version, kind)
    return found is not None and "scale" not in found.subresources


def _kinds(graph: Graph) -> dict[str, dict[str, str]]:
    """Return for each built-in kind of the targeted version the groups that serve it, with an apiVersion of each."""

    def collect() -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for api_version, kind in pack.kinds(pack.nearest_version(validation.target(graph))):
            groups = found.setdefault(kind, {})
            group = group_of(api_version)
            if group not in groups or "beta" in groups[group]:
                groups[group] = api_version
        return found

    return graph.once("groups by kind", collect)


def container_metrics(autoscaler: HorizontalPodAutoscaler) -> Iterator[Scalar]:
    """Yield the container that each ContainerResource metric reads."""
    for metric in autoscaler.root.items_at("spec", "metrics"):
        if metric.text_at("type") == "ContainerResource":
            name = metric.scalar("containerResource", "container")
            if name is not None:
                yield name


def containers_of(workload: Workload) -> dict[str, Container]:
    """Return the containers of a workload's pods that run as long as the pod, by name."""
    template = workload.template
    if template is None:
        return {}
    return {
        container.name.text: container
        for container in template.containers
        if container.name is not None and container.long_running
    }


VIEWS: dict[tuple[str, str], type[KubernetesObject]] = {
    ("keda.sh", "ScaledObject"): ScaledObject,
    ("keda.sh", "ScaledJob"): ScaledJob,
    ("autoscaling.k8s.io", "VerticalPodAutoscaler"): VerticalPodAutoscaler,
}
