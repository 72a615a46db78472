"""Which pods a subset means: those of the host's Service that have the subset's labels as well.

Source: Istio reference, "DestinationRule", ``Subset``; Istio's analyzer ``destinationrule/subset.go`` (labels that
Istio itself gives to endpoints).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kubelint.graph.model import Entity, Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.suggest import is_near, nearest
from kubelint.systems.istio.model import SYSTEM, DestinationRule, Machine, Subset
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.pod import INJECTED_LABELS, PodTemplate
from kubelint.systems.kubernetes.selectors import Requirement, Selector
from kubelint.tree.node import Scalar

#: Labels that Istio gives to endpoints from the node and the cluster that they run in.
ENDPOINT_LABELS = frozenset(
    {
        "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone",
        "topology.istio.io/subzone",
        "topology.istio.io/cluster",
        "topology.istio.io/network",
        "kubernetes.io/hostname",
    }
)


class SubsetMismatch(NamedTuple):
    """Where a subset and the pods of its Service part.

    ``actual`` is the value that a pod has instead, or its key where the key is misspelt; None where no pod has the
    label at all. ``template`` is that pod's.
    """

    requirement: Requirement
    actual: Scalar | None
    template: PodTemplate

    @property
    def wanted(self) -> Scalar:
        """The value that the subset asks for."""
        return self.requirement.values[0]


def link_subset_pods(graph: Graph, rule: DestinationRule, subset: Subset) -> None:
    """Resolve the labels of a subset among the pods of the Services that its rule is about."""
    selector = subset.selector
    if selector is None:
        return
    wanted = Key(SYSTEM, "pods of subset", subset.namespace, subset.key.name)
    reference = Reference("selects", rule, selector.node, wanted, Resolution.UNKNOWN)
    templates = service_pods(graph, [s for r in graph.outgoing(rule, "applies-to") for s in r.targets])
    found = subset_pods(templates, subset)
    if found:
        reference.resolution = Resolution.RESOLVED
        reference.targets = tuple({id(template.owner): template.owner for template in found}.values())
    elif templates and not selector.opaque and not rule.unit.incomplete and not _machine(graph, selector):
        mismatch = _mismatch(rule, selector, templates)
        if mismatch is not None:
            reference.detail = mismatch
            reference.resolution = Resolution.NEAR_MISS
            reference.candidates = (mismatch.template.owner,)
        elif rule.unit.closed:
            reference.resolution = Resolution.MISSING
    graph.add_reference(reference)


def service_pods(graph: Graph, services: Iterable[Entity]) -> list[PodTemplate]:
    """Return the pod templates that Services of the repository select."""
    found: dict[int, PodTemplate] = {}
    for service in services:
        for reference in graph.outgoing(service, "selects"):
            if isinstance(reference.detail, SelectorMatch):
                found.update((id(template), template) for template in reference.detail.templates)
    return list(found.values())


def subset_pods(templates: list[PodTemplate], subset: Subset) -> list[PodTemplate]:
    """Return the templates among those of a Service that have the labels of a subset."""
    selector = subset.selector
    if selector is None:
        return templates
    asked = _asked(selector)
    return [t for t in templates if all(requirement.accepts(t.labels) for requirement in asked)]


def _asked(selector: Selector) -> list[Requirement]:
    """Return the requirements that pod templates must meet: the other labels come from elsewhere."""
    return [r for r in selector.requirements if r.key not in INJECTED_LABELS and r.key not in ENDPOINT_LABELS]


def _machine(graph: Graph, selector: Selector) -> bool:
    """Tell whether a virtual machine has the labels: Services select WorkloadEntries like pods."""
    return any(selector.matches(machine.labels_of_endpoints) for machine in graph.subjects(Machine))


def _mismatch(rule: DestinationRule, selector: Selector, templates: list[PodTemplate]) -> SubsetMismatch | None:
    """Return the one label that keeps a subset from its pods; None where the pods may come from elsewhere.

    That is a value or a key that is a slip of what a pod has, or a key that no pod of the Service has. A value that is
    merely not there (``v4`` beside ``v1`` and ``v2``) may be deployed by somebody else.
    """
    taken = {(key, value.text) for subset in rule.subsets.values() for key, value in subset.labels.items()}
    asked = _asked(selector)
    missing: SubsetMismatch | None = None
    for template in templates:
        wrong = [requirement for requirement in asked if not requirement.accepts(template.labels)]
        if len(wrong) != 1:
            continue
        requirement, actual = wrong[0], template.labels.get(wrong[0].key)
        if actual is not None:
            is_slip = _slip(requirement.values[0].text, actual.text)
            if is_slip and (requirement.key, actual.text) not in taken:
                return SubsetMismatch(requirement, actual, template)
        else:
            keys = nearest(requirement.key, template.labels)
            if keys and template.metadata is not None:
                labels = template.metadata.mapping("labels")
                return SubsetMismatch(requirement, labels.key(keys[0]) if labels is not None else None, template)
            missing = missing or SubsetMismatch(requirement, None, template)
    if missing is not None and not any(missing.requirement.key in template.labels for template in templates):
        return missing
    return None


def _slip(wanted: str, actual: str) -> bool:
    """Tell whether two label values are probably meant to be the same: ``1`` and ``v1`` are."""
    return is_near(wanted, actual) or wanted.lower().removeprefix("v") == actual.lower().removeprefix("v")
