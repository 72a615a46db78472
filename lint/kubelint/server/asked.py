"""What a question is about: a position in a file, once all is known of it."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from kubelint.server.app import ContentModifiedError, Server, Workspace
from kubelint.source import SourceFile, Span


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


async def at_position(ls: Server, document: types.TextDocumentIdentifier, position: types.Position) -> At | None:
    """Return the position once all is known of its document; None where that is none of ours."""
    found = await known_file(ls, document)
    return None if found is None else At(*found, position)


async def known_file(ls: Server, document: types.TextDocumentIdentifier) -> tuple[Workspace, str] | None:
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
