"""ResourceQuotas and LimitRanges: what a namespace may use, and what its containers get and must say.

The order of things: the API server copies limits into requests, then each LimitRange fills in what is left out and
checks, then each ResourceQuota counts.

Source: Kubernetes documentation, "Resource Quotas" (Enabling, Quota scopes, Requests compared to limits) and "Limit
Ranges"; API reference, LimitRangeItem (`default`, `defaultRequest`), ResourceQuotaSpec.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from kubelint.graph.query import Graph, fits
from kubelint.systems.kubernetes import resource_requirements
from kubelint.systems.kubernetes.model import KubernetesObject, LimitRange
from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.systems.kubernetes.quantity import quantity
from kubelint.systems.kubernetes.scope import by_namespace, share_namespace
from kubelint.tree.node import Node, Scalar

REQUESTS, LIMITS = "requests", "limits"
#: What a quota makes every container say: key of the quota to section and resource.
_REQUIRED = {
    "cpu": (REQUESTS, "cpu"),
    "memory": (REQUESTS, "memory"),
    "requests.cpu": (REQUESTS, "cpu"),
    "requests.memory": (REQUESTS, "memory"),
    "limits.cpu": (LIMITS, "cpu"),
    "limits.memory": (LIMITS, "memory"),
}


class ResourceQuota(KubernetesObject):
    """A ResourceQuota."""

    def hard(self) -> Iterator[tuple[Scalar, Scalar]]:
        """Yield key and value of each limit."""
        for key, value in self.root.pairs_at("spec", "hard"):
            if isinstance(value, Scalar):
                yield key, value

    def required(self) -> Iterator[tuple[Scalar, str, str]]:
        """Yield the key, and the section and resource that every container must have because of it."""
        for key, _ in self.hard():
            if key.text in _REQUIRED:
                yield key, *_REQUIRED[key.text]

    def counts(self, template: PodTemplate) -> bool | None:
        """Tell whether pods of a template are counted; None where only the cluster knows."""
        verdict: bool | None = True
        scopes: list[tuple[str, str, tuple[str, ...]]] = [
            (item.text, "Exists", ()) for item in self.root.items_at("spec", "scopes") if isinstance(item, Scalar)
        ]
        for node in self.root.items_at("spec", "scopeSelector", "matchExpressions"):
            values = tuple(item.text for item in node.items_at("values") if isinstance(item, Scalar))
            scopes.append((node.text_at("scopeName") or "", node.text_at("operator") or "", values))
        for name, operator, values in scopes:
            answer = _in_scope(template, name, operator, values)
            if answer is False:
                return False
            verdict = None if answer is None else verdict
        return verdict


def _in_scope(template: PodTemplate, name: str, operator: str, values: tuple[str, ...]) -> bool | None:
    if name in ("Terminating", "NotTerminating"):
        return (template.spec.at("activeDeadlineSeconds") is not None) == (name == "Terminating")
    if name in ("BestEffort", "NotBestEffort"):
        said = any(
            container.node.at("resources", section) is not None
            for container in template.containers
            for section in (REQUESTS, LIMITS)
        )
        # A LimitRange or an admission webhook may still fill in what is not said.
        return said == (name == "NotBestEffort") if said else None
    if name == "PriorityClass":
        given = template.spec.scalar("priorityClassName")
        if given is None or given.opaque:
            return None
        if operator in ("In", "NotIn"):
            return (given.text in values) == (operator == "In")
        return operator == "Exists"
    return None


class Amount(NamedTuple):
    """How much of a resource a container requests or is limited to; ``node`` is where it is written.

    ``value`` is None where it is only known later; ``filler`` the LimitRange that fills it in (None: its own words).
    """

    value: Fraction | None
    node: Node
    filler: LimitRange | None = None


class Amounts:
    """What a container requests and is limited to once limits are copied and LimitRanges have filled in the rest."""

    def __init__(self, container: Container, ranges: list[LimitRange]) -> None:
        self.container = container
        self._found: dict[tuple[str, str], Amount] = {}
        for section in (REQUESTS, LIMITS):
            for key, value in container.node.pairs_at("resources", section):
                self._found[section, key.text] = Amount(quantity(value), value)
        for (section, resource), amount in list(self._found.items()):
            if section == LIMITS:
                self._found.setdefault((REQUESTS, resource), amount)
        for limit_range in ranges:
            for place, amount in _fillers(limit_range):
                self._found.setdefault(place, amount)

    def get(self, section: str, resource: str) -> Amount | None:
        """Return the amount of a section (``requests``, ``limits``) for a resource; None where there is none."""
        return self._found.get((section, resource))


def _fillers(limit_range: LimitRange) -> Iterator[tuple[tuple[str, str], Amount]]:
    """Yield what a LimitRange fills into containers: ``max`` stands in for ``default``, that for ``defaultRequest``."""
    for item in limit_range.root.items_at("spec", "limits"):
        if item.text_at("type") != "Container":
            continue
        for field in ("default", "max"):
            for key, value in item.pairs_at(field):
                yield (LIMITS, key.text), Amount(quantity(value), value, limit_range)
        for field in ("defaultRequest", "default", "max", "min"):
            for key, value in item.pairs_at(field):
                yield (REQUESTS, key.text), Amount(quantity(value), value, limit_range)


def ranges_of(graph: Graph, item: KubernetesObject) -> list[LimitRange]:
    """Return the LimitRanges that surely hold for an object's namespace."""
    here = by_namespace(graph, LimitRange).get(item.namespace, ())
    graph.effort.spend(len(here) * 4)
    return [limit_range for limit_range in here if share_namespace(graph, limit_range, item)]


def quotas_of(graph: Graph, item: KubernetesObject) -> list[ResourceQuota]:
    """Return the ResourceQuotas that surely hold for an object's namespace."""
    here = by_namespace(graph, ResourceQuota).get(item.namespace, ())
    graph.effort.spend(len(here) * 4)
    return [quota for quota in here if share_namespace(graph, quota, item)]


def lacking(graph: Graph, quota: ResourceQuota, container: Container) -> list[tuple[Scalar, str, str]]:
    """Return what a container must say because of a quota and does not: the quota's key, section and resource.

    Anything that may fill it in excuses: a LimitRange that may be of the namespace, an autoscaler, a placeholder.
    """
    if resource_requirements.has(container.template.spec, "resources") or container.section == "ephemeralContainers":
        return []
    owner = container.owner
    known = by_namespace(graph, LimitRange)
    ranges = [found for name in known if fits(name, owner.namespace) for found in known[name]]
    graph.effort.spend(len(ranges) * 4)
    amounts = Amounts(container, ranges)
    return [
        (key, section, resource)
        for key, section, resource in quota.required()
        if amounts.get(section, resource) is None
        and not (
            resource_requirements.requests(graph, container, resource)
            if section == REQUESTS
            else resource_requirements.limits(graph, container, resource)
        )
    ]


VIEWS: dict[tuple[str, str], type[KubernetesObject]] = {("", "ResourceQuota"): ResourceQuota}
