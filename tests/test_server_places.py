"""How a client counts columns, and which folders and files it has: through a real client."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

COMMAND = [sys.executable, "-m", "kubelint", "server"]
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "registry.example.com/web:1.4.2", resources: {requests: {cpu: 100m}}}]}
"""
#: Lines that end with CR LF, and a reference behind characters of two to four bytes.
SCALER = (
    "# a scaler\r\n"
    "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: scaler, annotations: {note: 😀é}},"
    " spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: wbe}}}\r\n"
)
DANGLING = "kubernetes/autoscaler-target-not-found"


@pytest_lsp.fixture(config=ClientServerConfig(server_command=COMMAND))  # type: ignore[untyped-decorator]
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
    def registered(params: types.RegistrationParams) -> None:
        del params

    yield
    await lsp_client.shutdown_session()


def write(folder: Path, **texts: str) -> Path:
    """Write files into a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_bytes(text.encode("utf-8"))
    return folder


async def start(client: LanguageClient, *folders: Path, encoding: str | None = None) -> types.InitializeResult:
    capabilities = client_capabilities("visual-studio-code")
    if encoding is not None:
        assert capabilities.general is not None
        capabilities.general.position_encodings = [types.PositionEncodingKind(encoding)]
    open_folders = [types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders]
    return await client.initialize_session(
        types.InitializeParams(capabilities=capabilities, workspace_folders=open_folders)
    )


def open_file(client: LanguageClient, uri: str, text: str) -> None:
    item = types.TextDocumentItem(uri, "yaml", 1, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))


async def shows(client: LanguageClient, uri: str, *rules: str) -> list[types.Diagnostic]:
    """Wait until a file shows these rules and nothing else."""
    while uri not in client.diagnostics or {one.code for one in client.diagnostics[uri]} != set(rules):
        await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return list(client.diagnostics[uri])


@pytest.mark.asyncio
@pytest.mark.parametrize(("encoding", "units"), [("utf-8", 6), ("utf-16", 3), ("utf-32", 2)])
async def test_columns_are_counted_as_agreed(client: LanguageClient, tmp_path: Path, encoding: str, units: int) -> None:
    """``😀é`` are six bytes, three units of UTF-16 and two characters; a diagnostic and an edit stand behind them."""
    root = write(tmp_path / "w", web=DEPLOYMENT, scaler=SCALER)
    result = await start(client, root, encoding=encoding)
    assert result.capabilities.position_encoding == encoding
    uri = (root / "scaler.yaml").as_uri()
    open_file(client, uri, SCALER)
    (found,) = await shows(client, uri, DANGLING)
    row = SCALER.split("\r\n")[1]
    column = row.index("wbe") - 2 + units
    place = types.Range(types.Position(1, column), types.Position(1, column + 3))
    assert found.range == place
    change = types.TextDocumentContentChangePartial(place, "web")
    identifier = types.VersionedTextDocumentIdentifier(2, uri)
    client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
    await shows(client, uri)
    edit = await client.text_document_rename_async(
        types.RenameParams(types.TextDocumentIdentifier(uri), place.start, "shop")
    )
    assert edit is not None
    assert edit.changes is not None
    assert [one.range for one in edit.changes[uri]] == [place]
    assert set(edit.changes) == {uri, (root / "web.yaml").as_uri()}


@pytest.mark.asyncio
@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
async def test_a_separator_in_a_text_ends_no_line(client: LanguageClient, tmp_path: Path, separator: str) -> None:
    """The lines of the protocol end with LF, CR or both; those of Python, and of libraries in it, with more."""
    text = SCALER.replace("😀é", f'"a{separator}b"')
    root = write(tmp_path / "w", web=DEPLOYMENT, scaler=text)
    await start(client, root)
    uri = (root / "scaler.yaml").as_uri()
    open_file(client, uri, text)
    (found,) = await shows(client, uri, DANGLING)
    column = text.split("\r\n")[1].index("wbe")
    place = types.Range(types.Position(1, column), types.Position(1, column + 3))
    assert found.range == place
    identifier = types.VersionedTextDocumentIdentifier(2, uri)
    # Two changes at once: the second one stands in the text that the first one makes.
    changes = [types.TextDocumentContentChangePartial(place, name) for name in ("wib", "web")]
    client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, changes))
    await shows(client, uri)
    leads_to = await client.text_document_definition_async(
        types.DefinitionParams(types.TextDocumentIdentifier(uri), place.start)
    )
    assert isinstance(leads_to, list)
    assert [one.uri for one in leads_to if isinstance(one, types.Location)] == [(root / "web.yaml").as_uri()]


@pytest.mark.asyncio
async def test_folders_come_and_go(client: LanguageClient, tmp_path: Path) -> None:
    """Two folders have a file of the same path; what one says of it is nothing that the other says."""
    one = write(tmp_path / "one", scaler=SCALER, web=DEPLOYMENT)
    two = write(tmp_path / "two", scaler=SCALER.replace("wbe", "web"), web=DEPLOYMENT)
    await start(client, one, two)
    first, second = (one / "scaler.yaml").as_uri(), (two / "scaler.yaml").as_uri()
    open_file(client, first, SCALER)
    open_file(client, second, SCALER.replace("wbe", "web"))
    await shows(client, first, DANGLING)
    await shows(client, second)

    def change(added: list[Path], removed: list[Path]) -> None:
        folders = [[types.WorkspaceFolder(path.as_uri(), path.name) for path in some] for some in (added, removed)]
        event = types.WorkspaceFoldersChangeEvent(*folders)
        client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))

    change([], [one])
    await shows(client, first)
    # The folder around both: its file is the same, and is open in it now with its unsaved text.
    change([tmp_path], [])
    await shows(client, first, DANGLING)
    symbols = await client.workspace_symbol_async(types.WorkspaceSymbolParams("scaler"))
    assert symbols is not None
    assert first in {symbol.location.uri for symbol in symbols if isinstance(symbol.location, types.Location)}


@pytest.mark.asyncio
async def test_files_that_are_not_open_come_and_go(client: LanguageClient, tmp_path: Path) -> None:
    root = write(tmp_path / "w", web=DEPLOYMENT, scaler=SCALER)
    await start(client, root)
    uri, other = (root / "scaler.yaml").as_uri(), root / "web.yaml"
    open_file(client, uri, SCALER)
    await shows(client, uri, DANGLING)

    def tell(kind: types.FileChangeType) -> None:
        event = types.FileEvent(other.as_uri(), kind)
        client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    other.unlink()  # it may exist elsewhere now
    tell(types.FileChangeType.Deleted)
    await shows(client, uri)
    write(root, web=DEPLOYMENT)
    tell(types.FileChangeType.Created)
    await shows(client, uri, DANGLING)


@pytest.mark.asyncio
async def test_an_untitled_document_is_no_file_of_the_repository(client: LanguageClient, tmp_path: Path) -> None:
    root = write(tmp_path / "w", web=DEPLOYMENT, scaler=SCALER)
    await start(client, root)
    open_file(client, "untitled:Untitled-1", SCALER)
    document = types.TextDocumentIdentifier("untitled:Untitled-1")
    where = types.Position(1, 5)
    assert await client.text_document_hover_async(types.HoverParams(document, where)) is None
    assert await client.text_document_document_symbol_async(types.DocumentSymbolParams(document)) is None
    open_file(client, (root / "scaler.yaml").as_uri(), SCALER)
    await shows(client, (root / "scaler.yaml").as_uri(), DANGLING)
    assert "untitled:Untitled-1" not in client.diagnostics
