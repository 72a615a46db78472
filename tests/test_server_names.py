"""Every kind of name that the server knows: where it is defined and used, what a rename changes, what may stand there.

``data/server`` has a small repository for each system. Each row is a place in one of them (``^`` marks the cursor),
asked about through a real client; every rename that is offered is made, and the repository checked again.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from kubelint.check import check

DATA = Path(__file__).parent / "data" / "server"
COMMAND = [sys.executable, "-m", "kubelint", "server"]


class Name(NamedTuple):
    """A place and what is known of the name there.

    ``at`` is a file and a piece of its text with ``^`` at the cursor; ``defined`` the line of the definition; ``used``
    all lines with the name; ``refused`` why it cannot be renamed; ``offers`` what completion offers among others.
    """

    system: str
    path: str
    at: str
    defined: str
    used: str
    refused: str = ""
    offers: str = ""


MODE = "rest.yaml:6 web.yaml:29 web.yaml:38"
FRONT = "rest.yaml:55 service.yaml:11 web.yaml:18 web.yaml:23"
SETTINGS = "rest.yaml:4 web.yaml:28 web.yaml:36"
REVIEWS = "mesh.yaml:6 mesh.yaml:18 mesh.yaml:22 reviews.yaml:4"
STORE = "compose.yaml:6 compose.yaml:9 compose.yaml:10 compose.yaml:19"
RECORDS = "compose.yaml:15 compose.yaml:24 compose.yaml:27"
INNER = "compose.yaml:7 compose.yaml:13 compose.yaml:29"
NODE = "hosts.ini:3 hosts.ini:9 hosts.ini:23"
OTHER = "other/other.yaml:4 other/other.yaml:18"
NAMES = [
    # A resource: its name is no part of what refers to a port or a key of it.
    Name("kubernetes", "rest.yaml", "kind: Deployment\n    name: ^web", "web.yaml:4", "", offers="web"),
    Name(
        "kubernetes", "rest.yaml", "service:\n            name: ^shop", "service.yaml:4", "rest.yaml:21 service.yaml:4"
    ),
    Name("kubernetes", "web.yaml", 'name: "^settings"', "rest.yaml:4", SETTINGS, offers="settings"),
    Name("kubernetes", "rest.yaml", "name: ^settings", "rest.yaml:4", SETTINGS),
    Name("kubernetes", "rest.yaml", "name: ^${NAME}", "rest.yaml:49", "rest.yaml:49", "is a template"),
    # A port, asked for by a Service, an Ingress and a probe.
    Name("kubernetes", "service.yaml", "targetPort: ^front", "web.yaml:18", FRONT, offers="front"),
    Name("kubernetes", "web.yaml", "- name: ^front", "web.yaml:18", FRONT),
    Name("kubernetes", "rest.yaml", "name: ^plain", "service.yaml:9", "rest.yaml:23 service.yaml:9", offers="plain"),
    # A key of a ConfigMap, a volume of a pod.
    Name("kubernetes", "web.yaml", "key: ^mode", "rest.yaml:6", MODE, offers="mode"),
    Name("kubernetes", "rest.yaml", "data:\n  ^mode", "rest.yaml:6", MODE),
    Name("kubernetes", "web.yaml", "volumeMounts:\n        - name: f^iles", "web.yaml:34", "web.yaml:31 web.yaml:34"),
    # Through a kustomization: patches choose an object by its name.
    Name("kustomize", "base/web.yaml", "name: ^web\nspec", "base/web.yaml:4", ""),
    Name(
        "kustomize",
        "base/service.yaml",
        "name: ^shop",
        "base/service.yaml:4",
        "base/service.yaml:4 test/kustomization.yaml:7",
    ),
    Name(
        "kustomize",
        "base/web.yaml",
        "name: ^flags",
        "test/kustomization.yaml:13",
        "base/web.yaml:22 test/kustomization.yaml:13",
        offers="flags",
    ),
    Name("kustomize", "other/other.yaml", "name: ^other", "other/other.yaml:4", OTHER, "made by prefixed/kustom"),
    Name("kustomize", "test/kustomization.yaml", "../^base", "base/kustomization.yaml:1", "", "file or folder"),
    # A host and a subset.
    Name("istio", "mesh.yaml", "subset: ^stable", "mesh.yaml:8", "mesh.yaml:8 mesh.yaml:23", offers="stable"),
    Name("istio", "mesh.yaml", "host: ^reviews\n        subset", "reviews.yaml:4", REVIEWS),
    Name("istio", "reviews.yaml", "name: ^reviews", "reviews.yaml:4", REVIEWS),
    # Services, volumes and networks of a project, in the short and in the long form.
    Name("compose", "compose.yaml", "- ^store\n    networks", "compose.yaml:10", STORE, offers="store web job"),
    Name("compose", "compose.yaml", "      ^store:\n        condition", "compose.yaml:10", STORE),
    Name("compose", "compose.yaml", "service:^web", "compose.yaml:3", "compose.yaml:3 compose.yaml:21", offers="web"),
    Name("compose", "compose.yaml", "- ^records:/data", "compose.yaml:27", RECORDS, offers="records"),
    Name("compose", "compose.yaml", "source: ^records", "compose.yaml:27", RECORDS, offers="records"),
    Name("compose", "compose.yaml", "[^inner]", "compose.yaml:29", INNER, offers="inner"),
    Name("compose", "compose.yaml", "networks:\n  ^inner", "compose.yaml:29", INNER),
    # Steps, volumes and pipelines: a step of another pipeline is none of them.
    Name("drone", ".drone.yml", "[^build]", ".drone.yml:5", ".drone.yml:5 .drone.yml:14", offers="build publish"),
    Name(
        "drone", ".drone.yml", "name: ^cache\n    path", ".drone.yml:18", ".drone.yml:8 .drone.yml:18", offers="cache"
    ),
    Name("drone", ".drone.yml", "on:\n- ^checks", ".drone.yml:3", ".drone.yml:3 .drone.yml:30", offers="checks"),
    # Groups and hosts.
    Name("inventory", "hosts.ini", "\n^node2", "hosts.ini:3", NODE),
    Name("inventory", "hosts.ini", "[workers]\n^node2", "hosts.ini:3", NODE, offers="node1 node2"),
    Name("inventory", "hosts.ini", "[^edge]", "hosts.ini:22", "hosts.ini:13 hosts.ini:22"),
    Name("inventory", "hosts.ini", "children]\n^workers", "hosts.ini:8", "hosts.ini:8 hosts.ini:12", "group_vars/work"),
    Name("inventory", "hosts.ini", "[^etcd]", "hosts.ini:15", "hosts.ini:15", "asks for"),
]


@pytest_lsp.fixture(config=ClientServerConfig(server_command=COMMAND))  # type: ignore[untyped-decorator]
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
    def registered(params: types.RegistrationParams) -> None:
        del params

    yield
    await lsp_client.shutdown_session()


async def start(client: LanguageClient, *systems: str) -> None:
    folders = [types.WorkspaceFolder((DATA / system).as_uri(), system) for system in systems]
    capabilities = client_capabilities("visual-studio-code")
    await client.initialize_session(types.InitializeParams(capabilities=capabilities, workspace_folders=folders))


def lines(root: Path, found: object) -> str:
    """Return locations as files and lines."""
    assert isinstance(found, (list, tuple))
    places = sorted({(one.uri.removeprefix(f"{root.as_uri()}/"), one.range.start.line + 1) for one in found})
    return " ".join(f"{path}:{line}" for path, line in places)


@pytest.mark.asyncio
async def test_names(client: LanguageClient) -> None:
    """One server with a folder for each system: nothing of one is taken for something of another."""
    await start(client, *dict.fromkeys(name.system for name in NAMES))
    for name in NAMES:
        await Asked(client, name).everything()


class Asked:
    """One row of the table, and what the server says."""

    def __init__(self, client: LanguageClient, name: Name) -> None:
        self.client, self.name, self.root = client, name, DATA / name.system
        before, _, after = name.at.partition("^")
        self.text = (self.root / name.path).read_text(encoding="utf-8")
        assert before + after in self.text
        offset = self.text.index(before + after) + len(before)
        start = self.text.rfind("\n", 0, offset) + 1
        self.document = types.TextDocumentIdentifier((self.root / name.path).as_uri())
        self.where = types.Position(self.text.count("\n", 0, offset), offset - start)

    async def everything(self) -> None:
        name, client = self.name, self.client
        definition = await client.text_document_definition_async(types.DefinitionParams(self.document, self.where))
        assert lines(self.root, definition) == name.defined, name
        if name.used:
            await self.uses()
        hover = await client.text_document_hover_async(types.HoverParams(self.document, self.where))
        assert hover is not None, name
        if name.offers:
            await self.completion()
        await self.rename()

    async def uses(self) -> None:
        found = await self.client.text_document_references_async(
            types.ReferenceParams(types.ReferenceContext(include_declaration=True), self.document, self.where)
        )
        assert lines(self.root, found) == self.expected, self.name
        marked = await self.client.text_document_document_highlight_async(
            types.DocumentHighlightParams(self.document, self.where)
        )
        assert marked is not None
        own = [place for place in self.expected.split() if place.startswith(f"{self.name.path}:")]
        assert sorted({f"{self.name.path}:{one.range.start.line + 1}" for one in marked}) == sorted(own), self.name

    @property
    def expected(self) -> str:
        places = [place.rsplit(":", 1) for place in self.name.used.split()]
        return " ".join(f"{path}:{line}" for path, line in sorted((path, int(line)) for path, line in places))

    async def completion(self) -> None:
        found = await self.client.text_document_completion_async(types.CompletionParams(self.document, self.where))
        assert isinstance(found, types.CompletionList), self.name
        offered = {item.label for item in found.items}
        assert offered >= set(self.name.offers.split()), self.name
        assert "ship" not in offered, "a step of another pipeline"

    async def rename(self) -> None:
        prepare = types.PrepareRenameParams(self.document, self.where)
        rename = types.RenameParams(self.document, self.where, "renamed")
        if self.name.refused:
            with pytest.raises(JsonRpcException, match=self.name.refused):
                await self.client.text_document_prepare_rename_async(prepare)
            with pytest.raises(JsonRpcException, match=self.name.refused):
                await self.client.text_document_rename_async(rename)
            return
        prepared = await self.client.text_document_prepare_rename_async(prepare)
        assert isinstance(prepared, types.PrepareRenamePlaceholder), self.name
        edit = await self.client.text_document_rename_async(rename)
        assert edit is not None
        assert edit.changes is not None
        changed = [types.Location(uri, one.range) for uri, edits in edit.changes.items() for one in edits]
        if self.name.used:
            assert lines(self.root, changed) == self.expected, self.name
        overlay = {
            uri.removeprefix(f"{self.root.as_uri()}/"): self.applied(uri, edits, prepared.placeholder)
            for uri, edits in edit.changes.items()
        }
        assert said(self.root, overlay) == said(self.root, {}), self.name

    def applied(self, uri: str, edits: object, old: str) -> str:
        """Return a file after edits, each of which replaces the name alone."""
        text = (self.root / uri.removeprefix(f"{self.root.as_uri()}/")).read_text(encoding="utf-8")
        rows = text.splitlines(keepends=True)
        assert isinstance(edits, (list, tuple))
        for edit in sorted(edits, key=lambda one: (one.range.start.line, one.range.start.character), reverse=True):
            row = rows[edit.range.start.line]
            assert row[edit.range.start.character : edit.range.end.character] == old, self.name
            rows[edit.range.start.line] = (
                row[: edit.range.start.character] + edit.new_text + row[edit.range.end.character :]
            )
        return "".join(rows)


def said(root: Path, overlay: dict[str, str]) -> object:
    """Return what must stay the same under a rename: the findings, and what becomes of each reference."""
    report = check(root, overlay=overlay)
    return (
        sorted(finding.rule for finding in report.findings),
        sorted((r.kind, r.resolution.value, len(r.targets)) for r in report.built.graph.references),
    )


@pytest.mark.asyncio
async def test_labels(client: LanguageClient) -> None:
    """A label is renamed in the pods, in their own selector, in the Service and in the disruption budget."""
    await start(client, "kubernetes")
    used = "rest.yaml:44 rest.yaml:52 service.yaml:7 web.yaml:8 web.yaml:12"
    for path, at in (("service.yaml", "app: ^web-pod"), ("web.yaml", "labels:\n        app: ^web-pod")):
        asked = Asked(client, Name("kubernetes", path, at, "web.yaml:12", ""))
        found = await client.text_document_definition_async(types.DefinitionParams(asked.document, asked.where))
        assert path == "web.yaml" or lines(asked.root, found) == "web.yaml:12"
        asked.name = asked.name._replace(used=used)
        await asked.rename()
    selector = Asked(client, Name("kubernetes", "service.yaml", "app: ^web-pod", "", "", offers="web-pod"))
    await selector.completion()


HOVERS = [
    (
        Name("kubernetes", "service.yaml", "name: ^shop", "", ""),
        ["2 references", "endpoints:", r"80 \(plain\) → front = 8080 of `Deployment/web` `web.yaml:4`"],
    ),
    (
        Name("kubernetes", "rest.yaml", "service:\n            name: ^shop", "", ""),
        ["`Service/shop` `service.yaml:4`", "→ front = 8080 of `Deployment/web`"],
    ),
    (
        Name("istio", "mesh.yaml", "^timeout: 5s", "", ""),
        ["never answers ends after: 1s", "4 tries at most", "a try that takes too long is not retried"],
    ),
    (
        Name("istio", "mesh.yaml", "host: ^reviews\n        subset", "", ""),
        ["`Service/reviews`", "endpoints:", "ends after: 1s"],
    ),
    (
        Name("istio", "mesh.yaml", "perTryTimeout: ^1s", "", ""),
        ["a try that takes longer than 1s is not retried", "## Why"],
    ),
]


@pytest.mark.asyncio
async def test_hover_works_out_endpoints_and_budgets(client: LanguageClient) -> None:
    await start(client, "kubernetes", "istio")
    for name, says in HOVERS:
        asked = Asked(client, name)
        found = await client.text_document_hover_async(types.HoverParams(asked.document, asked.where))
        assert found is not None, name
        assert isinstance(found.contents, types.MarkupContent)
        for text in says:
            assert text in found.contents.value, name
