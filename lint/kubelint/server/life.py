"""Folders, files and settings that come, change and go."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from kubelint.server.app import Document, Server, Workspace, server
from kubelint.server.convert import Converter
from kubelint.source import SourceFile


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
    ls.rehome()
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


@server.document(types.TEXT_DOCUMENT_DID_OPEN)
def opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    """Take a buffer."""
    item = params.text_document
    _take(ls, item.uri, Document(item.version, item.text))


@server.document(types.TEXT_DOCUMENT_DID_CHANGE)
def changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Take a new text of a buffer.

    They are put in by the lines of the protocol ("Text Documents"): line feed, carriage return, and both together, as
    :class:`~kubelint.source.LineIndex` has them.
    """
    uri, convert = params.text_document.uri, Converter(Path(), ls.encoding)
    known = ls.documents.get(uri)
    text = "" if known is None else known.text
    for change in params.content_changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            span = convert.span(SourceFile(uri, text), change.range)
            text = f"{text[: span.start]}{change.text}{text[span.end :]}"
        else:
            text = change.text
    _take(ls, uri, Document(params.text_document.version, text))


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    """Read our own configuration again where it was saved; everything else is known from the buffer."""
    found = ls.find(params.text_document.uri)
    if found is not None:
        found[0].session.invalidate([found[1]])
        ls.schedule()


@server.document(types.TEXT_DOCUMENT_DID_CLOSE)
def closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    """Look at the file on disk again."""
    ls.documents.pop(params.text_document.uri, None)
    found = ls.known(params.text_document.uri)
    if found is not None:
        found[0].session.close(found[1])
        ls.schedule()


def _take(ls: Server, uri: str, document: Document) -> None:
    ls.documents[uri] = document
    found = ls.find(uri)
    if found is not None:
        workspace, path = found
        workspace.session.open(path, document.text)
        ls.schedule(found)
