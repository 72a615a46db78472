"""What is drawn: a node for each resource, an edge for all references of one kind from one to another.

Parts of a resource (ports, keys, subsets) are not nodes; a reference to one is an edge to its owner that names it. A
name that does not exist is a node of its own, so that the hole is seen, and so is what may lie outside.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kubelint.check import Report
from kubelint.finding import Finding
from kubelint.graph.model import Entity, Key, Reference, Resolution, Resource, Unit
from kubelint.source import Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: path, line and column from 1."""

    path: str
    line: int
    column: int

    @classmethod
    def of(cls, span: Span) -> Place:
        """Return the place where a span begins."""
        return cls(span.file.path, span.line, span.column)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding on a node: its rule, severity (``error``, ``warning``, ``info``), text, place and advice."""

    rule: str
    severity: str
    text: str
    place: Place
    help: str


@dataclass(slots=True)
class Node:
    """A resource, a name that is ``missing``, or one that may lie ``outside`` of the repository."""

    id: str
    system: str
    kind: str
    name: str
    namespace: str
    unit: str
    place: Place | None
    state: str = "here"
    issues: list[Issue] = field(default_factory=list)

    @property
    def worst(self) -> str:
        """The worst severity of its findings; empty where it has none."""
        found = {issue.severity for issue in self.issues}
        return next((severity for severity in ("error", "warning", "info") if severity in found), "")


@dataclass(frozen=True, slots=True)
class Edge:
    """All references of one kind from a node to another. ``state`` is that of the resolution."""

    source: str
    target: str
    kind: str
    state: str
    places: tuple[Place, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn. ``units`` maps the id of a unit to what it is called."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    units: dict[str, str]
    title: str
    left_out: int = 0

    def around(self, ids: Iterable[str], depth: int) -> Picture:
        """Return what is at most ``depth`` references away from some nodes, in either direction."""
        neighbours: dict[str, set[str]] = defaultdict(set)
        for edge in self.edges:
            neighbours[edge.source].add(edge.target)
            neighbours[edge.target].add(edge.source)
        distance = dict.fromkeys(ids, 0)
        pending = deque(distance)
        while pending:
            current = pending.popleft()
            if distance[current] < depth:
                for other in sorted(neighbours[current] - distance.keys()):
                    distance[other] = distance[current] + 1
                    pending.append(other)
        return self._only(distance.keys())

    def _only(self, ids: Iterable[str]) -> Picture:
        kept = set(ids)
        nodes = tuple(node for node in self.nodes if node.id in kept)
        edges = tuple(edge for edge in self.edges if edge.source in kept and edge.target in kept)
        units = {unit: name for unit, name in self.units.items() if any(node.unit == unit for node in nodes)}
        return replace(self, nodes=nodes, edges=edges, units=units)


def picture(report: Report, *, outside: bool = True) -> Picture:
    """Return the picture of a checked repository; ``outside`` adds names that may lie outside of it."""
    return _Drawing(report, outside=outside).picture()


class _Drawing:
    def __init__(self, report: Report, *, outside: bool) -> None:
        self.report = report
        self.graph = report.built.graph
        self.outside = outside
        self.units = {id(unit): f"u{number}" for number, unit in enumerate(self.graph.units)}
        self.nodes: dict[str, Node] = {}
        self.ids: dict[int, str] = {}

    def picture(self) -> Picture:
        for resource in self.graph.subjects(Resource):
            self._add(resource)
        edges = self._edges()
        self._findings()
        used = {node.unit for node in self.nodes.values()}
        units = {self.units[id(unit)]: str(unit) for unit in self.graph.units if self.units[id(unit)] in used}
        units |= {unit: name for unit, name in (("outside", "outside of the repository"),) if unit in used}
        title = self.report.root.name or str(self.report.root)
        return Picture(tuple(self.nodes.values()), tuple(edges), units, title)

    def _add(self, resource: Resource) -> None:
        node = Node(
            id=f"n{len(self.nodes)}",
            system=resource.key.system,
            kind=resource.key.kind,
            name=resource.name,
            namespace=resource.namespace,
            unit=self._unit(resource.unit),
            place=Place.of(resource.span),
        )
        self.nodes[node.id] = node
        self.ids[id(resource)] = node.id

    def _unit(self, unit: Unit) -> str:
        return self.units.setdefault(id(unit), f"u{len(self.units)}")

    def _edges(self) -> list[Edge]:
        found: dict[tuple[str, str, str, str], dict[Reference, str]] = {}
        for reference in self.graph.references:
            source = self.ids.get(id(reference.source))
            if source is None:
                continue
            for target, name in self._targets(reference):
                if target != source:
                    key = (source, target, reference.kind, reference.resolution.value)
                    found.setdefault(key, {})[reference] = name
        return [
            Edge(
                *key,
                places=tuple(dict.fromkeys(Place.of(reference.span) for reference in references)),
                names=tuple(dict.fromkeys(filter(None, references.values()))),
            )
            for key, references in found.items()
        ]

    def _targets(self, reference: Reference) -> Iterable[tuple[str, str]]:
        for target in reference.targets:
            owner = target.owner if target.owner is not None else target
            if id(owner) in self.ids:
                yield self.ids[id(owner)], "" if owner is target else _part(target)
        if reference.dangling:
            yield self._stand_in(reference.wanted, "missing", self._unit(reference.source.unit)), ""
        elif reference.resolution is Resolution.UNKNOWN and self.outside and reference.wanted.name:
            yield self._stand_in(reference.wanted, "outside", "outside"), ""

    def _stand_in(self, wanted: Key, state: str, unit: str) -> str:
        key = f"{state}:{unit}:{wanted.system}:{wanted}"
        if key not in self.nodes:
            self.nodes[key] = Node(key, wanted.system, wanted.kind, wanted.name, wanted.namespace, unit, None, state)
        return key

    def _findings(self) -> None:
        by_subject: dict[str, list[Node]] = defaultdict(list)
        by_file: dict[str, list[tuple[int, int, Node]]] = defaultdict(list)
        for resource in self.graph.subjects(Resource):
            node = self.nodes[self.ids[id(resource)]]
            by_subject[str(resource)].append(node)
            by_file[resource.root.source.path].append((resource.root.start, resource.root.end, node))
        for finding in self.report.findings:
            for node in _nodes_of(finding, by_subject, by_file, self._names()):
                node.issues.append(_issue(finding))

    def _names(self) -> dict[str, str]:
        return {self.units[id(unit)]: unit.path for unit in self.graph.units}


def _nodes_of(
    finding: Finding,
    by_subject: dict[str, list[Node]],
    by_file: dict[str, list[tuple[int, int, Node]]],
    units: dict[str, str],
) -> list[Node]:
    """Return the nodes that a finding is on: its subject in the units where it holds, else what lies at its place."""
    found = by_subject.get(finding.subject, [])
    if finding.holds_in:
        found = [node for node in found if units.get(node.unit) in finding.holds_in] or found
    own = [node for node in found if node.place is not None and node.place.path == finding.span.file.path]
    if own or found:
        return own or found
    place = finding.span
    return [node for start, end, node in by_file.get(place.file.path, ()) if start <= place.start <= end][:1]


def _issue(finding: Finding) -> Issue:
    place = Place.of(finding.span)
    return Issue(finding.rule, finding.severity.label, finding.headline, place, finding.help or "")


def _part(entity: Entity) -> str:
    return f"{entity.key.kind} {entity.name.rpartition('/')[2]}"
