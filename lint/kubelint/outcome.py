"""What a check comes to: what every format of a report writes (floor 7).

It says nothing of how it came about, so that a report out of the cache is the same as a fresh one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from kubelint.config import Settings
from kubelint.files import Skipped
from kubelint.finding import Finding, Severity

if TYPE_CHECKING:
    from kubelint.rule import Rule


class Coverage(NamedTuple):
    """What was checked and what was not: the counts of the last line of a report."""

    files: int = 0
    documents: Mapping[str, int] = MappingProxyType({})
    units: int = 0
    references: int = 0
    #: References that may lead out of the repository, and so were not judged.
    unresolved: int = 0
    #: Values that hold a template or a placeholder.
    opaque_values: int = 0
    #: Objects of kinds without a schema: only names and references were checked.
    opaque_objects: int = 0
    #: Files that are templates and cannot be read before they are rendered.
    templated: tuple[str, ...] = ()
    #: YAML files of no known system: checked for syntax only.
    unclaimed: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    ignored: int = 0
    #: What else could not be judged, by name: rules in a language that could not be evaluated.
    unchecked: Mapping[str, int] = MappingProxyType({})

    @property
    def empty(self) -> bool:
        """Whether there was nothing to check."""
        return not self.documents


@dataclass(slots=True)
class Outcome:
    """What a check found.

    ``rules`` are the classes of all rules that could have fired, by id; ``suppressed`` the findings that a directive
    or the configuration took away (those that reports may still show as suppressed); ``hidden`` counts those that the
    baseline knows.
    """

    root: Path
    findings: list[Finding]
    suppressed: list[Finding]
    coverage: Coverage
    rules: Mapping[str, type[Rule[Any]]]
    settings: Settings
    hidden: int = 0

    def counts(self) -> Counter[Severity]:
        """Return the number of findings of each severity."""
        return Counter(finding.severity for finding in self.findings)

    def failed(self, threshold: Severity) -> bool:
        """Tell whether there is a finding at or above a severity."""
        return any(finding.severity >= threshold for finding in self.findings)
