"""What hover, completion, symbols, links, lenses and the call hierarchy answer, as plain values with spans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kubelint.finding import Finding
from kubelint.graph.model import Entity, Reference, Resolution, Resource
from kubelint.graph.query import Graph, fits
from kubelint.report.terminal import escape, plural
from kubelint.rule import Rule
from kubelint.server import lookup
from kubelint.server.session import Session
from kubelint.source import SourceFile, Span
from kubelint.tree.node import Mapping, Scalar

CALLS = "calls"
#: Places that a hover names, symbols that a search returns, names that a completion offers.
MOST_PLACES, MOST_SYMBOLS, MOST_NAMES = 8, 300, 500
#: Stands for a value that is still empty while its completion is worked out.
_PLACEHOLDER = "kubelint-completes-this"
#: What ends a value.
_STOPS = frozenset(" \t\r\n,[]{}'\"#")


class Symbol(NamedTuple):
    """Something with a name: what it is, where it stands as a whole, where its name stands, and its parts."""

    name: str
    detail: str
    kind: str
    whole: Span
    place: Span
    parts: tuple[Symbol, ...] = ()


class Choice(NamedTuple):
    """One value that could stand at a position, what it is, and the stretch that it replaces."""

    text: str
    detail: str
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """One end of calls: the other resource and the places that make the calls."""

    end: Resource
    places: tuple[Span, ...] = field(default=())


# -- hover ------------------------------------------------------------------------------------------------------------


def hover(session: Session, path: str, offset: int) -> tuple[str, Span] | None:
    """Return Markdown about what stands at an offset of a buffer, and its span; None where nothing is known."""
    from kubelint.server import facts

    parts: list[str] = []
    span: Span | None = None
    graph, served = session.graph, session.offset(path, offset)
    references = lookup.references_at(graph, path, served)
    if references:
        span = references[0].span
        parts += dict.fromkeys(_about_reference(reference) for reference in references)
        targets = {id(target): target for reference in references for target in reference.targets}
        parts += dict.fromkeys(filter(None, (_endpoints(graph, target) for target in targets.values())))
    else:
        entities = lookup.entities_at(graph, path, served)
        if entities:
            span = entities[0].span
            parts += dict.fromkeys(_about_entity(graph, entity) for entity in entities)
            parts += dict.fromkeys(filter(None, (_endpoints(graph, entity) for entity in entities)))
    route = facts.route_at(graph, path, served)
    if route is not None:
        timed = facts.timing_at(route, served)
        if timed is not None or any(reference.kind == "routes-to" for reference in references):
            span = span or (timed.span if timed is not None else None)
            parts.append("\n".join(f"- {line}" for line in facts.budget(graph, route)))
    for finding in session.findings(path):
        if finding.span.start <= offset <= finding.span.end:
            span = span or finding.span
            parts.append(_about_finding(finding, session.report.rules.get(finding.rule)))
    if not parts or span is None:
        return None
    return "\n\n---\n\n".join(parts), session.in_buffer(span)


def _about_reference(reference: Reference) -> str:
    head = f"{_code(reference.source)} {reference.kind} {_code(reference.wanted)}"
    if reference.resolution is Resolution.RESOLVED:
        return f"{head}\n\n{_places('leads to', reference.targets)}"
    if reference.candidates:
        return f"{head}: **not found**\n\n{_places('near misses', reference.candidates)}"
    says = {
        Resolution.MISSING: "**does not exist**",
        Resolution.EXTERNAL: "exists outside of the repository",
        Resolution.UNKNOWN: "not in this repository; it may exist elsewhere",
    }
    return f"{head}: {says.get(reference.resolution, reference.resolution.value)}"


def _about_entity(graph: Graph, entity: Entity) -> str:
    incoming = graph.incoming(entity)
    head = f"{_code(entity)} in {_text(str(entity.unit))}"
    if not incoming:
        return f"{head}\n\nNothing refers to it."
    lines = [f"- {_text(str(r.source))} {r.kind} ({_place(r.span)})" for r in incoming[:MOST_PLACES]]
    more = f"\n- and {len(incoming) - MOST_PLACES} more" if len(incoming) > MOST_PLACES else ""
    return f"{head}\n\n{plural(len(incoming), 'reference')}:\n" + "\n".join(lines) + more


def _endpoints(graph: Graph, entity: Entity) -> str:
    """Return where the ports of a Service lead; nothing for anything else."""
    from kubelint.server import facts
    from kubelint.systems.kubernetes.model import Service

    if not isinstance(entity, Service):
        return ""
    found = list(dict.fromkeys(facts.endpoints(graph, entity)))
    lines = [
        f"- {_text(one.port)} → {_text(one.target)} of `{_plain(one.workload)}` {_place(one.place)}"
        for one in found[:MOST_PLACES]
    ]
    more = [f"- and {len(found) - MOST_PLACES} more"] if len(found) > MOST_PLACES else []
    return "\n".join(["endpoints:", *lines, *more]) if found else ""


def _about_finding(finding: Finding, rule: type[Rule[object]] | None) -> str:
    text = f"**{finding.severity.label}: {_text(finding.headline)}** `{finding.rule}`"
    for extra in (finding.note, finding.help):
        if extra:
            text += f"\n\n{_text(extra)}"
    if finding.path:
        text += "\n\n" + " → ".join(map(_text, finding.path))
    return text + (f"\n\n{rule.page()}" if rule is not None else "")


def _places(title: str, ends: tuple[Entity, ...]) -> str:
    lines = [f"- {_code(end)} {_place(end.span)}" for end in ends[:MOST_PLACES]]
    more = [f"- and {len(ends) - MOST_PLACES} more"] if len(ends) > MOST_PLACES else []
    return "\n".join([f"{title}:", *lines, *more])


def _place(span: Span) -> str:
    return f"`{_plain(span.file.path)}:{span.line}`"


def _code(thing: object) -> str:
    return f"`{_plain(str(thing))}`"


def _plain(text: str) -> str:
    return escape(text).replace("`", "'")


def _text(text: str) -> str:
    """Return a text of ours; what it quotes stays code, and nothing in it is HTML or a link."""
    parts = escape(text).split("`")
    marks = str.maketrans({c: f"\\{c}" for c in "\\*_{}[]<>()#!|~"})
    return "`".join(part if index % 2 else part.translate(marks) for index, part in enumerate(parts))


# -- completion -------------------------------------------------------------------------------------------------------


def completion(session: Session, path: str, offset: int) -> list[Choice]:
    """Return the names of the repository that could stand at an offset of a buffer; nothing for keys and free text."""
    source = session.source(path)
    if source is None:
        return []
    # A name may have something before or behind it: `records:/data`, `service:web`.
    places = (_word(source.text, offset), _word(source.text, offset, _STOPS | {":"}))
    return next(filter(None, (_choices(session, source, *place) for place in dict.fromkeys(places))), [])


def _choices(session: Session, source: SourceFile, start: int, end: int) -> list[Choice]:
    path = source.path
    graph = session.probe(path, f"{source.text[:start]}{_PLACEHOLDER}{source.text[end:]}")
    span = Span(source, start, end)
    found: dict[str, str] = {}
    for reference in lookup.references_at(graph, path, start + 1):
        label = lookup.label_at(reference, start + 1)
        names = _values_of(reference, label) if label is not None else _names_for(graph, reference)
        for name, detail in names:
            found.setdefault(name, detail)
    found.pop(_PLACEHOLDER, None)
    return [Choice(name, detail, span) for name, detail in sorted(found.items())[:MOST_NAMES]]


def _word(text: str, offset: int, stop: frozenset[str] = _STOPS) -> tuple[int, int]:
    """Return the stretch of the value around an offset."""
    start, end = offset, offset
    while start > 0 and text[start - 1] not in stop:
        start -= 1
    while end < len(text) and text[end] not in stop:
        end += 1
    return start, end


def _names_for(graph: Graph, reference: Reference) -> Iterator[tuple[str, str]]:
    from kubelint.server.mentions import offered

    yield from offered(reference)
    wanted = reference.wanted
    entities = [
        entity for entity in graph.of_kind(wanted.system, wanted.kind) if fits(entity.namespace, wanted.namespace)
    ]
    own = [entity for entity in entities if entity.unit is reference.source.unit]
    prefix = wanted.name.rpartition("/")[0]
    for entity in own or entities:
        name = entity.name
        if prefix and not name.startswith(f"{prefix}/"):
            continue
        yield name.rpartition("/")[2] if prefix else name, f"{entity.key.kind} in {entity.unit}"


def _values_of(reference: Reference, label: lookup.LabelAt) -> Iterator[tuple[str, str]]:
    """Yield the values that a label has in the unit; for a key that is being written, the keys."""
    for resource in reference.source.unit.resources:
        for steps in lookup.LABELS[:2]:
            labels = resource.root.at(*steps)
            if not isinstance(labels, Mapping):
                continue
            value = labels.get(label.key.text)
            if isinstance(value, Scalar):
                yield value.text, f"label of {resource}"
            elif label.key.text == _PLACEHOLDER:
                yield from ((key.text, f"label of {resource}") for key, _ in labels.pairs())


# -- symbols, links, lenses -------------------------------------------------------------------------------------------


def document_symbols(graph: Graph, path: str) -> list[Symbol]:
    """Return the resources of a file with their parts."""
    seen: set[tuple[int, int]] = set()
    found: list[Symbol] = []
    parts: dict[int, list[Entity]] = {}
    for entity in lookup.entities_in(graph, path):
        if entity.owner is not None and entity.owner is not entity:
            parts.setdefault(id(entity.owner), []).append(entity)
    for resource in _resources_in(graph, path):
        place = resource.root.start, resource.root.end
        if place not in seen:
            seen.add(place)
            found.append(_symbol(resource, parts.get(id(resource), [])))
    return sorted(found, key=lambda symbol: symbol.whole.start)


def _resources_in(graph: Graph, path: str) -> list[Resource]:
    return [resource for resource in graph.subjects(Resource) if resource.root.source.path == path]


def _symbol(resource: Resource, parts: list[Entity]) -> Symbol:
    whole = resource.root.span
    inner = {
        part.span: Symbol(part.name.rpartition("/")[2], part.key.kind, part.key.kind, part.span, part.span)
        for part in parts
        if whole.contains(part.span)
    }
    name = resource.span if whole.contains(resource.span) else Span(whole.file, whole.start, whole.start)
    return Symbol(
        resource.name or resource.key.kind, resource.key.kind, resource.key.kind, whole, name, tuple(inner.values())
    )


def workspace_symbols(graph: Graph, query: str) -> list[Symbol]:
    """Return the entities whose kind and name have all words of a query, best first: those that begin with it."""
    words = query.lower().replace("#", " ").split()
    found: dict[tuple[str, Span], Symbol] = {}
    for entity in graph.entities:
        text = str(entity.key).lower()
        if all(word in text for word in words):
            symbol = Symbol(str(entity.key), str(entity.unit), entity.key.kind, entity.span, entity.span)
            found.setdefault((symbol.name, symbol.place), symbol)
    last = words[-1] if words else ""
    ranked = sorted(
        found.values(),
        key=lambda symbol: (not symbol.name.rpartition("/")[2].lower().startswith(last), len(symbol.name), symbol.name),
    )
    return ranked[:MOST_SYMBOLS]


def links(graph: Graph, path: str) -> list[tuple[Span, Span]]:
    """Return the places of a file that name other files, and those files."""
    found: dict[Span, Span] = {}
    for reference in lookup.references_in(graph, path):
        target = reference.target
        if target is None or target.span.file.path == path or not isinstance(reference.node, Scalar):
            continue
        if target.key.kind in ("File", "Kustomization", "Dockerfile"):
            start = Span(target.span.file, 0, 0)
            found.setdefault(reference.span, start)
    return list(found.items())


def lenses(graph: Graph, path: str) -> list[tuple[Span, str]]:
    """Return for each resource of a file how often it is referred to and what it leads to."""
    found: dict[Span, str] = {}
    for resource in _resources_in(graph, path):
        incoming = {reference.span for reference in graph.incoming(resource)}
        text = plural(len(incoming), "reference")
        selected = {target for reference in graph.outgoing(resource, "selects") for target in reference.targets}
        if selected:
            text += f" · selects {plural(len(selected), 'workload')}"
        found.setdefault(Span(resource.root.source, resource.root.start, resource.root.start), text)
    return list(found.items())


# -- calls ------------------------------------------------------------------------------------------------------------


def callable_at(graph: Graph, path: str, offset: int) -> list[Resource]:
    """Return the resources at an offset that call others or are called."""
    found = [entity.owner for entity in lookup.meant(graph, path, offset) if entity.owner is not None]
    if not found:
        found = [
            resource for resource in _resources_in(graph, path) if resource.root.start <= offset <= resource.root.end
        ]
    return list({id(resource): resource for resource in found}.values())[:1]


def calls_from(graph: Graph, resource: Resource) -> list[Call]:
    """Return what a resource calls, and on which lines; a Service also leads to its pods."""
    return _grouped(
        (target.owner or target, reference.span)
        for kind in (CALLS, "selects")
        for reference in graph.outgoing(resource, kind)
        for target in reference.targets
    )


def calls_to(graph: Graph, resource: Resource) -> list[Call]:
    """Return who calls a resource, and on which lines."""
    return _grouped(
        (reference.source, reference.span)
        for kind in (CALLS, "selects")
        for reference in graph.incoming(resource, kind)
    )


def _grouped(ends: Iterator[tuple[Entity, Span]]) -> list[Call]:
    found: dict[int, tuple[Resource, list[Span]]] = {}
    for end, span in ends:
        if isinstance(end, Resource):
            found.setdefault(id(end), (end, []))[1].append(span)
    return [Call(end, tuple(dict.fromkeys(places))) for end, places in found.values()]
