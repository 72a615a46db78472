"""An INI inventory to declarations, as Ansible's ``ini`` inventory plugin reads it."""

from __future__ import annotations

import re

from kubelint.source import Span
from kubelint.systems.kubespray.declared import (
    EXPANSION_LIMIT,
    UNGROUPED,
    ChildEntry,
    CommentFault,
    Declarations,
    Header,
    InlineComment,
)
from kubelint.systems.kubespray.values import LITERAL, Variable, is_literal
from kubelint.tree.dialect import TEXT
from kubelint.tree.ini import IniFile, IniLine, IniSection, assignment, host_tokens, variable
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.opaque import is_opaque

HOSTS, CHILDREN, VARS = "hosts", "children", "vars"
_HASH_COMMENT = re.compile(r"(?:(?<=\s)|^)#")
_EMPTY_VALUE_COMMENT = re.compile(r"#(?=\s|\Z)")
_SEMICOLON_COMMENT = re.compile(r"\S+\s+(?P<mark>;)(?=\s)")
_QUOTED = re.compile(r"""(?:'[^'\\]*'|"[^"\\]*")\Z""")


def read_inventory(file: IniFile, most_hosts: int = EXPANSION_LIMIT) -> tuple[Declarations, Mapping]:
    """Return what the file declares and its tree: section to lines to values; never raises.

    ``most_hosts`` is how many hosts its ranges are expanded to.
    """
    reader = _Reader(file, most_hosts)
    for section in file.sections:
        reader.read(section)
    if file.source.marked and file.sections:
        first = file.source.lines.bounds(1)
        message = "Ansible takes the byte order mark before this line for a part of it, and drops the file"
        reader.declared.add_problem(message, Span(file.source, *first), "save the file as UTF-8 without BOM")
    return reader.declared, Mapping(file.source, 0, len(file.source.text), reader.entries)


class _Reader:
    def __init__(self, file: IniFile, most_hosts: int) -> None:
        self.file = file
        self.declared = Declarations("ini", incomplete=file.encrypted, remaining=most_hosts)
        self.entries: list[tuple[Scalar, Node]] = []
        # A template of an inventory: what its lines say is known only when it is rendered.
        self.template = "{%" in file.source.text or "%{" in file.source.text

    def read(self, section: IniSection) -> None:
        """Read one section: header, then each line by the section's kind."""
        declared = self.declared
        kind = HOSTS if section.suffix is None else section.suffix.text
        group = UNGROUPED
        entries = self.entries
        if section.broken or self.template:
            declared.incomplete = True
        if section.header is not None:
            group = section.header.text
            if section.header.opaque:
                declared.incomplete = True
            elif kind not in (HOSTS, CHILDREN, VARS):
                advice = "a section is `[group]`, `[group:children]` or `[group:vars]`"
                declared.add_problem(f"a section cannot be `:{kind}`", section.suffix or section.header, advice)
                declared.incomplete = True
            else:
                declared.headers.append(Header(section.header, group, kind))
            entries = []
            self.entries.append((section.header, Mapping(section.source, section.start, section.end, entries)))
        for line in section.lines:
            if self.template or line.text.startswith("{{"):
                declared.incomplete = True
            elif kind == HOSTS:
                self._host(line, group, entries)
            elif kind == CHILDREN:
                self._child(line, group, entries)
            elif kind == VARS:
                self._variable(line, group, entries)

    def _host(self, line: IniLine, group: str, entries: list[tuple[Scalar, Node]]) -> None:
        declared = self.declared
        tokens, problems = host_tokens(line)
        declared.problems.extend(problems)
        if not tokens:
            return
        source, last = line.source, tokens[-1]
        if not problems and last.end < line.end and source.text[last.end] == "#":
            declared.comments.append(InlineComment(CommentFault.CUT, Span(source, last.end, line.end), line.span, last))
        variables: list[Variable] = []
        for token in tokens[1:]:
            cut = variable(token)
            if cut is not None:
                key, value = cut
                variables.append(Variable(key, value, LITERAL))
            elif token.text.startswith(";") and token.style is None:
                comment = Span(source, token.start, line.end)
                declared.comments.append(InlineComment(CommentFault.REFUSED, comment, line.span, tokens[0]))
                break
            elif not problems:
                declared.add_problem(f"expected `key=value` here, not `{token.text[:60]}`", token, _advice(token, line))
        mapping = Mapping(source, tokens[0].end, line.end, [(item.key, item.value) for item in variables])
        entries.append((tokens[0], mapping))
        declared.add_host(tokens[0], group, tuple(variables))

    def _child(self, line: IniLine, group: str, entries: list[tuple[Scalar, Node]]) -> None:
        text = line.text
        name = text.split(maxsplit=1)[0]
        node = Scalar(line.source, line.start, line.start + len(name), name)
        rest = text[len(name) :].lstrip()
        if rest.startswith(";"):
            comment = Span(line.source, line.end - len(rest), line.end)
            self.declared.comments.append(InlineComment(CommentFault.REFUSED, comment, line.span, node))
        elif rest and not rest.startswith("#"):
            self.declared.add_problem("one line names one child group", line.span, "write one group on each line")
        elif ":" in name or "]" in name:
            self.declared.add_problem(f"`{name[:60]}` is no group name", node)
            return
        if node.opaque:
            self.declared.incomplete = True
            return
        entries.append((node, Scalar(line.source, line.end, line.end, "")))
        self.declared.children.append(ChildEntry(node, group))

    def _variable(self, line: IniLine, group: str, entries: list[tuple[Scalar, Node]]) -> None:
        cut = assignment(line)
        if cut is None:
            self.declared.add_problem("expected `key=value` here", line.span, "a variable of a group is `key=value`")
            return
        key, value = cut
        comment = _comment_in(value)
        if comment is not None:
            self.declared.comments.append(InlineComment(CommentFault.JOINED, comment, line.span, key))
        unquoted = _unquoted(value)
        entries.append((key, unquoted))
        self.declared.add_variable(group, Variable(key, unquoted, LITERAL if unquoted is value else TEXT))


def _comment_in(value: Scalar) -> Span | None:
    """Return the comment that became a part of a ``:vars`` value; None where there is none or Python takes it away."""
    text = value.text
    if "#" not in text and ";" not in text:
        return None
    if is_literal(text) or text[:1] in "'\"":
        return None
    found = _EMPTY_VALUE_COMMENT.match(text)
    start = found.start() if found is not None else -1
    if start < 0 and (hashed := _HASH_COMMENT.search(text)) is not None and hashed.start() > 0:
        start = hashed.start()
    if text.count('"', 0, max(start, 0)) % 2 or text.count("'", 0, max(start, 0)) % 2:
        return None  # inside quotes that stand inside the value: `-o Option="a # b"`
    if start < 0 and (marked := _SEMICOLON_COMMENT.match(text)) is not None:
        start = marked.start("mark")
    return None if start < 0 else Span(value.source, value.start + start, value.end)


def _unquoted(value: Scalar) -> Scalar:
    """Return a value without the quotes that Python takes away, marked with their style."""
    if _QUOTED.match(value.text) is None:
        return value
    return Scalar(value.source, value.start, value.end, value.text[1:-1], value.text[0])


def _advice(token: Scalar, line: IniLine) -> str | None:
    text = line.text
    if is_opaque(text):
        return 'quote a value with spaces: `key="{{ name }}"`'
    if token.text == "=" or " =" in text or "= " in text:
        return "write `key=value` without spaces around `=`"
    if ": " in text:
        return "write `key=value`; `key: value` is YAML"
    return 'quote a value with spaces: `key="one two"`'
