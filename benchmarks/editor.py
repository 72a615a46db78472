"""How long an editor waits: a real client over standard input and output, on a workspace of 1,000 manifests.

``python benchmarks/editor.py [--manifests 1000] [--edits 200]`` prints open to first diagnostics, key press to
diagnostics (p50, p95), definition and references (p50, p95), in milliseconds. ``--session N`` instead makes N random
edits and requests, then compares the diagnostics with a fresh check and says how the server's memory went.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import BaseLanguageClient

from kubelint.check import check

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
        self.news = asyncio.Event()

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def received(params: types.PublishDiagnosticsParams) -> None:
            self.published[params.uri] = list(params.diagnostics)
            self.news.set()

    async def start(self, root: Path) -> None:
        """Start the server on a folder."""
        await self.start_io(*COMMAND)
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


async def measure(root: Path, paths: list[str], edits: int) -> None:
    """Print what an editor waits for."""
    client = Client()
    began = time.perf_counter()
    await client.start(root)
    service = next(path for path in paths if path.endswith("-service.yaml"))
    deployment = service.replace("-service", "-deployment")
    uri, other = (root / service).as_uri(), (root / deployment).as_uri()
    text = (root / service).read_text(encoding="utf-8")
    client.open(uri, text)
    await client.next()
    show("open to first diagnostics", [time.perf_counter() - began])
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
    await client.shutdown_async(None)
    client.exit(None)


async def session(root: Path, paths: list[str], steps: int, seed: int) -> None:
    """Edit and ask at random, then compare with a fresh check."""
    chance = random.Random(seed)  # noqa: S311 - edits, not secrets
    client = Client()
    await client.start(root)
    texts: dict[str, str] = {}
    versions: dict[str, int] = {}
    memory: list[int] = []
    for step in range(steps):
        path = chance.choice(paths[:60])
        uri = (root / path).as_uri()
        if path not in texts:
            texts[path], versions[path] = (root / path).read_text(encoding="utf-8"), 0
            client.open(uri, texts[path])
        text = texts[path]
        at = chance.randrange(len(text) + 1)
        if chance.random() < 0.5:
            text = text[:at] + chance.choice(["x", "\n", " ", ":", "- ", "[", '"']) + text[at:]
        elif chance.random() < 0.5:
            text = text[:at] + text[at + chance.randrange(4) :]
        else:
            text = (root / path).read_text(encoding="utf-8")
        texts[path] = text
        versions[path] += 1
        client.change(uri, versions[path], text)
        where = types.Position(chance.randrange(30), chance.randrange(20))
        document = types.TextDocumentIdentifier(uri)
        asked = chance.choice(
            [
                lambda: client.text_document_definition_async(types.DefinitionParams(document, where)),  # noqa: B023
                lambda: client.text_document_hover_async(types.HoverParams(document, where)),  # noqa: B023
                lambda: client.text_document_document_symbol_async(types.DocumentSymbolParams(document)),  # noqa: B023
            ]
        )()
        task = asyncio.ensure_future(asked)
        if chance.random() < 0.2:
            task.cancel()
        else:
            await task
        if step % max(1, steps // 10) == 0:
            memory.append(client.memory)
    for path, version in versions.items():
        client.change((root / path).as_uri(), version + 1, (root / path).read_text(encoding="utf-8"))
    await client.workspace_symbol_async(types.WorkspaceSymbolParams("app"))
    await asyncio.sleep(2)
    report = check(root)
    for path in texts:
        expected = sorted(finding.headline for finding in report.findings if finding.span.file.path == path)
        shown = sorted(one.message.split("\n")[0] for one in client.published.get((root / path).as_uri(), []))
        if shown != expected:
            sys.exit(f"{path}: shown {shown}, expected {expected}")
    print(f"{steps} steps, memory in MiB: {memory}; diagnostics equal to a fresh check")
    await client.shutdown_async(None)
    client.exit(None)


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
    parser.add_argument("--session", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        paths = make(root, options.manifests)
        if options.session:
            asyncio.run(session(root, paths, options.session, options.seed))
        else:
            asyncio.run(measure(root, paths, options.edits))


if __name__ == "__main__":
    main()
