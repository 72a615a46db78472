"""YAML text to trees, from the events of the C parser.

Why events: libyaml's events carry exact start and end offsets and cost a twentieth of a round-trip load (measured,
see ``docs/architecture.md``). Merge keys, duplicates and scalar types are left to :mod:`kubelint.tree.node` and the
dialects.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml

from kubelint.source import SourceFile, Span
from kubelint.tree.compact import MAX_ALIAS_EXPANSION, MAX_DEPTH, CompactStream, compact, event_parser
from kubelint.tree.escapes import REFUSED, has_halves, joined, refused, without_halves
from kubelint.tree.node import OPAQUE_TAG, Mapping, Node, Scalar, Sequence, expanded
from kubelint.tree.problem import BoundExceeded, DuplicateKey, Problem, Problems, SyntaxProblem

#: ``---`` at the start of a line; a lone CR ends one, and so do the three others that YAML 1.1 knows.
_SEPARATOR = re.compile("(?<![^\n\r\x85\u2028\u2029])---(?=[ \t\n\r\x85\u2028\u2029]|\\Z)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TEMPLATE_LINE = re.compile(r"\{\{|\{%")


@dataclass(slots=True)
class YamlDocument:
    """One document of a stream. ``root`` is None for an empty one and for one that did not parse."""

    source: SourceFile
    start: int
    end: int
    root: Node | None
    broken: bool = False
    templated: bool = False


@dataclass(slots=True)
class YamlStream:
    """The documents of a text and what could not be read."""

    documents: list[YamlDocument] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=Problems)


@dataclass(slots=True)
class _Anchor:
    node: Node | None
    weight: int


def read_yaml(
    source: SourceFile,
    *,
    max_depth: int = MAX_DEPTH,
    max_aliases: int = MAX_ALIAS_EXPANSION,
    templates: bool = True,
) -> YamlStream:
    """Read all documents of a text; never raises.

    ``templates`` says that a document which does not parse may be one that is rendered first: it is then no problem.

    A document that does not parse is reported once and left out; reading goes on at the next ``---`` line, so its
    neighbours are neither hidden nor made to look broken.
    """
    documents = compact(source.text, max_depth) if templates else None
    if documents is not None:
        return stream_of(source, documents)
    return read_whole(source, max_depth=max_depth, max_aliases=max_aliases, templates=templates)


def stream_of(source: SourceFile, documents: CompactStream) -> YamlStream:
    """Return the stream of a text from its compact form."""
    return YamlStream(
        [
            YamlDocument(source, start, end, None if root is None else expanded(source, root))
            for start, end, root in documents
        ]
    )


def read_whole(
    source: SourceFile,
    *,
    max_depth: int = MAX_DEPTH,
    max_aliases: int = MAX_ALIAS_EXPANSION,
    templates: bool = True,
) -> YamlStream:
    """Read all documents of any text, node by node, with all that is wrong with it; never raises."""
    reader = _Reader(source, max_depth, max_aliases, templates)
    reader.read()
    return reader.stream


class _Reader:
    def __init__(self, source: SourceFile, max_depth: int, max_aliases: int, templates: bool) -> None:
        self.source = source
        self.templates = templates
        self.text = source.text
        self.max_depth = max_depth
        self.max_aliases = max_aliases
        self.stream = YamlStream()
        self.has_halves = has_halves(source)
        self.base = 0
        self.stop: int | None = None
        self.weight = 0

    def read(self) -> None:
        text = self.text
        position: int | None = 0
        # All at once, as long as nothing is broken. Behind a broken document one by one, then two, four …: reading the
        # whole rest after each of thousands would be quadratic.
        count = 0
        while position is not None and position <= len(text):
            start = self.base = position
            self.stop, end = self._stop(start, count)
            part = text[start:end] if start or end < len(text) else text
            if _SURROGATE.search(part):  # an editor's buffer may hold what no encoding can carry
                part = _SURROGATE.sub("\ufffd", part)
            if self.has_halves:
                part = without_halves(part)
            try:
                self._parse(part)
                position = self.stop
                count *= 2
            except yaml.MarkedYAMLError as error:
                count = 1
                mark = error.problem_mark or error.context_mark
                offset = start + (mark.index if mark is not None else 0)
                position = self._recover(offset, error.problem or "not valid YAML", error)
            except yaml.reader.ReaderError as error:
                count = 1
                position = self._recover(
                    start + self._unreadable(part, error), "this character is not allowed in YAML", None
                )

    def _stop(self, start: int, count: int) -> tuple[int | None, int]:
        """Return start and end of the separator behind so many documents; None and the end of the text without one.

        The separator is read with what stands before it, so that what is broken there looks as it does in the whole.
        """
        text = self.text
        if count:
            behind = start + 3 if text.startswith("---", start) else start
            own = 1 if text.startswith("%", start) else 0  # directives stand before the separator of their document
            found = next(islice(_SEPARATOR.finditer(text, behind), count - 1 + own, None), None)
            if found is not None:
                return found.start(), found.end()
        return None, len(text)

    @staticmethod
    def _unreadable(part: str, error: yaml.reader.ReaderError) -> int:
        """Return the offset in code points; the C parser counts bytes in some of these errors."""
        character = chr(error.character) if isinstance(error.character, int) and 0 <= error.character < 0x110000 else ""
        found = part.find(character) if character else -1
        return max(found, 0)

    def _recover(self, offset: int, message: str, error: yaml.MarkedYAMLError | None) -> int | None:
        """Report the document around ``offset`` as broken and return where to go on; None at the end."""
        text = self.text
        offset = min(offset, len(text))
        start = self.stream.documents[-1].end if self.stream.documents else 0
        start = max(start, self.base)
        # A separator that stands between the last good document and the error begins the broken one.
        for found in _SEPARATOR.finditer(text, start, min(len(text), offset)):
            start = found.start()
        following = _SEPARATOR.search(text, max(offset, start + 3 if text.startswith("---", start) else start))
        end = following.start() if following else len(text)
        templated = self.templates and _TEMPLATE_LINE.search(text, start, end) is not None
        self.stream.documents.append(YamlDocument(self.source, start, end, None, broken=True, templated=templated))
        if not templated:
            self.stream.problems.append(self._syntax_problem(offset, message, error))
        if following is None:
            return None
        return end

    def _syntax_problem(self, offset: int, message: str, error: yaml.MarkedYAMLError | None) -> Problem:
        if "nesting depth" in message:  # libyaml's own bound, some way beyond ours
            span = Span(self.source, offset, min(offset + 1, len(self.text)))
            return BoundExceeded("nested deeper than any YAML reader follows", span)
        if message == REFUSED:
            message, span, help_text = refused(self.source, offset)
            return SyntaxProblem(message, span, None, help_text)
        lines = self.source.lines
        end = lines.bounds(lines.line(offset))[1]
        if offset >= end:  # an error at a line end is shown at the line's last character
            line_start = lines.bounds(lines.line(offset))[0]
            offset = max(line_start, end - 1)
        related = None
        if error is not None and error.context and error.context_mark is not None:
            start = min(self.base + error.context_mark.index, len(self.text))
            span = Span(self.source, start, max(start, min(start + 1, len(self.text))))
            if span.line != lines.line(offset):
                related = (span, error.context)
        return SyntaxProblem(_readable(message), Span(self.source, offset, min(offset + 1, len(self.text))), related)

    def _parse(self, text: str) -> None:
        parser = event_parser()(text)
        next_event: Callable[[], Any] = parser.get_event
        try:
            while True:
                event = next_event()
                kind = type(event)
                if kind is yaml.DocumentStartEvent:
                    start = self.base + event.start_mark.index
                    self.weight = 0
                    root = self._compose(next_event)
                    end_event = next_event()
                    self._finish(start, self.base + end_event.end_mark.index, root)
                elif kind is yaml.StreamEndEvent:
                    return
        finally:
            parser.dispose()

    def _finish(self, start: int, end: int, root: Node | None) -> None:
        if self.stop is not None and end > self.stop:
            self.stop = start  # nothing but the separator that the next part begins with, or the directives before it
            return
        if isinstance(root, Scalar) and root.is_null:
            root = None
        self.stream.documents.append(YamlDocument(self.source, start, end, root))

    def _compose(self, next_event: Callable[[], Any]) -> Node | None:  # noqa: C901 - one loop, kept flat for speed
        """Build the tree of one document with an explicit stack: no recursion, one pass."""
        source, base = self.source, self.base
        anchors: dict[str, _Anchor] = {}
        # Each frame: container, pending key (mappings), anchor name, weight so far, start event's own start.
        stack: list[list[object]] = []
        scalar_event, mapping_start, sequence_start = (
            yaml.ScalarEvent,
            yaml.MappingStartEvent,
            yaml.SequenceStartEvent,
        )
        alias_event = yaml.AliasEvent
        entries: list[tuple[Scalar, Node]] | None = None
        children: list[Node] | None = None
        key: Scalar | None = None
        weight = 0
        while True:
            event = next_event()
            kind = type(event)
            if kind is scalar_event:
                start, end = base + event.start_mark.index, base + event.end_mark.index
                node: Node = Scalar(
                    source,
                    start,
                    end,
                    joined(self.text[start:end], event.value) if self.has_halves else event.value,
                    event.style or None,
                    event.tag if not event.implicit[0] and event.tag is not None and event.tag != "!" else None,
                )
                weight += 1
                if event.anchor is not None:
                    anchors[event.anchor] = _Anchor(node, 1)
            elif kind is mapping_start or kind is sequence_start:
                if len(stack) >= self.max_depth:
                    node = self._too_deep(event, next_event)
                else:
                    start = base + event.start_mark.index
                    if kind is mapping_start:
                        node = Mapping(source, start, start, [], flow=bool(event.flow_style), tag=event.tag)
                        stack.append([node, key, entries, children, weight, event.anchor])
                        entries, children, key = node.entries, None, None
                    else:
                        node = Sequence(source, start, start, [], flow=bool(event.flow_style), tag=event.tag)
                        stack.append([node, key, entries, children, weight, event.anchor])
                        entries, children, key = None, node.children, None
                    weight = 1
                    if event.anchor is not None:
                        anchors[event.anchor] = _Anchor(None, 0)
                    continue
            elif kind is alias_event:
                node, added = self._alias(event, anchors)
                weight += added
            else:  # the end of a mapping or a sequence
                container, outer_key, outer_entries, outer_children, outer_weight, anchor = stack.pop()
                assert isinstance(container, Mapping | Sequence)  # noqa: S101 - frames hold nothing else
                self._close(container, base + event.end_mark.index)
                container.end = min(container.end, len(self.text))
                node = container
                if isinstance(container, Mapping):
                    if container.flow and self.text.startswith("{{", container.start):
                        node = self._template(container)
                    else:
                        for repeated, first in container.duplicates():
                            self.stream.problems.append(_duplicate(repeated, first))
                if anchor is not None:
                    anchors[anchor] = _Anchor(node, weight)  # type: ignore[index]
                weight += outer_weight  # type: ignore[operator]
                key, entries, children = outer_key, outer_entries, outer_children  # type: ignore[assignment]
            if not stack:
                return node
            if children is not None:
                children.append(node)
            elif key is None:
                key = node if isinstance(node, Scalar) else self._complex_key(node)
            else:
                entries.append((key, node))  # type: ignore[union-attr]
                key = None

    @staticmethod
    def _close(container: Mapping | Sequence, end: int) -> None:
        """Set a container's end: behind its last child, since libyaml ends a block where the next token starts."""
        if container.flow:
            container.end = end
            return
        last = container.entries[-1][1] if isinstance(container, Mapping) and container.entries else None
        if isinstance(container, Mapping) and container.entries and last is not None:
            key = container.entries[-1][0]
            container.end = max(key.end + 1, last.end) if last.start >= key.start else key.end + 1
        elif isinstance(container, Sequence) and container.children:
            child = container.children[-1]
            container.end = max(container.start + 1, child.end) if child.start >= container.start else end
        else:
            container.end = end

    def _template(self, mapping: Mapping) -> Scalar:
        """Take ``{{ .Values.x }}`` without quotes, which YAML reads as two flow mappings, for what it is."""
        return Scalar(self.source, mapping.start, mapping.end, self.text[mapping.start : mapping.end], None, OPAQUE_TAG)

    def _complex_key(self, node: Node) -> Scalar:
        """Return a scalar for a mapping or sequence used as a key; its text is the source text."""
        return Scalar(self.source, node.start, node.end, self.text[node.start : node.end], '"')

    def _alias(self, event: Any, anchors: dict[str, _Anchor]) -> tuple[Node, int]:
        start, end = self.base + event.start_mark.index, self.base + event.end_mark.index
        anchor = anchors.get(event.anchor)
        span = Span(self.source, start, end)
        if anchor is None:
            self.stream.problems.append(SyntaxProblem(f"the alias `*{event.anchor}` has no anchor before it", span))
        elif anchor.node is None:
            self.stream.problems.append(
                SyntaxProblem(f"the alias `*{event.anchor}` stands inside its own anchor", span)
            )
        else:
            self.weight += anchor.weight
            if self.weight <= self.max_aliases:
                return anchor.node, anchor.weight
            if self.weight - anchor.weight <= self.max_aliases:
                help_text = "raise `limits.aliases` in the configuration if this is meant"
                message = f"aliases expand to more than {self.max_aliases} nodes"
                self.stream.problems.append(BoundExceeded(message, span, None, help_text))
        return Scalar(self.source, start, end, self.text[start:end], None, OPAQUE_TAG), 1

    def _too_deep(self, event: Any, next_event: Callable[[], Any]) -> Scalar:
        start = self.base + event.start_mark.index
        message = f"nested deeper than {self.max_depth} levels"
        help_text = "raise `limits.depth` in the configuration if this is meant"
        span = Span(self.source, start, start + 1)
        if not any(
            isinstance(problem, BoundExceeded) and problem.message == message for problem in self.stream.problems
        ):
            self.stream.problems.append(BoundExceeded(message, span, None, help_text))
        level = 1
        while level:
            event = next_event()
            if isinstance(event, yaml.CollectionStartEvent):
                level += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                level -= 1
        return Scalar(self.source, start, self.base + event.end_mark.index, "", None, OPAQUE_TAG)


def _duplicate(repeated: Scalar, first: Scalar) -> DuplicateKey:
    return DuplicateKey(
        f"the key `{repeated.text}` stands twice in one mapping",
        repeated.span,
        (first.span, "first here"),
        "keep one of them; most readers silently take the last, some refuse the file",
    )


_READABLE = {
    "mapping values are not allowed in this context": "a `key: value` cannot stand here; is the indentation right?",
    "did not find expected key": "expected a key here; is the indentation right, or a quote missing?",
    "did not find expected '-' indicator": "expected a list item (`- …`) here; is the indentation right?",
    "found character that cannot start any token": "this character cannot start a value; tabs indent nothing in YAML",
    "could not find expected ':'": "expected a `:` behind this key",
    "did not find expected ',' or '}'": "expected `,` or `}` here",
    "did not find expected ',' or ']'": "expected `,` or `]` here",
    "found unexpected end of stream": "the text ends inside a quoted value",
    "found unknown escape character": "unknown escape in a double-quoted value; single quotes keep the backslash",
    "did not find expected alphabetic or numeric character": "a name is expected behind `*` or `&`; quote the value",
    "control characters are not allowed": "this control character is not allowed in YAML",
}


def _readable(message: str) -> str:
    return _READABLE.get(message, message)
