"""What a server keeps of a day of typing: the texts that are open, and nothing for each key press."""

from __future__ import annotations

import gc
from concurrent.futures import Future
from typing import Any

from lsprotocol import types

from kubelint.server.main import server

#: A document without a place in a repository: nothing is checked for it.
URI = "untitled:Untitled-1"


def receive(message: Any) -> None:
    """Take a message as if a client had sent it."""
    server.protocol.handle_message(message)


def futures() -> int:
    """Return how many answers and results are waited for, or kept."""
    gc.collect()
    return sum(type(kept) is Future for kept in gc.get_objects())


def press_keys(first: int, last: int) -> None:
    for version in range(first, last):
        identifier = types.VersionedTextDocumentIdentifier(version, URI)
        end = types.Range(types.Position(0, version), types.Position(0, version))
        change = types.TextDocumentContentChangePartial(end, "x")
        params = types.DidChangeTextDocumentParams(identifier, [change])
        receive(types.DidChangeTextDocumentNotification(params))


def test_nothing_is_kept_for_each_edit() -> None:
    receive(types.InitializeRequest(id=1, params=types.InitializeParams(types.ClientCapabilities())))
    opened = types.DidOpenTextDocumentParams(types.TextDocumentItem(URI, "yaml", 0, ""))
    receive(types.DidOpenTextDocumentNotification(opened))
    before = futures()
    press_keys(0, 100)
    assert futures() <= before
    assert list(server.documents) == [URI]
    assert server.documents[URI].text == "x" * 100
    assert not server.workspace.text_documents, "pygls would keep a second copy, with lines of its own"
    closed = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(URI))
    receive(types.DidCloseTextDocumentNotification(closed))
    assert not server.documents
