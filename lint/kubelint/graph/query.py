"""The graph and the questions that rules, links and the language server ask of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeVar

from kubelint.config import Settings
from kubelint.effort import MOST_STEPS, Effort
from kubelint.graph.model import (
    Entity,
    EnvironmentVariable,
    Key,
    ProxyVariable,
    Reference,
    Resolution,
    Resource,
    Target,
    Unit,
)
from kubelint.repository import Repository
from kubelint.source import SourceFile
from kubelint.suggest import NameIndex
from kubelint.tree.keys import keys_below
from kubelint.tree.node import Node, Scalar
from kubelint.tree.problem import BoundExceeded

if TYPE_CHECKING:
    import networkx as nx

Subject = TypeVar("Subject")
_UNKNOWN: Any = object()
#: So many references are looked through faster than they are sorted.
_FEW = 16


class Graph:
    """All entities and references of a repository, indexed by what is asked for.

    Systems fill it in two phases: first every entity is added, then references are resolved against the whole. After
    that nothing changes it.
    """

    def __init__(self, repository: Repository, settings: Settings) -> None:
        self.repository = repository
        self.settings = settings
        self.units: list[Unit] = []
        self.entities: list[Entity] = []
        #: The systems that have an entity.
        self.systems: set[str] = set()
        self.references: list[Reference] = []
        self._by_name: dict[tuple[str, str, str], dict[int, list[Entity]]] = defaultdict(dict)
        self._by_kind: dict[tuple[str, str], list[Entity]] = defaultdict(list)
        self._names: dict[tuple[int, str, str], set[str]] = defaultdict(set)
        self._outgoing: dict[int, list[Reference]] = defaultdict(list)
        self._outgoing_kind: dict[tuple[int, str], list[Reference]] = defaultdict(list)
        self._incoming: dict[int, list[Reference]] = defaultdict(list)
        #: Those of entities with many, by kind, and how many of them are sorted already.
        self._sorted_incoming: dict[int, tuple[int, dict[str, list[Reference]]]] = {}
        self._subjects: dict[type, list[Any]] = defaultdict(list)
        self._memo: dict[object, Any] = {}
        self._proposed: dict[str, list[tuple[str | None, Node]]] = defaultdict(list)
        #: What could not be judged, by name, where it is neither a value nor an object: linking counts it.
        self.unchecked: Counter[str] = Counter()
        #: What the rule that runs has compared so far.
        self.effort = Effort()
        self._linked = 0

    # -- filling ---------------------------------------------------------------------------------------------------

    def add_unit(self, unit: Unit) -> Unit:
        """Add a unit; its resources are added with :meth:`add`."""
        self.units.append(unit)
        return unit

    def add(self, entity: Entity) -> None:
        """Add an entity; a resource also becomes a member of its unit and a subject of rules."""
        key = entity.key
        self.entities.append(entity)
        self.systems.add(key.system)
        self._by_name[key.system, key.kind, key.name].setdefault(id(entity.unit), []).append(entity)
        self._by_kind[key.system, key.kind].append(entity)
        self._names[id(entity.unit), key.system, key.kind].add(key.name)
        if isinstance(entity, Resource):
            entity.unit.resources.append(entity)
            self.add_subject(entity)

    def add_subject(self, subject: object) -> None:
        """Make something a subject of the rules for its class and the classes that it derives from."""
        subjects = self._subjects
        for parent in type(subject).__mro__[:-1]:
            subjects[parent].append(subject)

    def add_variable(self, name: str, key_node: Node, value: Scalar, resource: Resource, place: str) -> None:
        """Make a variable of some process a subject (see :class:`EnvironmentVariable`)."""
        is_proxy = name.lower() in ProxyVariable.PROXIES or name.lower() in ProxyVariable.EXCEPTIONS
        made = ProxyVariable if is_proxy else EnvironmentVariable
        self.add_subject(made(name, key_node, value, resource, place))

    def propose_target(self, system: str, version: str | None, node: Node) -> None:
        """Say which version of a system a file says that the repository is for; None where the value is not known.

        Called while systems assemble; :meth:`target` is asked from linking on, so that the order of systems is nobody's
        concern.
        """
        self._proposed[system].append((version, node))

    def add_reference(self, reference: Reference) -> Reference:
        """Add a reference whose resolution the caller has settled."""
        self.references.append(reference)
        source = id(reference.source)
        self._outgoing[source].append(reference)
        self._outgoing_kind[source, reference.kind].append(reference)
        for target in reference.targets:
            self._incoming[id(target)].append(reference)
            if target.owner is not None and target.owner is not target:
                self._incoming[id(target.owner)].append(reference)
        return reference

    def refer(
        self,
        kind: str,
        source: Resource,
        node: Node,
        wanted: Key,
        *,
        closed: bool = False,
        wellknown: bool = False,
        accept: Callable[[Entity], bool] | None = None,
        near: bool = True,
        detail: object = None,
    ) -> Reference:
        """Resolve a name from the nearest scope outwards and add the reference.

        ``closed`` says that the name cannot exist anywhere else (a volume of the same pod); ``wellknown`` that it
        always exists; ``accept`` narrows the entities that count. The order of answers: opaque value, exact match in
        the unit, exact match anywhere, external, incomplete unit, near miss in the unit, missing or unknown.
        """
        reference = Reference(kind, source, node, wanted, Resolution.UNKNOWN, detail=detail)
        if isinstance(node, Scalar) and node.opaque:
            return self.add_reference(reference)
        targets = self.find(wanted, source.unit, file=node.source, accept=accept)
        if targets:
            reference.resolution, reference.targets = Resolution.RESOLVED, tuple(targets)
        elif wellknown or self.is_external(wanted):
            reference.resolution = Resolution.EXTERNAL
        elif not source.unit.incomplete:
            candidates = self.near(wanted, source.unit, accept=accept) if near else []
            if candidates:
                reference.resolution, reference.candidates = Resolution.NEAR_MISS, tuple(candidates)
            elif closed or source.unit.closed:
                reference.resolution = Resolution.MISSING
        return self.add_reference(reference)

    def may_link(self, node: Node, steps: int) -> bool:
        """Count objects that a selector was held against; False past a bound, which is told where it is reached.

        What is then left out is unknown, not missing.
        """
        before, self._linked = self._linked, self._linked + steps
        if self._linked > MOST_STEPS >= before:
            message = "from here on selectors are not followed: too many of them select too much"
            advice = "exclude what is not needed; this bound has no option"
            self.add_subject(BoundExceeded(message, node.span, None, advice))
        return self._linked <= MOST_STEPS

    # -- asking ----------------------------------------------------------------------------------------------------

    def target(self, system: str) -> Target | None:
        """Return the version that the repository is for: as configured, else as all files that name one agree."""
        configured = self.settings.target(system)
        if isinstance(configured, str):
            return Target(configured)

        def agreed() -> Target | None:
            proposed = self._proposed.get(system, [])
            minors = {None if version is None else _minor(version) for version, _ in proposed}
            if len(minors) != 1 or None in minors:
                return None
            version, node = proposed[0]
            return None if version is None else Target(version, node)

        return self.once(("target", system), agreed)

    def subjects(self, kind: type[Subject]) -> list[Subject]:
        """Return everything of a class, in the order in which it was added."""
        return self._subjects.get(kind, [])

    def subject_names(self) -> set[str]:
        """Return the names of all classes that :meth:`subjects` has something of, and that of the graph itself."""
        return {kind.__name__ for kind in self._subjects} | {type(self).__name__}

    def find(
        self,
        wanted: Key,
        unit: Unit | None = None,
        *,
        file: SourceFile | None = None,
        accept: Callable[[Entity], bool] | None = None,
    ) -> list[Entity]:
        """Return the entities of that name: those of the unit where it has any, else those of the repository.

        A namespace that is not written down on one of the two sides fits any. Where a unit defines the name several
        times, its files are alternatives: those of ``file``, the one that asks, are meant if it has any.
        """
        by_unit = self._by_name.get((wanted.system, wanted.kind, wanted.name), {})
        # The unit's own first: many overlays of one base have the same names, and looking through all is quadratic.
        own = by_unit.get(id(unit), ()) if unit is not None else ()
        found = [entity for entity in own if _meant(entity, wanted, accept)]
        if not found:
            found = [entity for entities in by_unit.values() for entity in entities if _meant(entity, wanted, accept)]
        if file is not None and len(found) > 1:
            found = [entity for entity in found if entity.node.source is file] or found
        return found

    def near(self, wanted: Key, unit: Unit, *, accept: Callable[[Entity], bool] | None = None) -> list[Entity]:
        """Return the entities whose name is a near miss of the wanted one, nearest first.

        They are looked for in the unit; where it has none of that kind, in the folders beside it.
        """
        place = (id(unit), wanted.system, wanted.kind)
        names = self._names.get(place)
        if names:
            index = self.once(("names", *place), lambda: NameIndex(names))
            result: list[Entity] = []
            for name in index.nearest(wanted.name):
                own = self._by_name[wanted.system, wanted.kind, name].get(id(unit), ())
                result += [entity for entity in own if _meant(entity, wanted, accept)][:1]
            return result
        for sibling in self.siblings(unit):
            if self._names.get((id(sibling), wanted.system, wanted.kind)):
                found = self.near(wanted, sibling, accept=accept)
                if found:
                    return found
        return []

    def siblings(self, unit: Unit) -> list[Unit]:
        """Return the units of the folders beside a folder: where else the manifests of one application may lie.

        People sort manifests by kind (``services/``, ``deployments/``). Empty for other kinds of units, and where one
        of the folders could not be read as a whole.
        """
        if unit.kind != "directory":
            return []
        found = self._folders.get(unit.path.rpartition("/")[0], [])
        return [] if any(other.incomplete for other in found) else [other for other in found if other is not unit]

    @property
    def _folders(self) -> dict[str, list[Unit]]:
        def collect() -> dict[str, list[Unit]]:
            folders: dict[str, list[Unit]] = defaultdict(list)
            for unit in self.units:
                if unit.kind == "directory":
                    folders[unit.path.rpartition("/")[0]].append(unit)
            return folders

        return self.once("folders", collect)

    def of_kind(self, system: str, kind: str) -> list[Entity]:
        """Return all entities of a kind."""
        return self._by_kind.get((system, kind), [])

    def outgoing(self, resource: Entity, kind: str | None = None) -> list[Reference]:
        """Return the references that a resource makes, all or those of one kind."""
        if kind is None:
            return self._outgoing.get(id(resource), [])
        return self._outgoing_kind.get((id(resource), kind), [])

    def incoming(self, entity: Entity, kind: str | None = None) -> list[Reference]:
        """Return the references that resolve to an entity or to a part of it, all or those of one kind."""
        references = self._incoming.get(id(entity), [])
        if kind is None:
            return references
        if len(references) <= _FEW:
            return [reference for reference in references if reference.kind == kind]
        # Sorted for the first who asks, as most entities are never asked about, and again for what came since then:
        # a claim that thousands of pods mount is asked about by each of them.
        count, by_kind = self._sorted_incoming.get(id(entity), (0, {}))
        if count < len(references):
            for reference in references[count:]:
                by_kind.setdefault(reference.kind, []).append(reference)
            self._sorted_incoming[id(entity)] = len(references), by_kind
        return by_kind.get(kind, [])

    def referring(self, kinds: Iterable[str] = (), outcomes: Collection[Resolution] = ()) -> set[int]:
        """Return the ``id`` of every resource that makes a reference of these kinds with one of these outcomes.

        Of no kinds or no outcomes given, any counts. Asked once everything is linked.
        """

        def collect() -> dict[tuple[str, Resolution], set[int]]:
            makers: dict[tuple[str, Resolution], set[int]] = defaultdict(set)
            for reference in self.references:
                makers[reference.kind, reference.resolution].add(id(reference.source))
            return makers

        makers, wanted = self.once("referring", collect), frozenset(kinds)
        return {
            maker
            for (kind, outcome), found in makers.items()
            if (not wanted or kind in wanted) and (not outcomes or outcome in outcomes)
            for maker in found
        }

    def holding(self, keys: Iterable[str]) -> set[int]:
        """Return the ``id`` of every resource in whose tree one of these keys stands. Asked once all are there."""

        def collect() -> dict[str, list[int]]:
            holders: dict[str, list[int]] = defaultdict(list)
            for resource in self.subjects(Resource):
                for key in keys_below(resource.root):
                    holders[key].append(id(resource))
            return holders

        holders = self.once("holding", collect)
        return {holder for key in keys for holder in holders.get(key, ())}

    def is_external(self, wanted: Key) -> bool:
        """Tell whether the configuration declares that name (``Kind/name`` or ``Kind/namespace/name``) as external."""
        if not self.settings.externals:
            return False
        short, full = f"{wanted.kind}/{wanted.name}", f"{wanted.kind}/{wanted.namespace}/{wanted.name}"
        return any(fnmatchcase(short, pattern) or fnmatchcase(full, pattern) for pattern in self.settings.externals)

    def once(self, key: object, make: Callable[[], Subject]) -> Subject:
        """Return what ``make`` returned when first asked under this key: what several rules need is computed once."""
        value: Subject = self._memo.get(key, _UNKNOWN)
        if value is _UNKNOWN:
            value = self._memo[key] = make()
        return value

    def unresolved(self) -> Iterator[Reference]:
        """Yield the references that may lead out of the repository."""
        return (reference for reference in self.references if reference.resolution is Resolution.UNKNOWN)

    def network(self, kinds: Iterable[str] | None = None) -> nx.MultiDiGraph[Any]:
        """Return the resolved references as a networkx graph over resources, for paths, cycles and export."""
        import networkx as nx  # 126 ms: imported when first needed

        wanted = None if kinds is None else set(kinds)
        network: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
        for reference in self.references:
            if wanted is not None and reference.kind not in wanted:
                continue
            for target in reference.targets:
                network.add_edge(reference.source, target.owner or target, reference=reference)
        return network


def _minor(version: str) -> str:
    """Return the part of a version by which releases of a system differ: ``1.14`` of ``v1.14.1``."""
    return ".".join(version.removeprefix("v").split(".")[:2])


def _meant(entity: Entity, wanted: Key, accept: Callable[[Entity], bool] | None) -> bool:
    return fits(entity.key.namespace, wanted.namespace) and (accept is None or accept(entity))


def fits(one: str, other: str) -> bool:
    """Tell whether two namespaces can be the same: equal, or one of them not written down."""
    return one == other or not one or not other
