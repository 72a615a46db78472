"""Suppression by comment and by annotation (floor 7).

``# kubelint: ignore[rule, rule] reason`` behind a value means that line; on a line of its own the node below it with
all its children; ``# kubelint: file-ignore[rule] reason`` the file. The annotation
``kubelint.io/ignore.SYSTEM.RULE: reason`` means the whole object, for manifests that are generated. A suppression works
at any label of a finding, so that it can stand at either end of a reference. One that suppresses nothing is a finding
itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kubelint.build import Built
from kubelint.files import Limits, RepositoryFile
from kubelint.finding import Finding
from kubelint.graph.model import Resource
from kubelint.source import SourceFile, Span
from kubelint.tree.node import Mapping, Node, Sequence

MARKER = "kubelint:"
ANNOTATION = "kubelint.io/ignore."

_DIRECTIVE = re.compile(
    r"(?:(?<=\s)|^)[#;][ \t]*kubelint:[ \t]*(?P<verb>[A-Za-z-]*)[ \t]*"
    r"(?:\[(?P<rules>[^\]\r\n]*)\])?(?P<reason>[^\r\n]*)"
)


@dataclass(slots=True)
class Suppression:
    """One rule named by one directive: where it stands and the stretch of the file that it covers.

    ``span`` is the rule's name in the directive, ``directive`` the whole of it. ``error`` says in words what is wrong
    with it; such a directive suppresses nothing.
    """

    rule: str
    span: Span
    directive: Span
    covers: Span
    reason: str = ""
    used: bool = False
    error: str | None = None

    def matches(self, finding: Finding) -> bool:
        """Tell whether a finding is meant: its rule, and any of its places inside what is covered."""
        if self.error is not None or self.rule != finding.rule:
            return False
        return any(_touches(self.covers, label.span) for label in finding.labels)


@dataclass(slots=True)
class Suppressions:
    """All suppressions of a repository, indexed so that a finding is compared with those of its own places only."""

    all: list[Suppression] = field(default_factory=list)
    _by_line: dict[tuple[str, str, int], list[Suppression]] = field(default_factory=dict)
    _wider: dict[tuple[str, str], list[Suppression]] = field(default_factory=dict)

    def add(self, suppression: Suppression) -> None:
        """Add one."""
        self.all.append(suppression)
        covers, path = suppression.covers, suppression.covers.file.path
        line = covers.line
        if covers.end_line == line:
            self._by_line.setdefault((suppression.rule, path, line), []).append(suppression)
        else:
            self._wider.setdefault((suppression.rule, path), []).append(suppression)

    def suppresses(self, finding: Finding) -> bool:
        """Tell whether a finding is suppressed, and mark what did it as used."""
        if not self.all:
            return False
        hit = False
        for label in finding.labels:
            path = label.span.file.path
            near = self._by_line.get((finding.rule, path, label.span.line), [])
            for suppression in (*near, *self._wider.get((finding.rule, path), ())):
                if suppression.matches(finding):
                    suppression.used = hit = True
        return hit


def collect(built: Built, files: Iterable[RepositoryFile]) -> Suppressions:
    """Return the suppressions of all files and objects."""
    found = Suppressions()
    read = list(files)
    paths = {file.path for file in read}
    # What is no configuration by its name and was taken for some because another file said so.
    others = {document.source.path: document.source for document in built.documents}
    read += [RepositoryFile(source, "", Limits()) for path, source in others.items() if path not in paths]
    for file in read:
        if MARKER in file.text:
            for suppression in _in_file(file, built):
                found.add(suppression)
    seen: set[int] = set()
    for resource in built.graph.subjects(Resource):
        if id(resource.root) not in seen:
            seen.add(id(resource.root))
            for suppression in _in_annotations(resource):
                found.add(suppression)
    return found


def _in_annotations(resource: Resource) -> Iterator[Suppression]:
    for key, value in resource.annotations():
        if key.text.startswith(ANNOTATION):
            rule = key.text.removeprefix(ANNOTATION).replace(".", "/", 1)
            reason = value.span.text if value.source is key.source else ""
            yield Suppression(rule, key.span, key.span, resource.root.span, reason)


def _in_file(file: RepositoryFile, built: Built) -> Iterator[Suppression]:
    source = file.source
    values = ScalarSpans(file)
    for found in _DIRECTIVE.finditer(source.text):
        if values.contain(found.start()):
            continue
        directive = Span(source, found.start(), found.start() + len(found.group().rstrip()))
        verb, rules = found["verb"], found["rules"]
        reason = found["reason"].strip()
        if verb not in ("ignore", "file-ignore"):
            error = f"`{verb}` is no directive; write `ignore[rule] reason` or `file-ignore[rule] reason`"
            yield Suppression("", directive, directive, directive, reason, error=error)
            continue
        if not rules or not rules.strip():
            error = "a directive names the rules that it ignores: `ignore[system/rule] reason`"
            yield Suppression("", directive, directive, directive, reason, error=error)
            continue
        covers = Span(source, 0, len(source.text)) if verb == "file-ignore" else _covered(file, built, directive)
        offset = found.start("rules")
        for part in rules.split(","):
            name = part.strip()
            start = offset + part.find(name)
            offset += len(part) + 1
            if name:
                yield Suppression(name, Span(source, start, start + len(name)), directive, covers, reason)


class ScalarSpans:
    """The stretches of a file that are scalars: a ``#`` inside of one is no comment."""

    def __init__(self, file: RepositoryFile) -> None:
        spans: list[tuple[int, int]] = []
        for document in file.yaml.documents:
            seen: set[int] = set()
            pending: list[Node] = [document.root] if document.root is not None else []
            while pending:
                node = pending.pop()
                if id(node) in seen:
                    continue
                seen.add(id(node))
                if isinstance(node, Mapping):
                    for key, value in node.entries:
                        spans.append((key.start, key.end))
                        pending.append(value)
                elif isinstance(node, Sequence):
                    pending.extend(node.children)
                else:
                    spans.append((node.start, node.end))
        spans.sort()
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def contain(self, offset: int) -> bool:
        """Tell whether an offset lies inside a scalar."""
        return self.start(offset) is not None

    def start(self, offset: int) -> int | None:
        """Return where the scalar begins that an offset lies in; None where it lies in none."""
        place = bisect_right(self._starts, offset) - 1
        return self._starts[place] if place >= 0 and offset < self._ends[place] else None


def _covered(file: RepositoryFile, built: Built, directive: Span) -> Span:
    lines = file.source.lines
    line = directive.line
    start, end = lines.bounds(line)
    if file.text[start : directive.start].strip():
        return Span(file.source, start, end)
    below = line + 1
    while below <= len(lines) and (not (text := lines.line_text(below).strip()) or text[0] in "#;"):
        below += 1
    if below > len(lines):
        return directive
    start, end = lines.bounds(below)
    for root in _roots(file, built):
        if root.start < end and start < root.end:
            return _node_on_line(root, start, end) or Span(file.source, start, end)
    return Span(file.source, start, end)


def _roots(file: RepositoryFile, built: Built) -> Iterator[Node]:
    documents = [document.root for document in file.yaml.documents if document.root is not None]
    if documents:
        yield from documents
        return
    for document in built.documents:
        if document.source is file.source and document.root is not None:
            yield document.root


def _node_on_line(root: Node, start: int, end: int) -> Span | None:
    """Return the outermost entry or item that begins on the line: key and value, or the item with all below it."""
    if start <= root.start < end:
        # Before the first key of a document: that entry alone, except where the comment stands above the document.
        if isinstance(root, Mapping) and root.entries:
            key, value = root.entries[0]
            return Span(root.source, key.start, max(key.end, value.end))
        return root.span
    node: Node | None = root
    while node is not None:
        # Entries and items stand in the order of the text: the one that begins on the line, or the last one before it.
        if isinstance(node, Mapping):
            place = bisect_left(node.entries, start, key=lambda entry: entry[0].start)
            if place < len(node.entries) and node.entries[place][0].start < end:
                key, value = node.entries[place]
                return Span(node.source, key.start, max(key.end, value.end))
            node = node.entries[place - 1][1] if place else None
        elif isinstance(node, Sequence):
            place = bisect_left(node.children, start, key=lambda child: child.start)
            if place < len(node.children) and node.children[place].start < end:
                return node.children[place].span
            node = node.children[place - 1] if place else None
        else:
            node = None
        if node is not None and not (node.start < end and start < node.end):
            node = None
    return None


def _touches(covered: Span, span: Span) -> bool:
    return covered.file.path == span.file.path and covered.start <= span.start <= covered.end


def unused(suppressions: Suppressions, source: SourceFile | None = None) -> list[Suppression]:
    """Return the suppressions that are well formed and suppressed nothing."""
    return [s for s in suppressions.all if not s.used and s.error is None and (source is None or s.span.file is source)]


def removable(suppression: Suppression) -> Span | None:
    """Return what has to go so that a comment no longer names a rule: the name, or the comment with its last name.

    None where the directive is an annotation: what else lies on its line belongs to the object.
    """
    directive, name = suppression.directive, suppression.span
    source, text = directive.file, directive.file.text
    found = _DIRECTIVE.match(directive.text)
    if found is None:
        return None
    others = [part for part in (found["rules"] or "").split(",") if part.strip() and part.strip() != suppression.rule]
    if others:
        start, end = name.start, name.end
        behind = re.compile(r"[ \t]*,[ \t]*").match(text, end)
        if behind:
            return Span(source, start, behind.end())
        before = re.search(r"[ \t]*,[ \t]*$", text[directive.start : start])
        return Span(source, start if before is None else directive.start + before.start(), end)
    first, last = source.lines.bounds(directive.line)
    start = first + len(text[first : directive.start].rstrip(" \t"))
    if start == first and directive.end >= last:  # a line of its own goes with its line end
        newline = re.compile(r"\r\n|\n|\r").match(text, last)
        return Span(source, first, last if newline is None else newline.end())
    return Span(source, start, directive.end)
