"""What one inventory file declares, before groups are put together: the same for INI and for YAML."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from kubelint.source import Span
from kubelint.systems.kubespray.hosts import HostPattern, PatternError, parse_pattern
from kubelint.systems.kubespray.values import Variable
from kubelint.tree.node import Node, Scalar
from kubelint.tree.problem import BoundExceeded, Problem, SyntaxProblem

ALL, UNGROUPED = "all", "ungrouped"
#: The syntax of an inventory that a program makes: only its variables are there to be read.
GENERATED = "generated"
#: Names that the ranges of one inventory are expanded to at most: far above any real one.
EXPANSION_LIMIT = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class HostEntry:
    """A line (or YAML key) that puts hosts into a group.

    ``node`` is the pattern as written; ``names`` what it stands for, None where that is not known: a template,
    a pattern that Ansible refuses, a range beyond :data:`EXPANSION_LIMIT`.
    """

    node: Scalar
    group: str
    names: tuple[str, ...] | None
    variables: tuple[Variable, ...] = ()
    port: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ChildEntry:
    """A line (or YAML key) that makes one group a child of another.

    ``declares`` is true where the entry itself says what is in the child (YAML).
    """

    node: Scalar
    parent: str
    declares: bool = False

    @property
    def name(self) -> str:
        """The name of the child."""
        return self.node.text


@dataclass(frozen=True, slots=True, eq=False)
class Header:
    """A section header or YAML key of a group. ``kind``: ``hosts``, ``children``, ``vars`` or ``group``."""

    node: Scalar
    group: str
    kind: str


class CommentFault(Enum):
    """How a comment behind a value goes wrong in an INI inventory."""

    JOINED = "joined to the value"
    CUT = "cuts the value"
    REFUSED = "refused as a variable"


@dataclass(frozen=True, slots=True, eq=False)
class InlineComment:
    """A comment that is none: where it stands, its line, and the variable or token that it damages."""

    fault: CommentFault
    span: Span
    line: Span
    damaged: Scalar


@dataclass(slots=True)
class Declarations:
    """The contents of one inventory file in the order of the text; ``syntax`` is ``ini``, ``yaml`` or GENERATED.

    ``incomplete`` says that a part is not known: an encrypted file, a header that did not read, a template.
    """

    syntax: str
    headers: list[Header] = field(default_factory=list)
    hosts: list[HostEntry] = field(default_factory=list)
    children: list[ChildEntry] = field(default_factory=list)
    variables: dict[str, list[Variable]] = field(default_factory=dict)
    comments: list[InlineComment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    incomplete: bool = False
    remaining: int = EXPANSION_LIMIT

    def add_host(self, node: Scalar, group: str, variables: tuple[Variable, ...] = (), *, ini: bool = True) -> None:
        """Add the hosts of a pattern to a group; a pattern that Ansible refuses is a problem at its node."""
        names: tuple[str, ...] | None = None
        port: int | None = None
        if node.opaque:
            self.incomplete = True
        elif ini and (node.text.endswith(":") or node.text == "---"):
            advice = "remove the line" if node.text == "---" else "give the port: `node1:2222`"
            self.add_problem(f"`{node.text[:60]}` is no host name", node, advice)
            self.incomplete = True
        elif not node.text:
            self.add_problem("a host needs a name", node)
        else:
            names, port = self._names(node)
        self.hosts.append(HostEntry(node, group, names, variables, port))

    def _names(self, node: Scalar) -> tuple[tuple[str, ...] | None, int | None]:
        try:
            pattern = parse_pattern(node.text)
        except PatternError as error:
            self.add_problem(str(error), node, error.advice)
            self.incomplete = True
            return None, None
        if not pattern.ranges:
            return (pattern.literals[0],), pattern.port
        return self._expand(node, pattern), pattern.port

    def _expand(self, node: Scalar, pattern: HostPattern) -> tuple[str, ...] | None:
        count = pattern.count
        if count > self.remaining:
            number = str(count) if count < 10**12 else "too many"
            message = f"this range stands for {number} hosts and was not expanded"
            advice = "write a smaller range, or raise `limits.hosts` in the configuration"
            self.problems.append(BoundExceeded(message, node.span, None, advice))
            self.incomplete = True
            return None
        self.remaining -= count
        return tuple(pattern.names())

    def add_variable(self, group: str, variable: Variable) -> None:
        """Add a variable of a group."""
        self.variables.setdefault(group, []).append(variable)

    def add_problem(self, message: str, node: Node | Span, advice: str | None = None) -> None:
        """Report something that makes Ansible drop the file."""
        span = node if isinstance(node, Span) else node.span
        self.problems.append(SyntaxProblem(message, span, None, advice))
