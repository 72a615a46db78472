"""Findings: what a rule reports (floor 1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from typing import NamedTuple

from kubelint.source import Span, TextEdit

#: The rule that says where something was left out for a bound.
BOUND_REACHED = "repository/bound-reached"
#: The rule that says that another one, or a system, has a defect.
RULE_CRASHED = "repository/rule-crashed"


class Severity(IntEnum):
    """How bad a finding is; ordered, so that ``--fail-on`` can compare."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        """The word that reports print."""
        return self.name.lower()

    @classmethod
    def parse(cls, text: str) -> Severity:
        """Return the severity of that name; raises ValueError for any other text."""
        try:
            return cls[text.upper()]
        except KeyError:
            raise ValueError(text) from None


class Safety(Enum):
    """Whether a fix keeps the meaning that the author had (``SAFE``) or may change what runs (``UNSAFE``)."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Label(NamedTuple):
    """A place and a clause that explains it; an empty text only underlines."""

    span: Span
    text: str = ""


class Fix(NamedTuple):
    """Text edits that mend a finding, and what they do in the imperative."""

    title: str
    edits: tuple[TextEdit, ...]
    safety: Safety = Safety.UNSAFE


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    ``headline`` is at most some 80 characters in the reader's nouns, without full stop. ``primary`` is the scalar to
    edit; ``related`` are the other ends of the references, in any file. ``path`` names the resources that a chain
    goes through. ``help`` is an imperative. ``subject`` is the resource (``Service/default/web``) for fingerprints
    and overrides; ``holds_in`` the overlays in which a rendered finding holds.
    """

    rule: str
    headline: str
    primary: Label
    severity: Severity = Severity.ERROR
    related: tuple[Label, ...] = ()
    path: tuple[str, ...] = ()
    help: str | None = None
    note: str | None = None
    fix: Fix | None = None
    subject: str = ""
    holds_in: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """The primary place."""
        return self.primary.span

    @property
    def labels(self) -> tuple[Label, ...]:
        """The primary label and the related ones."""
        return (self.primary, *self.related)

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes two findings the same one: rule, place and headline."""
        return self.rule, self.primary.span.key, self.headline

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Findings are reported in the order of files and lines."""
        return self.primary.span.key, self.rule, self.headline

    def with_severity(self, severity: Severity) -> Finding:
        """Return the same finding with another severity."""
        return replace(self, severity=severity)
