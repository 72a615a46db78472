"""Which workloads a policy, a Sidecar, an EnvoyFilter or a Gateway is for.

A policy selects pods of its own namespace, one of the root namespace and a Gateway those of all namespaces.
Without selector it is for all of them. Pods are those of every pod template and of WorkloadEntries.

Source: Istio, ``pilot/pkg/model/policyattachment.go``; Istio reference, ``selector`` or ``workloadSelector`` of
each kind; "Gateway", field ``selector``.
"""

from __future__ import annotations

from typing import NamedTuple

from kubelint.graph.model import Entity, Key, Reference, Resolution, Unit
from kubelint.graph.query import Graph, fits
from kubelint.suggest import is_near, nearest
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import (
    SYSTEM,
    AuthorizationPolicy,
    DestinationRule,
    EnvoyFilter,
    Gateway,
    IstioObject,
    Machine,
    PeerAuthentication,
    ProxyConfig,
    RequestAuthentication,
    ServiceEntry,
    Sidecar,
    Telemetry,
    TrafficExtension,
    WasmPlugin,
)
from kubelint.systems.kubernetes.matching import pods
from kubelint.systems.kubernetes.pod import INJECTED_LABELS, PodTemplate
from kubelint.systems.kubernetes.selectors import Requirement, Selector, equality_selector
from kubelint.tree.node import Mapping, Scalar

_PATHS: dict[type[IstioObject], tuple[str, ...]] = {
    Gateway: ("spec", "selector"),
    AuthorizationPolicy: ("spec", "selector", "matchLabels"),
    PeerAuthentication: ("spec", "selector", "matchLabels"),
    RequestAuthentication: ("spec", "selector", "matchLabels"),
    ProxyConfig: ("spec", "selector", "matchLabels"),
    Telemetry: ("spec", "selector", "matchLabels"),
    WasmPlugin: ("spec", "selector", "matchLabels"),
    TrafficExtension: ("spec", "selector", "matchLabels"),
    Sidecar: ("spec", "workloadSelector", "labels"),
    EnvoyFilter: ("spec", "workloadSelector", "labels"),
    ServiceEntry: ("spec", "workloadSelector", "labels"),
    DestinationRule: ("spec", "workloadSelector", "matchLabels"),
}
#: Kinds of which the root namespace's objects select in all namespaces.
_MESH_WIDE = (AuthorizationPolicy, RequestAuthentication, EnvoyFilter, Telemetry, WasmPlugin, TrafficExtension)
BINDS = "binds"


class Binding(NamedTuple):
    """The detail of a ``binds`` reference: what is selected; for a near miss where selector and pods part.

    ``actual`` is the value that a pod has instead, or its key where the key is misspelt.
    """

    selector: Selector
    templates: tuple[PodTemplate, ...] = ()
    requirement: Requirement | None = None
    actual: Scalar | None = None
    misspelt_key: bool = False


def workload_selector(item: IstioObject) -> Selector | None:
    """Return the selector of an object; None where it has none or an empty one: it is for all workloads."""
    path = _PATHS.get(type(item))
    node = None if path is None else item.root.mapping(*path)
    return None if node is None or not len(node) else equality_selector(node)


def attached(item: IstioObject) -> bool:
    """Tell whether an object is attached to a target, so that sidecars ignore it."""
    return item.root.at("spec", "targetRef") is not None or bool(item.root.items_at("spec", "targetRefs"))


def link(graph: Graph) -> None:
    """Resolve the selectors of all objects that have one."""
    root = mesh(graph).root_namespace
    for kind in _PATHS:
        for item in graph.subjects(kind):
            selector = workload_selector(item)
            if selector is not None:
                everywhere = kind is Gateway or (kind in _MESH_WIDE and item.namespace == root)
                _bind(graph, item, selector, "" if everywhere else item.namespace)


def binding(graph: Graph, item: IstioObject) -> Binding | None:
    """Return what the selector of an object means; None where it has no selector."""
    for reference in graph.outgoing(item, BINDS):
        if isinstance(reference.detail, Binding):
            return reference.detail
    return None


def bound_templates(graph: Graph, item: IstioObject) -> list[PodTemplate]:
    """Return the pod templates that an object is surely for: selected, or all of its namespace in its unit."""
    found = binding(graph, item)
    if found is not None:
        return list(found.templates)
    if attached(item):
        return []
    root = mesh(graph).root_namespace
    everywhere = item.namespace == root
    return [
        template
        for template in pods(graph).by_unit.get(id(item.unit), ())
        if everywhere or fits(template.owner.namespace, item.namespace)
    ]


def _bind(graph: Graph, item: IstioObject, selector: Selector, namespace: str) -> None:
    wanted = Key(SYSTEM, "workload", namespace, str(selector))
    reference = Reference(BINDS, item, selector.node, wanted, Resolution.UNKNOWN, detail=Binding(selector))
    if not selector.opaque:
        templates = tuple(pods(graph).select(selector, namespace, item.unit))
        machines = [machine for machine in graph.subjects(Machine) if selector.matches(machine.labels_of_endpoints)]
        if templates or machines:
            owners: dict[int, Entity] = {id(template.owner): template.owner for template in templates}
            owners.update((id(machine), machine) for machine in machines)
            reference.resolution, reference.targets = Resolution.RESOLVED, tuple(owners.values())
            reference.detail = Binding(selector, templates)
        elif graph.is_external(wanted):
            reference.resolution = Resolution.EXTERNAL
        elif not item.unit.incomplete:
            _near(graph, item, reference, selector, namespace)
    graph.add_reference(reference)


def _near(graph: Graph, item: IstioObject, reference: Reference, selector: Selector, namespace: str) -> None:
    """Find the pods that a selector misses by one slip; where there are none the pods may live elsewhere."""
    pool = _pool(graph, item.unit)
    slips = {requirement.key: nearest(requirement.key, pool.keys) for requirement in selector.requirements}
    for template in pool.templates if _worth_a_look(selector, slips, pool) else ():
        if not fits(template.owner.namespace, namespace):
            continue
        wrong = [
            requirement
            for requirement in selector.requirements
            if requirement.key not in INJECTED_LABELS and not requirement.accepts(template.labels)
        ]
        if len(wrong) != 1:
            continue
        requirement = wrong[0]
        wanted, actual = requirement.values[0].text, template.labels.get(requirement.key)
        misspelt = actual is None
        if actual is not None and not is_near(wanted, actual.text):
            continue
        if misspelt:
            key = next((k for k in slips[requirement.key] if template.labels.get(k) is not None), None)
            labels = None if template.metadata is None else template.metadata.mapping("labels")
            if key is None or labels is None or template.labels[key].text != wanted:
                continue
            actual = labels.key(key)
        reference.resolution = Resolution.NEAR_MISS
        reference.candidates = (template.owner,)
        reference.detail = Binding(selector, (), requirement, actual, misspelt)
        return
    if item.unit.closed and not isinstance(item, Gateway):
        reference.resolution = Resolution.MISSING


class _Pool(NamedTuple):
    """The pods among which a selector of a unit may have been meant: of the unit, else of the folders beside it."""

    templates: list[PodTemplate]
    keys: frozenset[str]
    values: dict[str, frozenset[str]]


def _pool(graph: Graph, unit: Unit) -> _Pool:
    def collect() -> _Pool:
        index = pods(graph)
        templates = index.by_unit.get(id(unit)) or [
            found for other in graph.siblings(unit) for found in index.by_unit.get(id(other), ())
        ]
        values: dict[str, set[str]] = {}
        for template in templates:
            for key, value in template.labels.items():
                values.setdefault(key, set()).add(value.text)
        return _Pool(templates, frozenset(values), {key: frozenset(texts) for key, texts in values.items()})

    return graph.once(("pods to compare", id(unit)), collect)


def _worth_a_look(selector: Selector, slips: dict[str, list[str]], pool: _Pool) -> bool:
    """Tell whether any label of the pods is near one of the selector, before each pod is looked at."""
    for requirement in selector.requirements:
        wanted = requirement.values[0].text
        if any(is_near(wanted, text) for text in pool.values.get(requirement.key, ())):
            return True
        if any(wanted in pool.values[key] for key in slips[requirement.key]):
            return True
    return False


def labels_of(item: IstioObject) -> Mapping | None:
    """Return the mapping of the labels that an object selects by."""
    path = _PATHS.get(type(item))
    return None if path is None else item.root.mapping(*path)
