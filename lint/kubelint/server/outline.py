"""What a file and the repository hold, who calls whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lsprotocol import types

from kubelint.server import answers
from kubelint.server.app import Server, Workspace, server
from kubelint.server.asked import at_position, known_file

T = TypeVar("T")


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
async def document_symbols(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
    """Return the resources of a file."""
    found = await known_file(ls, params.text_document)
    if found is None:
        return None
    workspace, path = found
    return [_document_symbol(workspace, symbol) for symbol in answers.document_symbols(workspace.session.graph, path)]


def _document_symbol(workspace: Workspace, symbol: answers.Symbol) -> types.DocumentSymbol:
    place, session = workspace.convert.range, workspace.session
    return types.DocumentSymbol(
        name=symbol.name,
        detail=symbol.detail,
        kind=_SYMBOLS.get(symbol.kind, types.SymbolKind.Object),
        range=place(session.in_buffer(symbol.whole)),
        selection_range=place(session.in_buffer(symbol.place)),
        children=[_document_symbol(workspace, part) for part in symbol.parts],
    )


_SYMBOLS = {
    "Service": types.SymbolKind.Interface,
    "Deployment": types.SymbolKind.Class,
    "StatefulSet": types.SymbolKind.Class,
    "DaemonSet": types.SymbolKind.Class,
    "Job": types.SymbolKind.Function,
    "CronJob": types.SymbolKind.Function,
    "ConfigMap": types.SymbolKind.Struct,
    "Secret": types.SymbolKind.Key,
    "Namespace": types.SymbolKind.Namespace,
    "File": types.SymbolKind.File,
    "service": types.SymbolKind.Class,
    "step": types.SymbolKind.Function,
    "pipeline": types.SymbolKind.Module,
    "Group": types.SymbolKind.Array,
    "Host": types.SymbolKind.Variable,
    "key": types.SymbolKind.Field,
    "port": types.SymbolKind.Number,
}


@server.feature(types.WORKSPACE_SYMBOL)
async def workspace_symbols(ls: Server, params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
    """Return what is called so anywhere."""
    await ls.settled()
    return [
        types.SymbolInformation(
            name=symbol.name,
            kind=_SYMBOLS.get(symbol.kind, types.SymbolKind.Object),
            location=workspace.convert.location(workspace.session.in_buffer(symbol.place)),
            container_name=symbol.detail,
        )
        for workspace in ls.folders.values()
        for symbol in answers.workspace_symbols(workspace.session.graph, params.query)
    ]


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)
async def links(ls: Server, params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
    """Return the files that a file names."""
    found = await known_file(ls, params.text_document)
    if found is None:
        return None
    workspace, path = found
    return [
        types.DocumentLink(
            workspace.convert.range(workspace.session.in_buffer(span)), target=workspace.convert.uri(target.file.path)
        )
        for span, target in answers.links(workspace.session.graph, path)
    ]


@server.feature(types.TEXT_DOCUMENT_CODE_LENS)
async def lenses(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    """Show how often each resource is referred to, where the user wants that (``codeLens: true``)."""
    found = await known_file(ls, params.text_document)
    if found is None or not ls.options.get("codeLens"):
        return None
    workspace, path = found
    return [
        types.CodeLens(
            workspace.convert.range(workspace.session.in_buffer(span)), command=types.Command(title=text, command="")
        )
        for span, text in answers.lenses(workspace.session.graph, path)
    ]


# -- calls ------------------------------------------------------------------------------------------------------------


@server.feature(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY)
async def prepare_calls(ls: Server, params: types.CallHierarchyPrepareParams) -> list[types.CallHierarchyItem] | None:
    """Return the resource here whose calls can be followed."""
    at = await at_position(ls, params.text_document, params.position)
    if at is None:
        return None
    found = answers.callable_at(at.session.graph, at.path, at.served)
    return [_call_item(at.workspace, resource) for resource in found] or None


def _call_item(workspace: Workspace, resource: Any) -> types.CallHierarchyItem:
    span = workspace.session.in_buffer(resource.span)
    return types.CallHierarchyItem(
        name=str(resource),
        kind=_SYMBOLS.get(resource.key.kind, types.SymbolKind.Object),
        uri=workspace.convert.uri(span.file.path),
        range=workspace.convert.range(span),
        selection_range=workspace.convert.range(span),
        detail=str(resource.unit),
    )


@server.feature(types.CALL_HIERARCHY_OUTGOING_CALLS)
async def outgoing(ls: Server, params: types.CallHierarchyOutgoingCallsParams) -> list[types.CallHierarchyOutgoingCall]:
    """Return what a resource calls."""
    return await _calls(ls, params.item, answers.calls_from, types.CallHierarchyOutgoingCall)


@server.feature(types.CALL_HIERARCHY_INCOMING_CALLS)
async def incoming(ls: Server, params: types.CallHierarchyIncomingCallsParams) -> list[types.CallHierarchyIncomingCall]:
    """Return who calls a resource."""
    return await _calls(ls, params.item, answers.calls_to, types.CallHierarchyIncomingCall)


async def _calls(
    ls: Server,
    item: types.CallHierarchyItem,
    ask: Callable[[Any, Any], list[answers.Call]],
    make: Callable[[types.CallHierarchyItem, list[types.Range]], T],
) -> list[T]:
    at = await at_position(ls, types.TextDocumentIdentifier(item.uri), item.selection_range.start)
    if at is None:
        return []
    graph = at.session.graph
    return [
        make(_call_item(at.workspace, call.end), [at.convert.range(at.session.in_buffer(span)) for span in call.places])
        for resource in answers.callable_at(graph, at.path, at.served)
        for call in ask(graph, resource)
    ]
