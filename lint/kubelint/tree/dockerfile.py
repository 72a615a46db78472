"""Dockerfiles to directives, instructions and stages.

Source: the Dockerfile reference and BuildKit's ``dockerfile/parser``, as measured. Variables are not
expanded: which ``ARG`` and ``ENV`` hold is for those who know the stages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from kubelint.source import BOM, SourceFile, Span
from kubelint.tree.dockerfile_instruction import (
    HEREDOC_INSTRUCTIONS,
    INSTRUCTIONS,
    Flag,
    Heredoc,
    Instruction,
    InstructionReader,
)
from kubelint.tree.dockerfile_words import HeredocWord, LogicalLine, heredoc_words
from kubelint.tree.node import Scalar
from kubelint.tree.problem import BoundExceeded, Problem, Problems, SyntaxProblem

__all__ = [
    "INSTRUCTIONS",
    "Directive",
    "Dockerfile",
    "Flag",
    "Heredoc",
    "Instruction",
    "Stage",
    "read_dockerfile",
]

_DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)\Z")
_DIRECTIVES = ("syntax", "escape", "check")
_OWN_FRONTEND = re.compile(r"(?:\A|/)dockerfile(?:-upstream)?(?:[:@].*)?\Z")
_TABS = re.compile(r"^\t+", re.MULTILINE)


class Directive(NamedTuple):
    """``# syntax=…``, ``# escape=…`` or ``# check=…`` at the top of the file; ``name`` is as written."""

    name: Scalar
    value: Scalar


#: A stage begins with another one, which begins with another one: each chain is walked from each of its ends.
MOST_STAGES = 1_000


@dataclass(slots=True)
class Stage:
    """A FROM and what follows it up to the next.

    Docker compares stage names without case; ``number`` is what ``--from=0`` refers to.
    """

    number: int
    start: Instruction
    image: Scalar | None
    name: Scalar | None
    instructions: list[Instruction] = field(default_factory=list)


@dataclass(slots=True)
class Dockerfile:
    """All instructions in order, and the same by stage.

    ``preamble`` is what stands before the first FROM: the ARGs that FROM lines may use. ``comments`` are
    whole-line comments, those between continued lines included, directives left out. ``escape`` is the
    character in force.
    """

    source: SourceFile
    directives: list[Directive] = field(default_factory=list)
    comments: list[Span] = field(default_factory=list)
    instructions: list[Instruction] = field(default_factory=list)
    preamble: list[Instruction] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=Problems)
    escape: str = "\\"

    def directive(self, name: str) -> Directive | None:
        """Return the directive of that name; None where there is none."""
        for directive in self.directives:
            if directive.name.text.lower() == name:
                return directive
        return None


def read_dockerfile(source: SourceFile) -> Dockerfile:
    """Read a Dockerfile; never raises.

    What Docker would refuse to parse is a problem, and reading goes on behind it.
    """
    reader = _Reader(source)
    reader.read()
    return reader.result


class _Reader:
    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.text = source.text
        self.result = Dockerfile(source)
        self.instructions = InstructionReader(self.result.problems)
        self.position = 1 if source.text.startswith(BOM) else 0
        self.directives_may_follow = True
        self.shebang = False
        self.may_lack_from = True

    def read(self) -> None:
        while self.position < len(self.text) and len(self.result.stages) <= MOST_STAGES:
            start, end = self._line()
            content = self.text[start:end].lstrip()
            start = end - len(content)
            if not content:
                self.directives_may_follow = False
            elif content[0] == "#":
                if not (self.directives_may_follow and self._directive(start, end)):
                    self.result.comments.append(Span(self.source, start, end))
            else:
                self.directives_may_follow = False
                self._instruction(start, end)
        if len(self.result.stages) > MOST_STAGES:
            span = self.result.stages[-1].start.keyword.span
            message = f"more than {MOST_STAGES} stages: the file is not read from here on"
            self.result.problems.append(BoundExceeded(message, span, None, "this bound has no option"))
        self._check_stages()

    def _check_stages(self) -> None:
        """Report a file that builds nothing, unless something unread may hold its stages."""
        result = self.result
        if result.stages or result.problems or not self.may_lack_from:
            return
        if result.preamble:
            self._problem("this Dockerfile has no `FROM`", result.preamble[-1].span)
        else:
            self._problem("this Dockerfile has no instructions", Span(self.source, 0, 0))

    def _line(self) -> tuple[int, int]:
        """Return the bounds of the line at the position without its end, and go to the next."""
        start = self.position
        end = self.text.find("\n", start)
        if end < 0:
            end = len(self.text)
        self.position = end + 1
        while end > start and self.text[end - 1] == "\r":
            end -= 1
        return start, end

    def _problem(self, message: str, span: Span, help_text: str | None = None) -> None:
        self.result.problems.append(SyntaxProblem(message, span, None, help_text))

    def _directive(self, start: int, end: int) -> bool:
        """Take a comment for a directive where it is one."""
        found = _DIRECTIVE.match(self.text, start, end)
        kind = "" if found is None else found[1].lower()
        if found is None or kind not in _DIRECTIVES or (kind == "escape" and self.shebang):
            # BuildKit looks for `syntax` and `check` behind a shebang, too, but not for `escape`.
            self.shebang = self.directives_may_follow = start == 0 and self.text.startswith("#!")
            return False
        name = Scalar(self.source, found.start(1), found.end(1), found[1])
        text = found[2].rstrip()
        value = Scalar(self.source, found.start(2), found.start(2) + len(text), text)
        if self.result.directive(kind) is not None:
            self._problem(f"the `{kind}` directive can stand only once", name.span)
            return True
        self.result.directives.append(Directive(name, value))
        if kind == "syntax":
            self.instructions.foreign = _OWN_FRONTEND.search(text.split()[0]) is None
        elif kind == "escape":
            if text in ("\\", "`"):
                self.result.escape = self.instructions.escape = text
            else:
                self._problem("`escape` takes a backslash or a backtick", value.span)
        return True

    def _instruction(self, start: int, end: int) -> None:
        """Read an instruction with all lines that continue it."""
        end, continues = self._continues(start, end)
        pieces = [(start, end)]
        empty: list[Span] = []
        while continues and self.position < len(self.text):
            start, end = self._line()
            content = self.text[start:end].lstrip()
            if not content:
                empty.append(Span(self.source, start, end))
            elif content[0] == "#":
                self.result.comments.append(Span(self.source, end - len(content), end))
            else:
                end, continues = self._continues(start, end)
                pieces.append((start, end))
        line = LogicalLine(self.source, pieces)
        instruction = self.instructions.read(line)
        if instruction is None:
            mark = pieces[0][1]
            self._problem("no instruction continues here", Span(self.source, mark, mark + 1))
            return
        instruction.empty_continuations = empty
        self._heredocs(instruction, line)
        self._append(instruction)

    def _continues(self, start: int, end: int) -> tuple[int, bool]:
        """Return where a line ends without its continuation mark, and whether it has one."""
        line = self.text[start:end].rstrip(" \t")
        escape = self.result.escape
        # Two marks are an escaped one, and no continuation.
        if line.endswith(escape) and not line.endswith(escape * 2):
            return start + len(line) - 1, True
        return end, False

    def _heredocs(self, instruction: Instruction, line: LogicalLine) -> None:
        """Read the bodies that follow the line, in the order of their markers."""
        target = instruction.nested if instruction.name == "ONBUILD" and instruction.nested else instruction
        if target.name not in HEREDOC_INSTRUCTIONS or target.exec_form:
            return
        for word in heredoc_words(line.text, 0, len(line.text)):
            heredoc = self._body(word, line)
            target.heredocs.append(heredoc)
            last = heredoc.body.end if heredoc.terminator is None else heredoc.terminator.end
            target.end = instruction.end = max(instruction.end, last)

    def _body(self, word: HeredocWord, line: LogicalLine) -> Heredoc:
        begin = end = min(self.position, len(self.text))
        terminator: Span | None = None
        while self.position < len(self.text):
            start, stop = self._line()
            content = self.text[start:stop]
            if word.strip_tabs:
                content = content.lstrip("\t")
            if content == word.delimiter:
                terminator = Span(self.source, stop - len(content), stop)
                break
            end = min(self.position, len(self.text))
        marker = line.scalar(word.start, word.end)
        if terminator is None:
            help_text = f"end it with a line that holds only `{word.delimiter}`"
            self._problem(f"the heredoc `{word.delimiter}` never ends", marker.span, help_text)
        text = self.text[begin:end]
        body = Scalar(self.source, begin, end, _TABS.sub("", text) if word.strip_tabs else text, "|")
        return Heredoc(marker, word.delimiter, word.expand, word.strip_tabs, word.descriptor, body, terminator)

    def _append(self, instruction: Instruction) -> None:
        result = self.result
        if instruction.name == "FROM":
            words = instruction.arguments
            is_as = len(words) > 2 and words[1].text.lower() == "as"
            image = words[0] if words else None
            result.stages.append(Stage(len(result.stages), instruction, image, words[2] if is_as else None))
        elif result.stages:
            result.stages[-1].instructions.append(instruction)
        else:
            result.preamble.append(instruction)
            if self.may_lack_from and instruction.name != "ARG":
                # Behind an unknown instruction, such as a misspelt FROM, this may well be in a stage.
                self.may_lack_from = False
                if instruction.name in INSTRUCTIONS:
                    message = f"`{instruction.name}` stands before the first `FROM`"
                    self._problem(message, instruction.keyword.span, "begin with `FROM image`")
        result.instructions.append(instruction)
