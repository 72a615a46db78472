"""Which pods a selector means, and which ones it probably was meant to mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple, TypeVar

from kubelint.effort import Effort
from kubelint.graph.model import Entity, Key, Reference, Resolution, Unit
from kubelint.graph.query import Graph, fits
from kubelint.suggest import is_near, nearest
from kubelint.systems.kubernetes.model import KubernetesObject, Service
from kubelint.systems.kubernetes.pod import INJECTED_LABELS, PodTemplate
from kubelint.systems.kubernetes.producers import operated
from kubelint.systems.kubernetes.selectors import Requirement, Selector
from kubelint.tree.node import Node, Scalar

N = TypeVar("N", bound=Node)


class LabelMismatch(NamedTuple):
    """Where a selector and a pod template part: the requirement and what the template has instead (None: nothing)."""

    requirement: Requirement
    actual: Node | None


@dataclass(slots=True)
class SelectorMatch:
    """The detail of a selector's reference: the selector, what it selects and, for a near miss, where they part.

    ``scattered``: each label that is asked for is there, but no pod has all of them. A near miss without mismatches is
    in another namespace.
    """

    selector: Selector
    templates: list[PodTemplate] = field(default_factory=list)
    mismatches: list[LabelMismatch] = field(default_factory=list)
    nearest: PodTemplate | None = None
    scattered: bool = False


class PodIndex:
    """Pod templates by label and unit, so that selecting is linear in what matches and not in what exists."""

    def __init__(self, templates: Iterable[PodTemplate]) -> None:
        self.all = list(templates)
        self.by_unit: dict[int, list[PodTemplate]] = defaultdict(list)
        self._by_label: dict[tuple[str, str], dict[int, list[PodTemplate]]] = defaultdict(dict)
        self._opaque: dict[int, list[PodTemplate]] = defaultdict(list)
        for template in self.all:
            unit = id(template.owner.unit)
            self.by_unit[unit].append(template)
            for key, value in template.labels.items():
                self._by_label[key, value.text].setdefault(unit, []).append(template)
            if any(value.opaque for value in template.labels.values()):
                self._opaque[unit].append(template)

    def select(self, selector: Selector, namespace: str, unit: Unit | None = None) -> list[PodTemplate]:
        """Return the templates that a selector matches in a namespace: those of the unit where it has any."""
        wanted = _wanted(selector)
        own = [] if unit is None else self._within(selector, namespace, wanted, id(unit))
        if own:
            return own
        # Each pod that can match bears the rarest of the wanted labels, so its units are all that must be looked at.
        rarest = min((self._by_label.get(label, {}) for label in wanted), key=len, default=self.by_unit)
        units = [*rarest, *(other for other in self._opaque if other not in rarest)]
        return [found for other in units for found in self._within(selector, namespace, wanted, other)]

    def within(self, selector: Selector, namespace: str, unit: Unit, effort: Effort) -> Iterator[PodTemplate]:
        """Yield the templates of a unit that a selector matches in a namespace: as far as somebody asks."""
        for template in self._pool(_wanted(selector), id(unit)):
            effort.spend(1)
            if fits(template.owner.namespace, namespace) and _accepts(selector, template):
                yield template

    def _within(
        self, selector: Selector, namespace: str, wanted: list[tuple[str, str]], unit: int
    ) -> list[PodTemplate]:
        return [
            template
            for template in self._pool(wanted, unit)
            if fits(template.owner.namespace, namespace) and _accepts(selector, template)
        ]

    def _pool(self, wanted: list[tuple[str, str]], unit: int) -> Iterable[PodTemplate]:
        """Return the templates of a unit that may bear the labels: those with the rarest of them."""
        pools: list[list[PodTemplate]] = [self._by_label.get(label, {}).get(unit, []) for label in wanted]
        if not pools:
            return self.by_unit.get(unit, [])
        rarest = min(range(len(pools)), key=lambda number: len(pools[number]))
        pool: Iterable[PodTemplate] = pools[rarest]
        if unit in self._opaque:
            key, text = wanted[rarest]
            others = (one for one in self._opaque[unit] if key not in one.labels or one.labels[key].text != text)
            pool = chain(pool, others)
        return pool


def _wanted(selector: Selector) -> list[tuple[str, str]]:
    """Return the labels that each pod which a selector matches bears."""
    return [
        (key, value.text) for key, value, _ in selector.equalities() if key not in INJECTED_LABELS and not value.opaque
    ]


def _accepts(selector: Selector, template: PodTemplate) -> bool:
    return all(
        requirement.accepts(template.labels)
        for requirement in selector.requirements
        if requirement.key not in INJECTED_LABELS
    )


def pods(graph: Graph) -> PodIndex:
    """Return the index of all pod templates."""
    return graph.once("pods", lambda: PodIndex(graph.subjects(PodTemplate)))


def select_pods(
    graph: Graph, verb: str, source: KubernetesObject, selector: Selector, *, kinship: bool = True
) -> Reference:
    """Resolve a selector over pods: in the unit, then in the repository; else look for what was meant.

    ``kinship`` says that the selector is most likely about the workload that is named like its source: true of a
    Service and its Deployment, not of an affinity. For a Service, pods of another namespace are a near miss as well:
    what a budget or a policy is for may well exist in each namespace.
    """
    index = pods(graph)
    match = SelectorMatch(selector)
    wanted = Key("kubernetes", "pods", source.namespace, str(selector))
    reference = Reference(verb, source, selector.node, wanted, Resolution.UNKNOWN, detail=match)
    if selector.opaque or not graph.may_link(selector.node, 1):
        return graph.add_reference(reference)
    match.templates = index.select(selector, source.namespace, source.unit)
    if not graph.may_link(selector.node, len(match.templates)):
        match.templates = []
        return graph.add_reference(reference)
    if match.templates:
        reference.resolution = Resolution.RESOLVED
        reference.targets = tuple(_owners(match.templates))
    elif graph.is_external(wanted):
        reference.resolution = Resolution.EXTERNAL
    elif not source.unit.incomplete and not _made_by_operator(graph, source.unit, selector):
        _nearest(graph, index, source, match, kinship=kinship)
        if match.nearest is not None:
            reference.resolution = Resolution.NEAR_MISS
            reference.candidates = (match.nearest.owner,)
        elif source.unit.closed:
            reference.resolution = Resolution.MISSING
    return graph.add_reference(reference)


def _owners(templates: Iterable[PodTemplate]) -> list[Entity]:
    owners: dict[int, Entity] = {}
    for template in templates:
        owners.setdefault(id(template.owner), template.owner)
    return list(owners.values())


def _made_by_operator(graph: Graph, unit: Unit, selector: Selector) -> bool:
    """Tell whether a custom resource of the unit mentions a wanted value: an operator makes the pods then."""

    def collect() -> frozenset[str]:
        mentioned = set()
        for item in operated(unit):
            mentioned.add(item.name)
            mentioned.update(node.text for node in item.root.walk() if isinstance(node, Scalar))
        return frozenset(mentioned)

    mentioned: frozenset[str] = graph.once(("mentioned by custom resources", id(unit)), collect)
    return any(value.text in mentioned for _, value, _ in selector.equalities())


def _nearest(graph: Graph, index: PodIndex, source: KubernetesObject, match: SelectorMatch, *, kinship: bool) -> None:
    best: tuple[int, int] | None = None
    pool = index.by_unit.get(id(source.unit), [])
    if not pool:
        pool = [found for unit in graph.siblings(source.unit) for found in index.by_unit.get(id(unit), ())]
    for template in pool:
        if not fits(template.owner.namespace, source.namespace):
            continue
        mismatches = _compare(match.selector, template)
        if not mismatches:
            continue
        score = _score(source, match.selector, template, mismatches, kinship=kinship)
        if score is not None and (best is None or score < best):
            best = score
            match.nearest, match.mismatches = template, mismatches
    if best is None and kinship:
        _scattered(source, pool, match)
    if match.nearest is None and isinstance(source, Service) and any(match.selector.equalities()):
        match.nearest = next((template for template in pool if _accepts(match.selector, template)), None)


def _scattered(source: KubernetesObject, pool: Iterable[PodTemplate], match: SelectorMatch) -> None:
    """Note the workload that a selector is about if each of its labels is there, but on different pods.

    It is the only one with a label of the selector, and lacks one other that some pod has.
    """
    near = [template for template in pool if fits(template.owner.namespace, source.namespace)]
    holders = [
        [template for template in near if requirement.accepts(template.labels)]
        for requirement in match.selector.requirements
    ]
    if len(holders) < 2 or not all(holders):
        return
    for found in holders:
        if len(_owners(found)) == 1 and len(mismatches := _compare(match.selector, found[0])) == 1:
            match.nearest, match.mismatches, match.scattered = found[0], mismatches, True
            return


def _compare(selector: Selector, template: PodTemplate) -> list[LabelMismatch]:
    labels = template.labels
    result = []
    for requirement in selector.requirements:
        if requirement.key in INJECTED_LABELS or requirement.accepts(labels):
            continue
        actual: Node | None = labels.get(requirement.key)
        if actual is None:
            near = nearest(requirement.key, labels)
            if near and template.metadata is not None:
                holder = template.metadata.mapping("labels")
                actual = None if holder is None else holder.key(near[0])
        result.append(LabelMismatch(requirement, actual))
    return result


def _score(
    source: KubernetesObject,
    selector: Selector,
    template: PodTemplate,
    mismatches: list[LabelMismatch],
    *,
    kinship: bool,
) -> tuple[int, int] | None:
    """Return how far a template is from a selector, lower is nearer; None where it was hardly meant.

    Near is: each differing value is a slip of the other; or one label only differs, and the two are kin: they bear the
    same name, or are the only Service and the only workload of their file.
    """
    slips = 0
    for mismatch in mismatches:
        actual = mismatch.actual
        if not isinstance(actual, Scalar):
            continue
        if actual.text != mismatch.requirement.key and actual is not template.labels.get(mismatch.requirement.key):
            slips += 1  # the label's key is misspelt
        elif any(is_near(value.text, actual.text) for value in mismatch.requirement.values):
            slips += 1
    if slips == len(mismatches):
        return 0, len(mismatches)
    kin = kinship and (source.name == template.owner.name or _alone_together(source, template))
    fitting = len(selector.requirements) - len(mismatches)
    if (
        kin
        and len(mismatches) == 1
        and mismatches[0].actual is not None
        and (fitting or len(selector.requirements) == 1)
    ):
        return 1, len(mismatches)
    if kin and fitting and len(mismatches) == 1:
        return 2, len(mismatches)
    return None


def _alone_together(source: KubernetesObject, template: PodTemplate) -> bool:
    file = source.root.source
    if template.owner.root.source is not file:
        return False
    members = [
        item for item in source.unit.resources if isinstance(item, KubernetesObject) and item.root.source is file
    ]
    return (
        sum(item.kind == source.kind for item in members)
        == 1
        == sum(item.kind == template.owner.kind for item in members)
    )


def nearest_nodes(name: str, nodes: MappingABC[str, N]) -> list[N]:
    """Return the nodes whose names are near misses of a name, nearest first."""
    return [nodes[found] for found in nearest(name, nodes)]
