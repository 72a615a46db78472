"""Where things are defined and used, what they are called, and what is known of them."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from kubelint.files import syntax_of
from kubelint.server import answers, lookup, rename
from kubelint.server.app import Server, server
from kubelint.server.asked import At, at_position


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
async def definition(ls: Server, params: types.DefinitionParams) -> list[types.Location] | None:
    """Go to what a reference leads to."""
    at = await at_position(ls, params.text_document, params.position)
    return None if at is None else at.locations(lookup.definitions(at.session.graph, at.path, at.served))


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
async def references(ls: Server, params: types.ReferenceParams) -> list[types.Location] | None:
    """Find everything that refers to what is here."""
    at = await at_position(ls, params.text_document, params.position)
    if at is None:
        return None
    declaration = params.context.include_declaration
    return at.locations(lookup.uses(at.session.graph, at.path, at.served, declaration=declaration))


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
async def highlight(ls: Server, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight] | None:
    """Mark the places of this file that mean the same."""
    at = await at_position(ls, params.text_document, params.position)
    if at is None:
        return None
    spans = lookup.uses(at.session.graph, at.path, at.served, declaration=True)
    own = [at.session.in_buffer(span) for span in spans if span.file.path == at.path]
    return [types.DocumentHighlight(at.convert.range(span), types.DocumentHighlightKind.Text) for span in own]


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
async def prepare_rename(ls: Server, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """Say whether what is here can be renamed, and if not why."""
    at = await at_position(ls, params.text_document, params.position)
    if at is None:
        return None
    found = _renaming(at)
    return types.PrepareRenamePlaceholder(at.convert.range(at.session.in_buffer(found.place)), found.name)


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
async def do_rename(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Rename everywhere at once."""
    at = await at_position(ls, params.text_document, params.position)
    if at is None:
        return None
    try:
        edits = _renaming(at).edits(params.new_name)
    except rename.RefusedError as error:
        raise JsonRpcInvalidParams(str(error)) from None
    return at.convert.workspace_edit(edits, at.session.in_buffer)


def _renaming(at: At) -> rename.Renaming:
    if at.session.buffers.get(at.path) is not None and at.session.buffers[at.path].broken:
        raise JsonRpcInvalidParams("this file does not parse; mend it first")
    try:
        return rename.renaming(at.session.graph, at.path, at.served)
    except rename.RefusedError as error:
        raise JsonRpcInvalidParams(str(error)) from None


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    """Tell what is known of what is here."""
    at = await at_position(ls, params.text_document, params.position)
    found = None if at is None else answers.hover(at.session, at.path, at.offset)
    if at is None or found is None:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, found[0]), at.convert.range(found[1]))


@server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", "/"]))
async def completion(ls: Server, params: types.CompletionParams) -> types.CompletionList | None:
    """Offer the names that exist."""
    at = await at_position(ls, params.text_document, params.position)
    if at is None or not _is_value(at):
        return None
    items = [
        types.CompletionItem(
            label=choice.text,
            detail=choice.detail,
            kind=types.CompletionItemKind.Reference,
            text_edit=types.TextEdit(at.convert.range(choice.span), choice.text),
        )
        for choice in answers.completion(at.session, at.path, at.offset)
    ]
    return types.CompletionList(is_incomplete=False, items=items)


def _is_value(at: At) -> bool:
    """Tell whether a value is being written: keys are the schema servers' business."""
    start = at.source.text.rfind("\n", 0, at.offset) + 1
    before = at.source.text[start : at.offset]
    return ":" in before or before.lstrip().startswith("-") or syntax_of(at.path) not in ("yaml", "json")
