"""The language server through a real client over standard input and output."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from kubelint.server.convert import Converter

SHOP = Path(__file__).parent.parent / "fixtures" / "repositories" / "shop"
COMMAND = [sys.executable, "-m", "kubelint", "server"]


class Editor:
    """An editor with one repository open: what a user does, in a line each."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client = client
        self.root = root
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def identifier(self, path: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(path))

    async def open(self, path: str, text: str | None = None) -> list[types.Diagnostic]:
        self.texts[path] = (self.root / path).read_text(encoding="utf-8") if text is None else text
        self.versions[path] = 1
        item = types.TextDocumentItem(self.uri(path), "yaml", 1, self.texts[path])
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.diagnostics(path)

    async def type(self, path: str, old: str, new: str) -> None:
        """Replace a piece of the buffer, as an incremental change."""
        text = self.texts[path]
        start = text.index(old)
        self.versions[path] += 1
        change = types.TextDocumentContentChangePartial(
            types.Range(position(text, start), position(text, start + len(old))), new
        )
        self.texts[path] = text[:start] + new + text[start + len(old) :]
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path)), [change]
            )
        )

    async def diagnostics(self, path: str) -> list[types.Diagnostic]:
        """Wait for the next diagnostics of a file."""
        while True:
            await self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
            if self.uri(path) in self.client.diagnostics:
                return list(self.client.diagnostics[self.uri(path)])

    def shown(self, path: str) -> set[str]:
        return {str(diagnostic.code) for diagnostic in self.client.diagnostics.get(self.uri(path), ())}

    def at(self, path: str, word: str, *, offset: int = 0) -> types.Position:
        """Return the position of a word of a file, as an open buffer has it or as it is on disk."""
        text = self.texts.get(path) or (self.root / path).read_text(encoding="utf-8")
        return position(text, text.index(word) + offset)

    def place(self, location: types.Location) -> str:
        path = location.uri.removeprefix(self.root.as_uri() + "/")
        text = self.texts.get(path) or (self.root / path).read_text(encoding="utf-8")
        start, end = location.range.start, location.range.end
        line = text.splitlines()[start.line] if text else ""
        return f"{path}:{start.line + 1}: {line[start.character : end.character]}"


def position(text: str, offset: int) -> types.Position:
    before = text[:offset]
    column = before[before.rfind("\n") + 1 :]
    return types.Position(before.count("\n"), len(column.encode("utf-16-le")) // 2)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    shutil.copytree(SHOP, root)
    return root


@pytest_lsp.fixture(config=ClientServerConfig(server_command=COMMAND))  # type: ignore[untyped-decorator]
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
    def registered(params: types.RegistrationParams) -> None:
        assert [one.method for one in params.registrations] == [types.WORKSPACE_DID_CHANGE_WATCHED_FILES]

    yield
    await lsp_client.shutdown_session()


async def started(client: LanguageClient, root: Path, **options: object) -> Editor:
    parameters = types.InitializeParams(
        capabilities=client_capabilities("visual-studio-code"),
        workspace_folders=[types.WorkspaceFolder(root.as_uri(), "shop")],
        root_uri=root.as_uri(),
        initialization_options=options,
    )
    await client.initialize_session(parameters)
    return Editor(client, root)


@pytest.mark.asyncio
async def test_diagnostics_have_both_ends(client: LanguageClient, repository: Path) -> None:
    editor = await started(client, repository)
    (found,) = await editor.open("deploy/base/storefront.yaml")
    assert found.code == "kubernetes/service-selects-nothing"
    assert found.severity is types.DiagnosticSeverity.Error
    assert found.code_description is not None
    assert found.code_description.href.endswith("/docs/rules/kubernetes/service-selects-nothing.md")
    assert (found.range.start.line, found.range.start.character, found.range.end.character) == (33, 9, 18)
    assert found.related_information is not None
    assert [editor.place(other.location) for other in found.related_information] == [
        "deploy/base/storefront.yaml:13: storefront"
    ]


@pytest.mark.asyncio
async def test_an_edit_of_one_file_shows_in_another(client: LanguageClient, repository: Path) -> None:
    """A Deployment is relabelled in an unsaved buffer: the Service in another open file selects nothing any more."""
    editor = await started(client, repository)
    service = repository / "deploy" / "base" / "only-service.yaml"
    service.write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: canary}\n"
        "spec:\n  selector: {app: canary}\n  ports: [{port: 80}]\n",
        encoding="utf-8",
    )
    deployment = (repository / "deploy/base/storefront.yaml").read_text(encoding="utf-8").partition("---")[0]
    canary = repository / "deploy" / "base" / "canary.yaml"
    canary.write_text(
        deployment.replace("storefront", "canary").replace("canary-config", "storefront-config"), encoding="utf-8"
    )
    base = repository / "deploy" / "base" / "kustomization.yaml"
    base.write_text(
        base.read_text(encoding="utf-8").replace(
            "resources:\n", "resources:\n  - only-service.yaml\n  - canary.yaml\n"
        ),
        encoding="utf-8",
    )
    assert await editor.open("deploy/base/only-service.yaml") == []
    assert await editor.open("deploy/base/canary.yaml") == []
    text = editor.texts["deploy/base/canary.yaml"]
    label = text[text.index("      labels:") :].splitlines()[1]
    await editor.type("deploy/base/canary.yaml", label, label.replace("canary", "canaries"))
    await editor.diagnostics("deploy/base/only-service.yaml")
    assert editor.shown("deploy/base/only-service.yaml") == {"kubernetes/service-selects-nothing"}
    await editor.type("deploy/base/canary.yaml", label.replace("canary", "canaries"), label)
    while editor.shown("deploy/base/only-service.yaml"):
        await editor.diagnostics("deploy/base/only-service.yaml")


@pytest.mark.asyncio
async def test_a_broken_buffer_keeps_what_was_known(client: LanguageClient, repository: Path) -> None:
    editor = await started(client, repository)
    path = "deploy/base/storefront.yaml"
    await editor.open(path)
    first = editor.texts[path].splitlines()[0]
    await editor.type(path, first, f"# above\n{first}\nmetadata: [")
    found = await editor.diagnostics(path)
    assert {str(one.code) for one in found} == {
        "repository/unparsable-document",
        "kubernetes/service-selects-nothing",
    }
    (selects,) = [one for one in found if one.code == "kubernetes/service-selects-nothing"]
    lines = editor.texts[path].splitlines()
    assert lines[selects.range.start.line].strip() == "app: storefrnt", "it has moved with its line"
    # The graph still answers from the last good tree.
    where = await client.text_document_definition_async(
        types.DefinitionParams(editor.identifier(path), editor.at(path, "storefrnt"))
    )
    assert isinstance(where, list)
    assert [editor.place(one) for one in where if isinstance(one, types.Location)] == [f"{path}:15: storefront"]
    await editor.type(path, "\nmetadata: [", "")
    assert {str(one.code) for one in await editor.diagnostics(path)} == {"kubernetes/service-selects-nothing"}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "word", "leads_to"),
    [
        ("deploy/base/hpa.yaml", "storefront\n  minReplicas", ["deploy/base/storefront.yaml:4: storefront"]),
        ("deploy/base/storefront.yaml", "storefrnt", ["deploy/base/storefront.yaml:13: storefront"]),
        (
            "deploy/base/storefront.yaml",
            "storefront-config",
            ["deploy/base/kustomization.yaml:8: storefront-config"],
        ),
        ("deploy/production/kustomization.yaml", "../base", ["deploy/base/kustomization.yaml:2: Kustomization"]),
        ("mesh/reviews.yaml", "reviews\n            subset", ["deploy/base/reviews.yaml:24: reviews"]),
        ("compose.yaml", "build", []),
        (".drone.yml", "test]", [".drone.yml:6: test"]),
        ("inventory/hosts.ini", "node1\n", ["inventory/hosts.ini:2: node1"]),
    ],
)
async def test_definition(client: LanguageClient, repository: Path, path: str, word: str, leads_to: list[str]) -> None:
    editor = await started(client, repository)
    await editor.open(path)
    found = await client.text_document_definition_async(
        types.DefinitionParams(editor.identifier(path), editor.at(path, word, offset=1))
    )
    assert isinstance(found, list)
    assert [editor.place(one) for one in found if isinstance(one, types.Location)] == leads_to


@pytest.mark.asyncio
async def test_references_of_a_service_come_from_every_system(client: LanguageClient, repository: Path) -> None:
    editor = await started(client, repository)
    path = "deploy/base/reviews.yaml"
    await editor.open(path)
    found = await client.text_document_references_async(
        types.ReferenceParams(
            types.ReferenceContext(include_declaration=True),
            editor.identifier(path),
            editor.at(path, "kind: Service\nmetadata:\n  name: reviews", offset=34),
        )
    )
    assert found is not None
    assert [editor.place(one) for one in found] == [
        "deploy/base/reviews.yaml:24: reviews",
        "deploy/base/storefront.yaml:23: http://reviews:9080",
        "mesh/reviews.yaml:6: reviews",
        "mesh/reviews.yaml:18: reviews",
        "mesh/reviews.yaml:22: reviews",
    ]


@pytest.mark.asyncio
async def test_rename_changes_all_files_at_once(client: LanguageClient, repository: Path) -> None:
    editor = await started(client, repository)
    path = "mesh/reviews.yaml"
    await editor.open(path)
    where = editor.at(path, "host: reviews", offset=7)
    prepared = await client.text_document_prepare_rename_async(
        types.PrepareRenameParams(editor.identifier(path), where)
    )
    assert isinstance(prepared, types.PrepareRenamePlaceholder)
    assert prepared.placeholder == "reviews"
    edit = await client.text_document_rename_async(types.RenameParams(editor.identifier(path), where, "ratings"))
    assert edit is not None
    assert edit.changes is not None
    after = {
        uri.removeprefix(repository.as_uri() + "/"): applied(editor, uri, edits) for uri, edits in edit.changes.items()
    }
    assert set(after) == {"deploy/base/reviews.yaml", "deploy/base/storefront.yaml", "mesh/reviews.yaml"}
    assert "value: http://ratings:9080" in after["deploy/base/storefront.yaml"]
    assert after["mesh/reviews.yaml"].count("host: ratings") == 2
    assert "kind: Service\nmetadata:\n  name: ratings" in after["deploy/base/reviews.yaml"]
    assert "kind: Deployment\nmetadata:\n  name: reviews" in after["deploy/base/reviews.yaml"], "another object"


@pytest.mark.asyncio
async def test_rename_of_a_label_keeps_selectors_in_step(client: LanguageClient, repository: Path) -> None:
    editor = await started(client, repository)
    path = "deploy/base/reviews.yaml"
    await editor.open(path)
    where = editor.at(path, "  selector:\n    app: reviews", offset=22)
    edit = await client.text_document_rename_async(types.RenameParams(editor.identifier(path), where, "ratings"))
    assert edit is not None
    assert edit.changes is not None
    (text,) = [applied(editor, uri, edits) for uri, edits in edit.changes.items() if uri.endswith(path)]
    assert "app: reviews" not in text
    assert text.count("app: ratings") == 3


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "word", "why"),
    [
        ("deploy/production/kustomization.yaml", "../base", "called as its file or folder"),
        ("deploy/base/storefront.yaml", "containerPort", "no name here"),
    ],
)
async def test_rename_is_refused_with_a_reason(
    client: LanguageClient, repository: Path, path: str, word: str, why: str
) -> None:
    editor = await started(client, repository)
    await editor.open(path)
    with pytest.raises(JsonRpcException, match=why):
        await client.text_document_prepare_rename_async(
            types.PrepareRenameParams(editor.identifier(path), editor.at(path, word, offset=1))
        )


def applied(editor: Editor, uri: str, edits: object) -> str:
    path = uri.removeprefix(editor.root.as_uri() + "/")
    text = editor.texts.get(path) or (editor.root / path).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)

    def offset(place: types.Position) -> int:
        line = lines[place.line] if place.line < len(lines) else ""
        units = line.encode("utf-16-le")[: 2 * place.character].decode("utf-16-le")
        return sum(map(len, lines[: place.line])) + len(units)

    assert isinstance(edits, (list, tuple))
    for edit in sorted(edits, key=lambda one: offset(one.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text


@pytest.mark.asyncio
async def test_hover_tells_what_a_reference_leads_to_and_what_is_wrong(
    client: LanguageClient, repository: Path
) -> None:
    editor = await started(client, repository)
    path = "deploy/base/hpa.yaml"
    await editor.open(path)
    found = await client.text_document_hover_async(
        types.HoverParams(editor.identifier(path), editor.at(path, "storefront\n  minReplicas"))
    )
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    assert "scales" in found.contents.value
    assert "`Deployment/shop/storefront` `deploy/base/storefront.yaml:4`" in found.contents.value
    wrong = await client.text_document_hover_async(
        types.HoverParams(editor.identifier(path), editor.at(path, "cpu\n        target"))
    )
    assert wrong is not None
    assert isinstance(wrong.contents, types.MarkupContent)
    assert "requests no cpu" in wrong.contents.value
    assert "## Why" in wrong.contents.value


@pytest.mark.asyncio
async def test_completion_offers_names_that_exist(client: LanguageClient, repository: Path) -> None:
    editor = await started(client, repository)
    path = "mesh/reviews.yaml"
    await editor.open(path)
    await editor.type(path, "subset: v2", "subset: ")
    found = await client.text_document_completion_async(
        types.CompletionParams(editor.identifier(path), editor.at(path, "subset: \n", offset=8))
    )
    assert isinstance(found, types.CompletionList)
    assert [item.label for item in found.items] == ["v1"]
    service = "deploy/base/storefront.yaml"
    await editor.open(service)
    await editor.type(service, "storefrnt", "st")
    labels = await client.text_document_completion_async(
        types.CompletionParams(editor.identifier(service), editor.at(service, "app: st\n", offset=7))
    )
    assert isinstance(labels, types.CompletionList)
    assert {"reviews", "storefront"} <= {item.label for item in labels.items}


@pytest.mark.asyncio
async def test_actions_fix_and_ignore(client: LanguageClient, repository: Path) -> None:
    editor = await started(client, repository)
    path = ".drone.yml"
    (found,) = await editor.open(path)
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(editor.identifier(path), found.range, types.CodeActionContext([found]))
    )
    assert actions is not None
    by_title = {action.title: action for action in actions if isinstance(action, types.CodeAction)}
    fix = by_title["Replace `pipline` with `pipeline`"]
    assert fix.is_preferred
    assert fix.edit is not None
    assert fix.edit.changes is not None
    assert applied(editor, editor.uri(path), fix.edit.changes[editor.uri(path)]).startswith("kind: pipeline\n")
    ignored = by_title["Ignore `drone/unknown-kind` here"]
    assert ignored.edit is not None
    assert ignored.edit.changes is not None
    text = applied(editor, editor.uri(path), ignored.edit.changes[editor.uri(path)])
    assert text.startswith("kind: pipline  # kubelint: ignore[drone/unknown-kind] reason\ntype: docker\n")
    assert "Fix all that kubelint is certain of (1)" in by_title


@pytest.mark.asyncio
async def test_symbols_links_and_lenses(client: LanguageClient, repository: Path) -> None:
    editor = await started(client, repository, codeLens=True)
    path = "deploy/base/reviews.yaml"
    await editor.open(path)
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(editor.identifier(path)))
    assert symbols is not None
    assert [(one.name, one.detail) for one in symbols if isinstance(one, types.DocumentSymbol)] == [
        ("reviews", "Deployment"),
        ("reviews", "Service"),
    ]
    anywhere = await client.workspace_symbol_async(types.WorkspaceSymbolParams("#service storef"))
    assert anywhere is not None
    assert {one.name for one in anywhere} == {"Service/shop/storefront", "service/storefront"}
    links = await client.text_document_document_link_async(
        types.DocumentLinkParams(editor.identifier("deploy/base/kustomization.yaml"))
    )
    assert links is not None
    assert [str(link.target).rpartition("/")[2] for link in links] == ["storefront.yaml", "reviews.yaml", "hpa.yaml"]
    lenses = await client.text_document_code_lens_async(types.CodeLensParams(editor.identifier(path)))
    assert lenses is not None
    assert [lens.command.title for lens in lenses if lens.command] == [
        "2 references",
        "4 references · selects 1 workload",
    ]


@pytest.mark.asyncio
async def test_calls_can_be_followed(client: LanguageClient, repository: Path) -> None:
    editor = await started(client, repository)
    path = "deploy/base/storefront.yaml"
    await editor.open(path)
    items = await client.text_document_prepare_call_hierarchy_async(
        types.CallHierarchyPrepareParams(editor.identifier(path), editor.at(path, "name: storefront", offset=7))
    )
    assert items is not None
    assert [item.name for item in items] == ["Deployment/shop/storefront"]
    calls = await client.call_hierarchy_outgoing_calls_async(types.CallHierarchyOutgoingCallsParams(items[0]))
    assert calls is not None
    assert [call.to.name for call in calls] == ["Service/shop/reviews"]
    back = await client.call_hierarchy_incoming_calls_async(types.CallHierarchyIncomingCallsParams(calls[0].to))
    assert back is not None
    assert [call.from_.name for call in back] == ["Deployment/shop/storefront"]


@pytest.mark.asyncio
async def test_files_and_settings_that_change_on_disk(client: LanguageClient, repository: Path) -> None:
    editor = await started(client, repository)
    path = ".drone.yml"
    assert len(await editor.open(path)) == 1
    settings = repository / ".kubelint.yaml"
    settings.write_text("rules: {ignore: [drone/unknown-kind]}\n", encoding="utf-8")
    event = types.FileEvent(settings.as_uri(), types.FileChangeType.Created)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    assert await editor.diagnostics(path) == []
    settings.write_text("rules: {ignroe: []}\n", encoding="utf-8")
    client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(settings.as_uri(), types.FileChangeType.Changed)])
    )
    assert [str(one.code) for one in await editor.diagnostics(path)] == ["drone/unknown-kind"]
    (wrong,) = await editor.open(".kubelint.yaml")
    assert "`ignroe` is no setting" in wrong.message


@pytest.mark.asyncio
async def test_closing_clears(client: LanguageClient, repository: Path) -> None:
    editor = await started(client, repository)
    path = ".drone.yml"
    assert len(await editor.open(path)) == 1
    client.text_document_did_close(types.DidCloseTextDocumentParams(editor.identifier(path)))
    assert await editor.diagnostics(path) == []


def test_addresses_that_no_editor_sends(tmp_path: Path) -> None:
    """Nothing leads out of the folder or stops the server; a name of any bytes has an address and comes back."""
    convert = Converter(tmp_path, "utf-8")
    root = tmp_path.as_uri()
    outside = (
        f"{root}/../../etc/passwd", f"{root}/..%2f..%2fetc%2fpasswd", f"{root}/%2e%2e/%2e%2e/etc/passwd",
        f"{root}/a%00b.yaml", "file://host/etc/passwd", f"file://[{tmp_path}", f"file://[::1{tmp_path}/a.yaml",
        "untitled:Untitled-1", f"git:{tmp_path}/a.yaml", "file:", "file:///", "",
    )  # fmt: skip
    assert {convert.path(uri) for uri in outside} == {None}
    assert convert.path(f"{root}/b/../a.yaml") == "a.yaml"
    for name in ("a.yaml", "a b/c#d?e%2f.yaml", "a\nb.yaml", os.fsdecode(b"\xff.yaml"), "\N{BLACK HEART SUIT}.yaml"):
        assert convert.path(convert.uri(name)) == name
