"""What can be done about a finding."""

from __future__ import annotations

from lsprotocol import types

from kubelint.finding import Finding, Safety
from kubelint.server import lookup
from kubelint.server.app import Server, server
from kubelint.server.asked import At, at_position
from kubelint.source import Span, TextEdit


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions([types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]),
)
async def actions(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """Offer fixes, near misses and directives for the findings here, and all certain fixes of the file."""
    at = await at_position(ls, params.text_document, params.range.start)
    if at is None:
        return None
    end = at.convert.offset(at.source, params.range.end)
    wanted = params.context.only
    found: list[types.CodeAction] = []
    if not wanted or types.CodeActionKind.QuickFix in wanted:
        for finding in at.session.findings(at.path):
            if finding.span.start <= end and at.offset <= finding.span.end:
                found += _quick_fixes(at, finding)
    if not wanted or any(kind.startswith("source") for kind in wanted):
        found += _fix_all(at)
    return found


def _quick_fixes(at: At, finding: Finding) -> list[types.CodeAction]:
    diagnostics = [at.convert.diagnostic(finding)]
    found: list[types.CodeAction] = []

    def add(title: str, edit: types.WorkspaceEdit, *, preferred: bool = False) -> None:
        kind = types.CodeActionKind.QuickFix
        found.append(types.CodeAction(title, kind, diagnostics, is_preferred=preferred, edit=edit))

    if finding.fix is not None:
        preferred = finding.fix.safety is Safety.SAFE
        title = finding.fix.title[:1].upper() + finding.fix.title[1:]
        add(title, at.convert.workspace_edit(finding.fix.edits, lambda span: span), preferred=preferred)
    else:
        for name, span in _near_misses(at, finding):
            add(f"Write `{name}`", at.convert.workspace_edit([TextEdit(span, name)], lambda span: span))
    edit = _ignored(at, finding)
    if edit is not None:
        add(f"Ignore `{finding.rule}` here", edit)
    return found


def _near_misses(at: At, finding: Finding) -> list[tuple[str, Span]]:
    """Return the names that a dangling reference may have meant, where there are several."""
    found: dict[str, Span] = {}
    for reference in lookup.references_at(at.session.graph, at.path, at.session.offset(at.path, finding.span.start)):
        node = reference.node
        if reference.dangling and getattr(node, "text", None) == node.span.text:
            for candidate in reference.candidates:
                found.setdefault(candidate.name.rpartition("/")[2], at.session.in_buffer(node.span))
    return list(found.items())


def _ignored(at: At, finding: Finding) -> types.WorkspaceEdit | None:
    """Return the edit that writes a directive for one finding; its reason is left to the user."""
    if finding.rule.startswith("repository/"):
        return None
    from kubelint import ignore  # what only a question needs is imported with the first one

    edit = ignore.directive(at.source, finding.span.line, finding.rule, "reason")
    return None if edit is None else at.convert.workspace_edit([edit], lambda span: span)


def _fix_all(at: At) -> list[types.CodeAction]:
    from kubelint import fix

    chosen = fix.choose(
        (
            finding
            for finding in at.session.findings(at.path)
            if finding.fix is not None and {edit.span.file.path for edit in finding.fix.edits} == {at.path}
        ),
        unsafe=False,
    )
    if not chosen:
        return []
    edits = [edit for finding in chosen if finding.fix is not None for edit in finding.fix.edits]
    return [
        types.CodeAction(
            f"Fix all that kubelint is certain of ({len(chosen)})",
            types.CodeActionKind.SourceFixAll,
            edit=at.convert.workspace_edit(edits, lambda span: span),
        )
    ]
