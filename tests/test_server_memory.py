"""What a server keeps of a day of typing: the open texts, and nothing of a key press. What it has of an earlier one."""

from __future__ import annotations

import asyncio
import gc
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from kubelint.baseline import Baseline
from kubelint.check import Report, check
from kubelint.config import Settings
from kubelint.outcome import Outcome
from kubelint.server.main import server

SHOP = Path(__file__).parent.parent / "fixtures" / "repositories" / "shop"

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


class Remembered:
    """The memory of an earlier check; it counts how often it is asked."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.loads = self.saves = 0

    def load(self, root: Path, settings: Settings, baseline: Baseline | None) -> Outcome | None:
        del root, settings, baseline
        self.loads += 1
        return self.outcome

    def save(self, report: Report, baseline: Baseline | None) -> None:
        del report, baseline
        self.saves += 1


class Wire:
    """What is sent, and whether the server had checked anything by then."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sent: list[tuple[bool, dict[str, Any]]] = []

    def write(self, data: bytes) -> None:
        checked = any(not workspace.session.is_new for workspace in server.folders.values())
        self.sent.append((checked, json.loads(data)))

    def close(self) -> None:
        pass

    def early(self, path: str) -> list[list[str]]:
        """Return the rules of each diagnostics of a file that were sent before anything was checked."""
        uri = (self.root / path).as_uri()
        return [
            [one["code"] for one in message["params"]["diagnostics"]]
            for checked, message in self.sent
            if not checked and message.get("params", {}).get("uri") == uri
        ]


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """A server over a copy of a repository that was checked before."""
    root = tmp_path.resolve() / "shop"
    shutil.copytree(SHOP, root)
    wire = Wire(root)
    server.memory = Remembered(check(root))
    server.protocol.set_writer(wire, include_headers=False)
    folder = types.WorkspaceFolder(root.as_uri(), "shop")
    params = types.InitializeParams(types.ClientCapabilities(), workspace_folders=[folder])
    receive(types.InitializeRequest(id=1, params=params))
    receive(types.InitializedNotification(types.InitializedParams()))
    yield wire
    server.memory, server.protocol.writer = None, None
    server.folders.clear()
    server.documents.clear()


@pytest.mark.asyncio
async def test_what_an_earlier_process_found_is_shown_at_once_and_looked_for_once(wire: Wire) -> None:
    """An editor opens its tabs one after the other, one of them with a text that was never saved."""
    tabs = ["deploy/base/storefront.yaml", ".drone.yml", "deploy/base/hpa.yaml"]
    unsaved = {".drone.yml": "kind: pipeline\n"}
    for path in tabs:
        text = unsaved.get(path) or (wire.root / path).read_text(encoding="utf-8")
        item = types.TextDocumentItem((wire.root / path).as_uri(), "yaml", 1, text)
        receive(types.DidOpenTextDocumentNotification(types.DidOpenTextDocumentParams(item)))
        await asyncio.sleep(0)  # the round of this tab begins
    await server.settled()
    assert wire.early("deploy/base/storefront.yaml") == [["kubernetes/service-selects-nothing"]]
    assert wire.early(".drone.yml") == [[]], "what was found in it was in another text"
    memory = server.memory
    assert isinstance(memory, Remembered)
    assert memory.loads == 1
