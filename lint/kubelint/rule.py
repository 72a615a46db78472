"""Rules: pure generators of findings over one kind of subject (floor 6).

The name of a rule is derived, never written down: class ``RetriesNeverFit`` in ``kubelint_rules/istio/`` is
``istio/retries-never-fit``. The class docstring is its manual page.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar, get_args, get_origin

from kubelint.finding import Finding, Fix, Label, Safety, Severity
from kubelint.graph.model import RENDERED, Entity, Reference, Resolution, Resource
from kubelint.graph.query import Graph
from kubelint.group import DEFAULT_GROUPS, Group, sections_of, slug_of
from kubelint.source import Span, TextEdit
from kubelint.suggest import did_you_mean
from kubelint.tree.node import Node, Scalar

__all__ = [
    "DANGLING",
    "DEFAULT_GROUPS",
    "NOT_FOUND",
    "RENDERED",
    "Group",
    "NoOptions",
    "Place",
    "References",
    "Rule",
    "Statement",
]

S = TypeVar("S")
Place = Node | Span | Entity


class References(NamedTuple):
    """References that a rule reads: of these kinds, or of any where none is given, and with one of these outcomes.

    :data:`DANGLING`: the name is wrong; :data:`NOT_FOUND`: nothing of that name was found, wrong or not; empty: any.
    """

    kinds: tuple[str, ...] = ()
    outcomes: frozenset[Resolution] = frozenset()


DANGLING = frozenset({Resolution.NEAR_MISS, Resolution.MISSING})
NOT_FOUND = DANGLING | {Resolution.UNKNOWN}


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The options of a rule that has none."""


class Statement(Protocol):
    """What a system's analysis says of one place: a finding without the rule that reports it."""

    @property
    def node(self) -> Node:
        """Where it is."""

    @property
    def headline(self) -> str:
        """The first line of the finding."""

    @property
    def label(self) -> str:
        """The words at the place."""

    @property
    def related(self) -> Iterable[tuple[Place, str]]:
        """Other places with their words."""

    @property
    def path(self) -> Iterable[Entity]:
        """The objects that lead to the place."""

    @property
    def help(self) -> str | None:
        """What to do about it."""

    @property
    def note(self) -> str | None:
        """What else there is to know."""

    @property
    def fix(self) -> Fix | None:
        """The edit that mends it."""

    @property
    def severity(self) -> Severity | None:
        """How bad it is; None where the rule's own severity holds."""


class Rule(Generic[S]):
    """One rule. ``Rule[Service]`` is asked about every Service, ``Rule[Graph]`` once about the whole."""

    severity: ClassVar[Severity] = Severity.ERROR
    group: ClassVar[Group] = Group.CORRECTNESS
    since: ClassVar[str] = "0.1"
    fixable: ClassVar[bool] = False
    #: A frozen dataclass with defaults; the configuration's schema derives from it.
    Options: ClassVar[type] = NoOptions
    #: Where given, the rule is asked only about resources that make such a reference: most make none.
    references: ClassVar[References | None] = None
    #: Where given, the rule is asked only about resources (and the containers of those) in whose tree one of these keys
    #: stands, at any depth: without them it has nothing to say.
    keys: ClassVar[tuple[str, ...]] = ()
    #: Where given, the names of classes: where the repository has no subject of any of them, there is nothing to say.
    beside: ClassVar[tuple[str, ...]] = ()
    #: Whether what the rule says of a resource (or of a container of it) follows from the resource as it is written,
    #: the settings and the surroundings that systems name: it then runs while references are resolved, and in later
    #: runs only where something has changed. It may ask the graph for nothing else.
    alone: ClassVar[bool] = False

    def __init__(self, options: Any = None) -> None:
        self.options = self.Options() if options is None else options

    def check(self, subject: S, graph: Graph) -> Iterable[Finding]:
        """Yield what is wrong with the subject; may read nothing but the subject and the graph."""
        raise NotImplementedError

    # -- what is derived from the class ----------------------------------------------------------------------------

    @classmethod
    def subjects(cls, graph: Graph, among: list[Any] | None = None) -> list[Any]:
        """Return everything in a graph that the rule may have something to say about, in the graph's order.

        ``among`` are those of its subjects that count; all, where it is not given.
        """
        subject_class = cls.subject()
        if cls.beside and graph.subject_names().isdisjoint(cls.beside):
            return []
        if subject_class is Graph:
            return [graph] if not cls.keys or graph.holding(cls.keys) else []
        subjects: list[Any] = graph.subjects(subject_class) if among is None else among
        if subjects and cls.references is not None:
            subjects = _owned_by(subjects, graph.referring(*cls.references))
        if subjects and cls.keys:
            subjects = _owned_by(subjects, graph.holding(cls.keys))
        return subjects

    @classmethod
    def identity(cls) -> str:
        """Return the rule's id, ``system/rule-name``."""
        return f"{cls.family()}/{cls.slug()}"

    @classmethod
    def family(cls) -> str:
        """Return the system that the rule belongs to."""
        return cls.__module__.split(".")[-2]

    @classmethod
    def slug(cls) -> str:
        """Return the rule's name without its system."""
        return slug_of(cls.__name__)

    @classmethod
    def subject(cls) -> type:
        """Return the class that the rule is asked about."""
        for base in getattr(cls, "__orig_bases__", ()):
            if isinstance(get_origin(base), type) and issubclass(get_origin(base), Rule):
                argument = get_args(base)[0]
                found: type = get_origin(argument) or argument
                return found
        raise TypeError(f"{cls.__name__} does not say what it is asked about: class {cls.__name__}(Rule[Service])")

    @classmethod
    def page(cls) -> str:
        """Return the manual page: the docstring with its indentation taken off."""
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def summary(cls) -> str:
        """Return the first line of the manual page."""
        return cls.page().partition("\n")[0]

    @classmethod
    def sections(cls) -> Iterator[tuple[str, str]]:
        """Yield heading and text of each ``##`` section of the manual page."""
        return sections_of(cls.page())

    # -- making findings -------------------------------------------------------------------------------------------

    def finding(
        self,
        headline: str,
        at: Place,
        label: str = "",
        *,
        related: Iterable[tuple[Place, str]] = (),
        path: Iterable[Entity | str] = (),
        help: str | None = None,  # noqa: A002 - the word that readers see
        note: str | None = None,
        fix: Fix | None = None,
        severity: Severity | None = None,
        subject: Resource | str = "",
    ) -> Finding:
        """Return a finding of this rule at a node, a span or an entity's name.

        ``severity`` overrides the rule's own for a weaker case; ``subject`` is the resource that the finding is about.
        """
        return Finding(
            rule=self.identity(),
            headline=headline,
            primary=Label(_span(at), label),
            severity=self.severity if severity is None else severity,
            related=tuple(Label(_span(place), text) for place, text in related),
            path=tuple(str(step) for step in path),
            help=help,
            note=note,
            fix=fix,
            subject=str(subject),
            holds_in=_overlay(subject, _span(at)),
        )

    def finding_of(self, statement: Statement, subject: Resource | str) -> Finding:
        """Return the finding of this rule that a system's analysis has worded."""
        return self.finding(
            statement.headline,
            statement.node,
            statement.label,
            related=statement.related,
            path=statement.path,
            help=statement.help,
            note=statement.note,
            fix=statement.fix,
            severity=statement.severity,
            subject=subject,
        )

    def dangling(self, reference: Reference, noun: str, consequence: str, *, help: str | None = None) -> Finding:  # noqa: A002
        """Return the finding for a reference to a name that does not exist.

        ``noun`` is what the name should be (``ConfigMap``); ``consequence`` a clause on what happens, for the label.
        Near misses are shown at their own place; with just one of them the help says what to write.
        """
        name = reference.node.text if isinstance(reference.node, Scalar) else reference.wanted.name
        candidates = reference.candidates
        names = [candidate.name.rpartition("/")[2] for candidate in candidates]
        meant = did_you_mean(names)
        fix = None
        if len(names) == 1 and isinstance(reference.node, Scalar) and reference.node.span.text == reference.node.text:
            edit = TextEdit(reference.node.span, names[0])
            fix = Fix(f"replace `{name}` with `{names[0]}`", (edit,), Safety.UNSAFE)
        return self.finding(
            f"{noun} `{name}` does not exist" + (f"; {meant}" if meant else ""),
            reference.node,
            consequence,
            related=[
                (candidate.node, f"the {noun} that exists is called `{shown}`")
                for candidate, shown in zip(candidates, names, strict=True)
            ],
            help=help or (f"write `{names[0]}`, or define {noun} `{name}`" if names else f"define {noun} `{name}`"),
            fix=fix,
            subject=reference.source,
        )


def _owned_by(subjects: Iterable[Any], owners: set[int]) -> list[Any]:
    """Return the subjects whose resource, which may be themselves, is among these."""
    return [subject for subject in subjects if id(subject.owner) in owners]


def _overlay(subject: Resource | str, span: Span) -> tuple[str, ...]:
    """Return the unit that an object belongs to where it is rendered from a file elsewhere, such as a base."""
    if isinstance(subject, str) or not subject.unit.path or subject.unit.kind != RENDERED:
        return ()
    if subject.key.kind == "Kustomization":  # reported once, whoever builds on it
        return ()
    return () if span.file.path.startswith(f"{subject.unit.path}/") else (subject.unit.path,)


def _span(place: Place) -> Span:
    if isinstance(place, Span):
        return place
    return place.span
