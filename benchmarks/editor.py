"""How long an editor waits: a real client over standard input and output, on a workspace of 1,000 manifests.

``python benchmarks/editor.py [--manifests 1000] [--edits 100] [--starts 9]`` prints the start of the process to first
diagnostics, cold and with an earlier check in the cache, key press to diagnostics (p50, p95), definition and references
(p50, p95), in milliseconds. The cache is one of its own. ``--session N`` instead makes N random
edits, changes on disk, requests and cancellations, then compares the diagnostics with a fresh check, looks for
exceptions in the server's log and says how its memory went. ``--from FOLDER`` uses a copy of a real tree.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import BaseLanguageClient

from kubelint.check import check
from kubelint.files import decode, syntax_of

COMMAND = [sys.executable, "-m", "kubelint", "server"]
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: NAME
  namespace: TEAM
spec:
  replicas: 2
  selector:
    matchLabels:
      app: NAME
  template:
    metadata:
      labels:
        app: NAME
    spec:
      containers:
      - name: app
        image: registry.example.com/TEAM/NAME:1.4.2
        ports:
        - name: http
          containerPort: 8080
        envFrom:
        - configMapRef:
            name: NAME
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: NAME
  namespace: TEAM
spec:
  selector:
    app: NAME
  ports:
  - port: 80
    targetPort: http
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: NAME
  namespace: TEAM
data:
  MODE: fast
"""


def make(root: Path, manifests: int) -> list[str]:
    """Write a workspace of that many manifests; returns their paths."""
    paths: list[str] = []
    for number in range(manifests // 3 + 1):
        team, name = f"team-{number // 10}", f"app-{number}"
        for kind, text in (("deployment", DEPLOYMENT), ("service", SERVICE), ("settings", SETTINGS)):
            path = root / team / f"{name}-{kind}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("NAME", name).replace("TEAM", team), encoding="utf-8")
            paths.append(path.relative_to(root).as_posix())
    return paths[:manifests]


class Client(BaseLanguageClient):
    """A client that waits for diagnostics."""

    def __init__(self) -> None:
        super().__init__("benchmark", "1")
        self.published: dict[str, list[types.Diagnostic]] = {}
        self.messages: list[str] = []
        self.news = asyncio.Event()

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def received(params: types.PublishDiagnosticsParams) -> None:
            self.published[params.uri] = list(params.diagnostics)
            self.news.set()

        @self.feature(types.WINDOW_SHOW_MESSAGE)
        def told(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

    async def start(self, root: Path, log: Path | None = None) -> None:
        """Start the server on a folder; ``log`` is where its standard error goes."""
        if log is None:
            await self.start_io(*COMMAND)
        else:
            await self.start_io("sh", "-c", 'log=$1; shift; exec "$@" 2>"$log"', "sh", str(log), *COMMAND)
        await self.initialize_async(
            types.InitializeParams(
                types.ClientCapabilities(),
                root_uri=root.as_uri(),
                workspace_folders=[types.WorkspaceFolder(root.as_uri(), "w")],
            )
        )
        self.initialized(types.InitializedParams())

    async def next(self) -> None:
        """Wait for the next diagnostics of any file."""
        await self.news.wait()
        self.news.clear()

    def open(self, uri: str, text: str) -> None:
        """Open a file."""
        item = types.TextDocumentItem(uri, "yaml", 0, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, uri: str, version: int, text: str) -> None:
        """Replace the text of an open file."""
        whole = types.TextDocumentContentChangeWholeDocument(text)
        identifier = types.VersionedTextDocumentIdentifier(version, uri)
        self.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [whole]))

    @property
    def memory(self) -> int:
        """The resident memory of the server in MiB."""
        server: Any = self._server
        status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) // 1024


async def first(root: Path, path: str) -> tuple[Client, float]:
    """Start a server and open a file; returns its client, and the seconds until it has diagnostics."""
    client, text = Client(), (root / path).read_text(encoding="utf-8")
    began = time.perf_counter()
    await client.start(root)
    client.open((root / path).as_uri(), text)
    await client.next()
    return client, time.perf_counter() - began


async def end(client: Client) -> None:
    """Let a server end."""
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()


async def measure(root: Path, paths: list[str], edits: int, starts: int) -> None:
    """Print what an editor waits for."""
    service = next(path for path in paths if path.endswith("-service.yaml"))
    deployment = service.replace("-service", "-deployment")
    uri, other = (root / service).as_uri(), (root / deployment).as_uri()
    text = (root / service).read_text(encoding="utf-8")
    client, cold = await first(root, service)
    show("start to first diagnostics", [cold])
    await client.workspace_symbol_async(types.WorkspaceSymbolParams("app"))  # answered once all has been checked
    warm: list[float] = []
    for _ in range(starts):
        another, seconds = await first(root, service)
        warm.append(seconds)
        await end(another)
    show("the same from the cache", warm)
    client.open(other, (root / deployment).read_text(encoding="utf-8"))
    await client.next()
    presses: list[float] = []
    for number in range(edits):
        # Every press makes or mends a mistake, so that there are new diagnostics each time.
        changed = text.replace("app: app-", "app: ap-") if number % 2 == 0 else text
        began = time.perf_counter()
        client.change(uri, number + 1, changed)
        await client.next()
        presses.append(time.perf_counter() - began)
    show("key press to diagnostics", presses)
    line = text[: text.index("app: app-")].count("\n")
    where = types.Position(line, 12)
    definitions, references = [], []
    for _ in range(edits):
        began = time.perf_counter()
        await client.text_document_definition_async(types.DefinitionParams(types.TextDocumentIdentifier(uri), where))
        definitions.append(time.perf_counter() - began)
        began = time.perf_counter()
        await client.text_document_references_async(
            types.ReferenceParams(
                types.ReferenceContext(True), types.TextDocumentIdentifier(uri), types.Position(3, 10)
            )
        )
        references.append(time.perf_counter() - began)
    show("definition", definitions)
    show("references", references)
    print(f"{'memory of the server':28} {client.memory} MiB")
    await end(client)


#: What a random session types.
PIECES = ("x", "\n", " ", ":", "- ", "[", '"', "{{", "😀", "&a ", "*a", "#", "---\n", "'", "|", "\t", "0")
#: Error codes that a question may be answered with: refused, cancelled, the text has changed since.
EXPECTED = (-32602, -32800, -32801)


class Typist:
    """Somebody who edits and asks at random."""

    def __init__(self, client: Client, root: Path, paths: list[str], seed: int) -> None:
        self.client, self.root, self.paths = client, root, paths
        self.chance = random.Random(seed)  # noqa: S311 - edits, not secrets
        self.texts: dict[str, str] = {}
        self.versions = dict.fromkeys(paths, 0)
        self.waiting: set[asyncio.Future[Any]] = set()
        self.asked = self.cancelled = self.failed = 0

    def on_disk(self, path: str) -> str:
        """Return the text of a file."""
        return decode(path, (self.root / path).read_bytes())[0].text

    def uri(self, path: str) -> str:
        """Return the URI of a file."""
        return (self.root / path).as_uri()

    async def step(self) -> None:
        """Do one thing."""
        path, kind = self.chance.choice(self.paths), self.chance.random()
        if path not in self.texts:
            self.texts[path] = self.on_disk(path)
            self.client.open(self.uri(path), self.texts[path])
        elif kind < 0.02:
            del self.texts[path]
            self.client.text_document_did_close(
                types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(self.uri(path)))
            )
        elif kind < 0.04:
            self.change_disk()
        elif kind < 0.65:
            self.edit(path)
        else:
            await self.ask(path)

    def edit(self, path: str) -> None:
        """Type, delete, or take everything back."""
        text, chance = self.texts[path], self.chance
        at, kind = chance.randrange(len(text) + 1), chance.random()
        if kind < 0.4:
            text = text[:at] + chance.choice(PIECES) + text[at:]
        elif kind < 0.6:
            text = text[:at] + text[at + chance.randrange(8) :]
        else:
            text = self.on_disk(path)
        self.put(path, text)

    def put(self, path: str, text: str) -> None:
        """Give a buffer another text."""
        self.texts[path] = text
        self.versions[path] += 1
        self.client.change(self.uri(path), self.versions[path], text)

    def change_disk(self) -> None:
        """Make, change or remove a file of its own beside the others."""
        path = self.root / f"kubelint-session-{self.chance.randrange(3)}.yaml"
        if path.exists() and self.chance.random() < 0.5:
            path.unlink()
            change = types.FileChangeType.Deleted
        else:
            name = f"added-{self.chance.randrange(3)}"
            path.write_text(SERVICE.replace("NAME", name).replace("TEAM", "added"), encoding="utf-8")
            change = types.FileChangeType.Changed
        event = types.FileEvent(path.as_uri(), change)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    async def ask(self, path: str) -> None:
        """Ask something, and wait for the answer, or not, or take the question back."""
        lines = self.texts[path].split("\n")
        line = self.chance.randrange(len(lines))
        where = types.Position(line, self.chance.randrange(len(lines[line]) + 2))
        document = types.TextDocumentIdentifier(self.uri(path))
        here = types.Range(where, where)
        questions: list[tuple[str, Any]] = [
            (types.TEXT_DOCUMENT_DEFINITION, types.DefinitionParams(document, where)),
            (types.TEXT_DOCUMENT_REFERENCES, types.ReferenceParams(types.ReferenceContext(True), document, where)),
            (types.TEXT_DOCUMENT_HOVER, types.HoverParams(document, where)),
            (types.TEXT_DOCUMENT_COMPLETION, types.CompletionParams(document, where)),
            (types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, types.DocumentHighlightParams(document, where)),
            (types.TEXT_DOCUMENT_PREPARE_RENAME, types.PrepareRenameParams(document, where)),
            (types.TEXT_DOCUMENT_RENAME, types.RenameParams(document, where, "renamed")),
            (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, types.DocumentSymbolParams(document)),
            (types.TEXT_DOCUMENT_DOCUMENT_LINK, types.DocumentLinkParams(document)),
            (types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, types.CallHierarchyPrepareParams(document, where)),
            (
                types.TEXT_DOCUMENT_CODE_ACTION,
                types.CodeActionParams(document, here, types.CodeActionContext([])),
            ),
            (types.WORKSPACE_SYMBOL, types.WorkspaceSymbolParams("a")),
        ]
        method, params = self.chance.choice(questions)
        identity = f"question-{self.asked}"
        self.asked += 1
        future = asyncio.wrap_future(self.client.protocol.send_request(method, params, msg_id=identity))
        self.waiting.add(future)
        future.add_done_callback(self.answered)
        kind = self.chance.random()
        if kind < 0.3:
            self.cancelled += 1
            self.client.cancel_request(types.CancelParams(identity))
        elif kind < 0.8:
            await asyncio.wait([future])

    def answered(self, future: asyncio.Future[Any]) -> None:
        """Take an answer."""
        self.waiting.discard(future)
        error = None if future.cancelled() else future.exception()
        if error is not None and not (isinstance(error, JsonRpcException) and error.code in EXPECTED):
            self.failed += 1
            print(f"an answer is an error: {error!r}", file=sys.stderr)


async def session(root: Path, paths: list[str], steps: int, seed: int) -> None:
    """Edit and ask at random, then compare with a fresh check."""
    client = Client()
    log = Path(tempfile.gettempdir()) / f"kubelint-session-{seed}.log"
    await client.start(root, log)
    typist = Typist(client, root, paths, seed)
    memory: list[int] = []
    began = time.perf_counter()
    for step in range(steps):
        await typist.step()
        if step % 20 == 0:
            await asyncio.sleep(0)
        if (step + 1) % max(1, steps // 10) == 0:
            memory.append(client.memory)
    if typist.waiting:
        await asyncio.wait(list(typist.waiting))
    for path in list(typist.texts):
        typist.put(path, typist.on_disk(path))
    await client.workspace_symbol_async(types.WorkspaceSymbolParams("app"))
    await asyncio.sleep(1)
    found: dict[str, list[tuple[object, ...]]] = {}
    for finding in check(root).findings:
        line = finding.span.line - 1
        found.setdefault(finding.span.file.path, []).append((line, finding.rule, finding.headline))
    wrong = [
        path
        for path in typist.texts
        if sorted(found.get(path, []))
        != sorted(
            (one.range.start.line, one.code, one.message.split("\n")[0])
            for one in client.published.get(typist.uri(path), [])
        )
    ]
    said = log.read_text(encoding="utf-8", errors="replace")
    print(
        f"{steps} steps in {time.perf_counter() - began:.0f} s: {sum(typist.versions.values())} edits, {typist.asked} "
        f"questions, {typist.cancelled} of them cancelled; {len(typist.texts)} files open at the end\n"
        f"memory in MiB: {memory}\n"
        f"answers that are errors: {typist.failed}; exceptions in the log: {said.count('Traceback')}; "
        f"messages: {len(client.messages)}; files that differ from a fresh check: {len(wrong)}"
    )
    await end(client)
    if wrong or typist.failed or "Traceback" in said or client.messages:
        sys.exit(f"see {log}; {wrong} {client.messages[:3]}")
    log.unlink()


def show(what: str, seconds: list[float]) -> None:
    """Print a line of figures."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(f"{what:28} p50 {statistics.median(ordered) * 1000:7.1f} ms   p95 {p95 * 1000:7.1f} ms")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifests", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--starts", type=int, default=9)
    parser.add_argument("--session", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="tree", type=Path, help="use a copy of this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        root = Path(folder).resolve()
        os.environ["KUBELINT_CACHE_DIR"] = cache
        if options.tree is None:
            paths = make(root, options.manifests)
        else:
            shutil.copytree(options.tree, root / "w", symlinks=True, ignore=shutil.ignore_patterns(".git"))
            root /= "w"
            names = (path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.is_file())
            paths = [name for name in names if syntax_of(name) is not None]
        if options.session:
            asyncio.run(session(root, list(itertools.islice(paths, 80)), options.session, options.seed))
        else:
            asyncio.run(measure(root, paths, options.edits, options.starts))


if __name__ == "__main__":
    main()
