"""Between our values and the protocol's: paths and URIs, spans and ranges, findings and diagnostics."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from lsprotocol import types
from pygls import uris

from kubelint.finding import Finding, Severity
from kubelint.source import SourceFile, Span, TextEdit

DOCUMENTATION = "https://github.com/kubelint/kubelint/blob/main/docs/rules"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}


def file_of(uri: str) -> Path | None:
    """Return the file that a URI means, without steps upwards; None for what is no file."""
    try:
        found = uris.to_fs_path(uri)
        if found is not None and "\ufffd" in found:
            found = os.fsdecode(unquote_to_bytes(urlsplit(uri).path))  # a name that is no text
    except ValueError:
        return None  # `file://[`
    return None if not found or "\0" in found else Path(os.path.normpath(found))


class Converter:
    """Converts for one repository and one client: its root, and how the client counts columns."""

    def __init__(self, root: Path, encoding: str) -> None:
        self.root = root
        self.encoding = encoding

    def uri(self, path: str) -> str:
        """Return the URI of a file; of a name that is no text its bytes are escaped."""
        whole = str(self.root / path)
        try:
            return uris.from_fs_path(whole) or ""
        except UnicodeEncodeError:
            return f"file://{quote(os.fsencode(whole))}"

    def path(self, uri: str) -> str | None:
        """Return the path of a URI relative to the root; None for one outside of it."""
        found = file_of(uri)
        return (
            found.relative_to(self.root).as_posix() if found is not None and found.is_relative_to(self.root) else None
        )

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self, source: SourceFile, offset: int) -> types.Position:
        """Return the line and column, from 0, in the units of the client."""
        line, column = source.lines.position(min(offset, len(source.text)))
        if self.encoding == "utf-32":
            return types.Position(line - 1, column - 1)
        before = source.lines.line_text(line)[: column - 1]
        return types.Position(line - 1, column - 1 if before.isascii() else self._units(before))

    def range(self, span: Span) -> types.Range:
        """Return the range of a span; one over several lines as such."""
        return types.Range(self.position(span.file, span.start), self.position(span.file, span.end))

    def span(self, source: SourceFile, wanted: types.Range) -> Span:
        """Return the span of a range in a text."""
        return Span(source, self.offset(source, wanted.start), self.offset(source, wanted.end))

    def offset(self, source: SourceFile, position: types.Position) -> int:
        """Return the offset of a position; one behind the end of a line or of the text is the end."""
        if position.line >= len(source.lines):
            return len(source.text)
        start, end = source.lines.bounds(position.line + 1)
        text = source.text[start:end]
        if self.encoding == "utf-32" or text.isascii():
            return min(start + position.character, end)
        count = 0
        for index, character in enumerate(text):
            if count >= position.character:
                return start + index
            count += self._units(character)
        return end

    def _units(self, text: str) -> int:
        if self.encoding == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(1 for character in text if character > "\uffff")

    # -- values ----------------------------------------------------------------------------------------------------

    def location(self, span: Span) -> types.Location:
        """Return the place of a span."""
        return types.Location(self.uri(span.file.path), self.range(span))

    def text_edit(self, edit: TextEdit) -> types.TextEdit:
        """Return an edit."""
        return types.TextEdit(self.range(edit.span), edit.text)

    def workspace_edit(self, edits: Iterable[TextEdit], placed: Callable[[Span], Span]) -> types.WorkspaceEdit:
        """Return edits of several files; ``placed`` moves spans into the texts that the editor shows."""
        changes: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            span = placed(edit.span)
            changes.setdefault(self.uri(span.file.path), []).append(types.TextEdit(self.range(span), edit.text))
        return types.WorkspaceEdit(changes=changes)

    def diagnostic(self, finding: Finding) -> types.Diagnostic:
        """Return a finding as a diagnostic with its other ends."""
        text = finding.headline
        for extra in (finding.primary.text, finding.note, finding.help):
            if extra:
                text += f"\n{extra}"
        return types.Diagnostic(
            range=self.range(finding.span),
            message=text,
            severity=_SEVERITIES[finding.severity],
            code=finding.rule,
            code_description=types.CodeDescription(f"{DOCUMENTATION}/{finding.rule}.md"),
            source="kubelint",
            tags=_tags(finding.rule),
            related_information=[
                types.DiagnosticRelatedInformation(self.location(label.span), label.text or "see here")
                for label in finding.related
            ],
        )


def _tags(rule: str) -> list[types.DiagnosticTag] | None:
    slug = rule.rpartition("/")[2]
    if slug.startswith("unused-") or slug.endswith("-not-used"):
        return [types.DiagnosticTag.Unnecessary]
    if slug.startswith(("deprecated-", "removed-", "old-")):
        return [types.DiagnosticTag.Deprecated]
    return None
