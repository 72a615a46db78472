"""The server of one editor: its repositories, when they are checked, and what is published of them."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from kubelint import __version__
from kubelint.baseline import Baseline
from kubelint.config import FILE_NAMES, Settings
from kubelint.outcome import Outcome
from kubelint.server.convert import Converter, file_of
from kubelint.server.session import Interruptible, Session

if TYPE_CHECKING:
    from kubelint.check import Report

log = logging.getLogger(__name__)
#: Seconds of quiet after the last key press before anything is worked out.
DEBOUNCE = 0.015
#: Seconds of quiet before whole checks are made, where what matters has been foretold.
QUIET = 0.3
MARKERS = (*FILE_NAMES, ".git")
P = TypeVar("P")


class ContentModifiedError(JsonRpcException):
    """The text has changed while an answer was worked out. Source: LSP 3.17, ``ErrorCodes.ContentModified``."""

    CODE = types.LSPErrorCodes.ContentModified.value
    MESSAGE = "the text has changed since"


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
        #: For which settings an earlier process was asked what it has found, and whether it has found anything out.
        self.asked: Settings | None = None
        self.recalled = False


@dataclass(frozen=True, slots=True)
class Document:
    """What the editor shows: of a file, ours or not, or of something that is no file yet."""

    version: int
    text: str


class Server(LanguageServer):
    """The server of one editor.

    An edit starts a round: after a moment what can be foretold is published; when nobody types any more, or when
    somebody asks a question, whole checks are made in a thread and their findings published. The next edit ends the
    round. The thread and the event loop never look at a session's trees at the same time.
    """

    def __init__(self) -> None:
        super().__init__("kubelint", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
        self.folders: dict[Path, Workspace] = {}
        #: What is open, by URI. See :meth:`document` for why these are not the documents of pygls.
        self.documents: dict[str, Document] = {}
        self.options: dict[str, Any] = {}
        #: Where the outcome of an earlier process can be had from and left for a later one; None: nowhere.
        self.memory: Memory | None = None
        self._round: asyncio.Task[None] | None = None
        self._asked = asyncio.Event()
        self._waiting = 0
        self._checking: asyncio.Future[Report | None] | None = None
        self._watch: Interruptible | None = None

    def document(self, method: str) -> Callable[[Callable[[Server, P], None]], Callable[[Server, P], None]]:
        """Take a notification of open files in the place of pygls, which would keep copies of them.

        It finds their lines with :meth:`str.splitlines`, so that it changes positions behind a U+2028 before anybody
        else sees them, and its own handlers leave a future behind for each notification, so that a day of typing would
        cost some ten MiB.
        """

        def register(handler: Callable[[Server, P], None]) -> Callable[[Server, P], None]:
            self.protocol.fm.add_builtin_feature(method, partial(handler, self))
            return handler

        return register

    @property
    def encoding(self) -> str:
        """How the client counts columns."""
        encoding = self.workspace.position_encoding
        return str(getattr(encoding, "value", encoding) or "utf-16")

    # -- folders ---------------------------------------------------------------------------------------------------

    def add_folder(self, uri: str) -> None:
        """Serve a folder."""
        path = file_of(uri)
        if path is not None and path.is_dir():
            root = path.resolve()
            self.folders.setdefault(root, Workspace(root, self.encoding))

    def remove_folder(self, uri: str) -> None:
        """Serve a folder no longer."""
        path = file_of(uri)
        gone = self.folders.pop(path.resolve(), None) if path is not None else None
        for name in gone.published if gone is not None else ():
            self._send(gone, name, [])  # type: ignore[arg-type]

    def rehome(self) -> None:
        """Give each open file to the folder that holds it now."""
        for uri, document in self.documents.items():
            found = self.known(uri)
            if found is None:
                continue
            for other in self.folders.values():
                path = other.convert.path(uri)
                if other is not found[0] and path in other.session.buffers:
                    other.session.close(path)
                    other.published.pop(path, None)
            if found[1] not in found[0].session.buffers:
                found[0].session.open(found[1], document.text)

    def known(self, uri: str) -> tuple[Workspace, str] | None:
        """Return the innermost folder that holds a file, and its path there; None where none does."""
        holding = [
            (len(root.parts), workspace, path)
            for root, workspace in self.folders.items()
            if (path := workspace.convert.path(uri)) is not None
        ]
        return max(holding, key=lambda found: found[0])[1:] if holding else None

    def find(self, uri: str) -> tuple[Workspace, str] | None:
        """Return the workspace of a file and its path there: the innermost folder that holds it, or its own.

        None for what is no file: an untitled document has no place in a repository.
        """
        found = self.known(uri)
        if found is not None:
            return found
        file = file_of(uri)
        if file is None or not file.name:
            return None
        parents = file.resolve().parents
        root = next((folder for folder in parents if any((folder / name).exists() for name in MARKERS)), parents[0])
        if not root.is_dir():
            return None
        workspace = self.folders.setdefault(root, Workspace(root, self.encoding))
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
            if self.memory is not None:
                self._recall(self.memory)
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

    def _recall(self, memory: Memory) -> None:
        """Show what an earlier process has found, where nothing has been checked yet. It costs a look at the files."""
        for workspace in self.folders.values():
            session = workspace.session
            if not session.is_new:
                continue
            if workspace.asked is not session.settings:
                workspace.asked = session.settings
                outcome = memory.load(session.root, session.settings, session.baseline)
                if outcome is not None:
                    session.recall(outcome)
                    workspace.recalled = True
            if workspace.recalled:
                self.publish([workspace])

    async def _check(self, workspace: Workspace) -> None:
        session, task = workspace.session, workspace.session.task()
        self._watch = task.watch
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
        document = self.documents.get(uri)
        version = document.version if document is not None else None
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))


def _tidy() -> None:
    """Give back the memory of the graphs before this one, and do not look at what is left again.

    The command line has switched the collector off: it would stop the world in the middle of a key press.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Tell a defect from an answer that happens to be an error: a name that cannot be renamed, a text that changed."""
    return record.exc_info is None or not isinstance(record.exc_info[1], JsonRpcInvalidParams | ContentModifiedError)


logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_worth_telling)
server = Server()
