"""repository/unreadable-file."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.tree.problem import Undecodable


class UnreadableFile(Rule[Undecodable]):
    """A file could not be read, or is not text in UTF-8 (or UTF-16 with a byte order mark).

    ## Why
    Nothing that is written in it was checked, or some characters of it are not what its author meant. The readers of
    the format refuse such a file.

    ## Stays silent when
    - the file is no configuration by its name, or an ignore file names it

    ## Source
    YAML 1.2 specification, section 5.2: character encodings.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Undecodable, graph: Graph) -> Iterator[Finding]:
        """Yield the problem as a finding."""
        del graph
        yield self.finding(subject.message, subject.span, help=subject.help)
