"""The protocol: requests come in, are put to a session, and its values go out. Nothing is decided here."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from kubelint import __version__, fix, ignore
from kubelint.baseline import Baseline
from kubelint.check import Report
from kubelint.config import FILE_NAMES, Settings
from kubelint.finding import Finding, Safety
from kubelint.outcome import Outcome
from kubelint.repository import syntax_of
from kubelint.server import answers, lookup, rename
from kubelint.server.convert import Converter
from kubelint.server.session import Interruptible, Session
from kubelint.source import SourceFile, Span, TextEdit

log = logging.getLogger(__name__)
#: Seconds of quiet after the last key press before anything is worked out.
DEBOUNCE = 0.015
#: Seconds of quiet before whole checks are made, where what matters has been foretold.
QUIET = 0.3
MARKERS = (*FILE_NAMES, ".git")
T = TypeVar("T")


class Memory(Protocol):
    """What other processes have found, and will find: see :mod:`kubelint.cache`."""

    def load(self, root: Path, settings: Settings, baseline: Baseline | None) -> Outcome | None:
        """Return the outcome of the last check of an unchanged repository; None where there is none."""

    def save(self, report: Report, baseline: Baseline | None) -> None:
        """Keep the report of a check of what is on disk."""


class Workspace:
    """A repository that is open in the editor: its session, and what was published for its files."""

    def __init__(self, root: Path, encoding: str) -> None:
        self.session = Session(root)
        self.convert = Converter(self.session.root, encoding)
        self.published: dict[str, list[types.Diagnostic]] = {}


class Server(LanguageServer):
    """The server of one editor.

    An edit starts a round: after a moment what can be foretold is published; when nobody types any more, or when
    somebody asks a question, whole checks are made in a thread and their findings published. The next edit ends the
    round. The thread and the event loop never look at a session's trees at the same time.
    """

    def __init__(self) -> None:
        super().__init__("kubelint", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
        self.folders: dict[Path, Workspace] = {}
        self.options: dict[str, Any] = {}
        #: Where the outcome of an earlier process can be had from and left for a later one; None: nowhere.
        self.memory: Memory | None = None
        self._round: asyncio.Task[None] | None = None
        self._asked = asyncio.Event()
        self._waiting = 0
        self._checking: asyncio.Future[Report | None] | None = None
        self._watch: Interruptible | None = None

    # -- folders ---------------------------------------------------------------------------------------------------

    def add_folder(self, uri: str) -> None:
        """Serve a folder."""
        from pygls import uris

        path = uris.to_fs_path(uri)
        if path and Path(path).is_dir():
            root = Path(path).resolve()
            self.folders.setdefault(root, Workspace(root, _encoding(self)))

    def remove_folder(self, uri: str) -> None:
        """Serve a folder no longer."""
        from pygls import uris

        path = uris.to_fs_path(uri)
        gone = self.folders.pop(Path(path).resolve(), None) if path else None
        for name in gone.published if gone is not None else ():
            self._send(gone, name, [])  # type: ignore[arg-type]

    def find(self, uri: str) -> tuple[Workspace, str] | None:
        """Return the workspace of a file and its path there: the innermost folder that holds it, or its own."""
        holding = [
            (len(root.parts), workspace, path)
            for root, workspace in self.folders.items()
            if (path := workspace.convert.path(uri)) is not None
        ]
        if holding:
            _, workspace, path = max(holding, key=lambda found: found[0])
            return workspace, path
        from pygls import uris

        file = uris.to_fs_path(uri)
        if file is None:
            return None
        parents = Path(file).resolve().parents
        root = next((folder for folder in parents if any((folder / name).exists() for name in MARKERS)), parents[0])
        if not root.is_dir():
            return None
        workspace = self.folders.setdefault(root, Workspace(root, _encoding(self)))
        path = workspace.convert.path(uri)
        return None if path is None else (workspace, path)

    # -- diagnostics -----------------------------------------------------------------------------------------------

    def schedule(self, edited: tuple[Workspace, str] | None = None) -> None:
        """Begin a round; ``edited`` is the file that somebody works on."""
        if self._round is not None:
            self._round.cancel()
        if self._watch is not None:
            self._watch.abandoned = True
        self._round = asyncio.get_running_loop().create_task(self._run(edited))

    async def _run(self, edited: tuple[Workspace, str] | None) -> None:
        try:
            await asyncio.sleep(DEBOUNCE)
            if self._checking is not None:  # of the last round: it has been told to end
                await asyncio.wait([self._checking])
            due = [workspace for workspace in self.folders.values() if not workspace.session.settled]
            foretold = [workspace for workspace in due if workspace.session.foretell()]
            self.publish(workspace for workspace in self.folders.values() if workspace not in due)
            self.publish(foretold)
            gc.collect()
            if foretold and not self._asked.is_set():
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._asked.wait(), QUIET)
            for workspace in due:
                await self._check(workspace)
                self.publish([workspace])
            if due:
                _tidy()
            if edited is not None:
                edited[0].session.expect(edited[1])
        except Exception:
            log.exception("a check has failed")

    async def _check(self, workspace: Workspace) -> None:
        session, task = workspace.session, workspace.session.task()
        self._watch = task.watch
        if self.memory is not None and session.is_new:
            outcome = self.memory.load(session.root, session.settings, session.baseline)
            if outcome is not None:
                session.recall(outcome)
                self.publish([workspace])
        self._checking = asyncio.get_running_loop().run_in_executor(None, task.run)
        try:
            # The thread cannot be stopped from here, and who comes next waits for it.
            report = await asyncio.shield(self._checking)
        finally:
            if self._checking.done():
                self._checking = None
        if report is not None:
            first = session.is_new
            session.take(task, report)
            if self.memory is not None and first and not task.overlay:
                self.memory.save(report, session.baseline)

    async def settled(self) -> None:
        """Wait until whole checks have been made of everything."""
        self._waiting += 1
        self._asked.set()
        try:
            while self._round is not None and not self._round.done():
                await asyncio.wait([self._round])
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._asked.clear()

    def publish(self, workspaces: Iterable[Workspace]) -> None:
        """Send the diagnostics of all open files that have changed, and clear those of files that were closed."""
        for workspace in workspaces:
            session = workspace.session
            for path in list(workspace.published):
                if path not in session.buffers:
                    del workspace.published[path]
                    self._send(workspace, path, [])
            for path in session.buffers:
                found = [workspace.convert.diagnostic(finding) for finding in session.findings(path)]
                if workspace.published.get(path) != found:
                    workspace.published[path] = found
                    self._send(workspace, path, found)

    def _send(self, workspace: Workspace, path: str, found: list[types.Diagnostic]) -> None:
        uri = workspace.convert.uri(path)
        document = self.workspace.text_documents.get(uri)
        version = document.version if document is not None else None
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))


def _tidy() -> None:
    """Give back the memory of the graphs before this one, and do not look at what is left again.

    The command line has switched the collector off: it would stop the world in the middle of a key press.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _encoding(server: Server) -> str:
    encoding = server.workspace.position_encoding
    return str(getattr(encoding, "value", encoding) or "utf-16")


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Tell a defect from an answer that happens to be an error: a name that cannot be renamed, a text that changed."""
    return record.exc_info is None or not isinstance(record.exc_info[1], JsonRpcInvalidParams | ContentModifiedError)


logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_worth_telling)
server = Server()


# -- life -----------------------------------------------------------------------------------------------------------


@server.feature(types.INITIALIZE)
def initialize(ls: Server, params: types.InitializeParams) -> None:
    """Take the folders and options of the client."""
    ls.options = params.initialization_options if isinstance(params.initialization_options, dict) else {}


@server.feature(types.INITIALIZED)
def initialized(ls: Server, params: types.InitializedParams) -> None:
    """Serve the folders that are open, and ask to be told of changes on disk."""
    del params
    for folder in ls.workspace.folders.values():
        ls.add_folder(folder.uri)
    if not ls.folders and ls.workspace.root_uri:
        ls.add_folder(ls.workspace.root_uri)
    capabilities = ls.client_capabilities.workspace
    watched = capabilities.did_change_watched_files if capabilities is not None else None
    if watched is not None and watched.dynamic_registration:
        options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*")])
        registration = types.Registration("watch", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        ls.client_register_capability(types.RegistrationParams([registration]))


@server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
def folders_changed(ls: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Serve other folders."""
    for folder in params.event.removed:
        ls.remove_folder(folder.uri)
    for folder in params.event.added:
        ls.add_folder(folder.uri)
    ls.schedule()


@server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def files_changed(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """Look at files on disk again."""
    changed: dict[int, tuple[Workspace, list[str]]] = {}
    for event in params.changes:
        found = ls.find(event.uri)
        if found is not None and not f"/{found[1]}/".startswith("/.git/"):
            changed.setdefault(id(found[0]), (found[0], []))[1].append(found[1])
    for workspace, paths in changed.values():
        workspace.session.invalidate(paths)
    if changed:
        ls.schedule()


@server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
def configuration_changed(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    """Take the editor's settings, and read our own configuration again."""
    settings = params.settings.get("kubelint") if isinstance(params.settings, dict) else None
    if isinstance(settings, dict):
        ls.options = {**ls.options, **settings}
    for workspace in ls.folders.values():
        workspace.session.reload()
    ls.schedule()


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    """Take a buffer."""
    _take(ls, params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Take a new text of a buffer."""
    _take(ls, params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    """Read our own configuration again where it was saved; everything else is known from the buffer."""
    found = ls.find(params.text_document.uri)
    if found is not None:
        found[0].session.invalidate([found[1]])
        ls.schedule()


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    """Look at the file on disk again."""
    found = ls.find(params.text_document.uri)
    if found is not None:
        found[0].session.close(found[1])
        ls.schedule()


def _take(ls: Server, uri: str) -> None:
    found = ls.find(uri)
    if found is None:
        return
    workspace, path = found
    workspace.session.open(path, ls.workspace.get_text_document(uri).source)
    ls.schedule(found)


# -- questions --------------------------------------------------------------------------------------------------------


class At:
    """A position in a file of a workspace, and the offset in the text that is served for it."""

    def __init__(self, workspace: Workspace, path: str, position: types.Position) -> None:
        self.workspace, self.path = workspace, path
        self.session, self.convert = workspace.session, workspace.convert
        self.source = self.session.source(path) or SourceFile(path, "")
        self.offset = self.convert.offset(self.source, position)
        self.served = self.session.offset(path, self.offset)

    def locations(self, spans: Iterable[Span]) -> list[types.Location]:
        """Return places as the editor shows them."""
        return [self.convert.location(self.session.in_buffer(span)) for span in spans]


async def _at(ls: Server, document: types.TextDocumentIdentifier, position: types.Position) -> At | None:
    found = await _file(ls, document)
    return None if found is None else At(*found, position)


async def _file(ls: Server, document: types.TextDocumentIdentifier) -> tuple[Workspace, str] | None:
    """Return the workspace and path of a document once all is known of it; None where it is none of ours.

    Raises a JSON-RPC error where its text has changed since the question: its positions then mean something else.
    """
    found = ls.find(document.uri)
    if found is None:
        return None
    workspace, path = found
    asked = workspace.session.buffers.get(path)
    await ls.settled()
    if workspace.session.buffers.get(path) is not asked:
        raise ContentModifiedError
    return found


class ContentModifiedError(JsonRpcException):
    """The text has changed while an answer was worked out. Source: LSP 3.17, ``ErrorCodes.ContentModified``."""

    CODE = types.LSPErrorCodes.ContentModified.value
    MESSAGE = "the text has changed since"


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
async def definition(ls: Server, params: types.DefinitionParams) -> list[types.Location] | None:
    """Go to what a reference leads to."""
    at = await _at(ls, params.text_document, params.position)
    return None if at is None else at.locations(lookup.definitions(at.session.graph, at.path, at.served))


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
async def references(ls: Server, params: types.ReferenceParams) -> list[types.Location] | None:
    """Find everything that refers to what is here."""
    at = await _at(ls, params.text_document, params.position)
    if at is None:
        return None
    declaration = params.context.include_declaration
    return at.locations(lookup.uses(at.session.graph, at.path, at.served, declaration=declaration))


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
async def highlight(ls: Server, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight] | None:
    """Mark the places of this file that mean the same."""
    at = await _at(ls, params.text_document, params.position)
    if at is None:
        return None
    spans = lookup.uses(at.session.graph, at.path, at.served, declaration=True)
    own = [at.session.in_buffer(span) for span in spans if span.file.path == at.path]
    return [types.DocumentHighlight(at.convert.range(span), types.DocumentHighlightKind.Text) for span in own]


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
async def prepare_rename(ls: Server, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """Say whether what is here can be renamed, and if not why."""
    at = await _at(ls, params.text_document, params.position)
    if at is None:
        return None
    found = _renaming(at)
    return types.PrepareRenamePlaceholder(at.convert.range(at.session.in_buffer(found.place)), found.name)


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
async def do_rename(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Rename everywhere at once."""
    at = await _at(ls, params.text_document, params.position)
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
    at = await _at(ls, params.text_document, params.position)
    found = None if at is None else answers.hover(at.session, at.path, at.offset)
    if at is None or found is None:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, found[0]), at.convert.range(found[1]))


@server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", "/"]))
async def completion(ls: Server, params: types.CompletionParams) -> types.CompletionList | None:
    """Offer the names that exist."""
    at = await _at(ls, params.text_document, params.position)
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


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
async def document_symbols(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
    """Return the resources of a file."""
    found = await _file(ls, params.text_document)
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
    found = await _file(ls, params.text_document)
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
    found = await _file(ls, params.text_document)
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
    at = await _at(ls, params.text_document, params.position)
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
    at = await _at(ls, types.TextDocumentIdentifier(item.uri), item.selection_range.start)
    if at is None:
        return []
    graph = at.session.graph
    return [
        make(_call_item(at.workspace, call.end), [at.convert.range(at.session.in_buffer(span)) for span in call.places])
        for resource in answers.callable_at(graph, at.path, at.served)
        for call in ask(graph, resource)
    ]


# -- actions ----------------------------------------------------------------------------------------------------------


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions([types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]),
)
async def actions(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """Offer fixes, near misses and directives for the findings here, and all certain fixes of the file."""
    at = await _at(ls, params.text_document, params.range.start)
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
    edit = ignore.directive(at.source, finding.span.line, finding.rule, "reason")
    return None if edit is None else at.convert.workspace_edit([edit], lambda span: span)


def _fix_all(at: At) -> list[types.CodeAction]:
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
