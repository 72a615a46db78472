"""What the server knows after any sequence of edits is what a fresh check of the same texts finds."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.files import syntax_of
from kubelint.server import answers, lookup, rename
from kubelint.server.session import Session
from kubelint.server.shift import Shift

FIXTURES = Path(__file__).parent.parent / "fixtures"
SHOP = FIXTURES / "repositories" / "shop"
STEPS = 40


def files_of(root: Path) -> list[str]:
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and syntax_of(path.relative_to(root).as_posix()) is not None
    )


def edited(text: str, chance: random.Random) -> str:
    """Return a text after one edit of the kind that people make: typing, deleting, moving, copying lines."""
    lines = text.splitlines(keepends=True)
    kind = chance.randrange(6)
    if not lines or kind == 0:
        at = chance.randrange(len(text) + 1)
        return (
            text[:at]
            + chance.choice(["x", ":", " ", "-", "\n", '"', "- name: web\n", "{{", "😀", "[", "#"])
            + text[at:]
        )
    at = chance.randrange(len(lines))
    if kind == 1:
        start = chance.randrange(len(text))
        return text[:start] + text[start + chance.randrange(1, 8) :]
    if kind == 2:
        del lines[at]
    elif kind == 3:
        lines.insert(chance.randrange(len(lines) + 1), lines[at])
    elif kind == 4:
        other = chance.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = lines[at].replace("storefront", "storefrnt") if "storefront" in lines[at] else f"  {lines[at]}"
    return "".join(lines)


def shown(session: Session, path: str) -> list[tuple[object, ...]]:
    return [(f.rule, f.headline, f.severity, [label.span.key for label in f.labels]) for f in session.findings(path)]


@pytest.mark.parametrize("seed", range(4))
def test_edits_in_any_order_end_where_a_fresh_check_does(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    root = tmp_path / "shop"
    shutil.copytree(SHOP, root)
    paths = files_of(root)
    session = Session(root)
    compared = 0
    for _ in range(STEPS):
        path = chance.choice(paths)
        before = session.buffers[path].text if path in session.buffers else (root / path).read_text(encoding="utf-8")
        if chance.random() < 0.1:
            session.close(path)
        elif chance.random() < 0.2:
            session.open(path, (root / path).read_text(encoding="utf-8"))
        else:
            session.open(path, edited(before, chance))
        inspect(session, chance.choice(paths), chance)
        if any(buffer.broken for buffer in session.buffers.values()):
            continue
        compared += 1
        fresh = check(root, overlay={name: buffer.text for name, buffer in session.buffers.items()})
        expected = {
            name: [
                (f.rule, f.headline, f.severity, [label.span.key for label in f.labels])
                for f in fresh.findings
                if f.span.file.path == name
            ]
            for name in paths
        }
        assert {name: shown(session, name) for name in paths} == expected
    assert compared > 0


def inspect(session: Session, path: str, chance: random.Random) -> None:
    """Ask everything at a random position: nothing may raise, and places lie inside their texts."""
    source = session.source(path)
    if source is None:
        return
    offset = chance.randrange(len(source.text) + 1)
    served = session.offset(path, offset)
    graph = session.graph
    spans = lookup.definitions(graph, path, served) + lookup.uses(graph, path, served, declaration=True)
    for span in map(session.in_buffer, spans):
        own = session.source(span.file.path)
        assert own is not None
        assert 0 <= span.start <= span.end <= len(own.text)
    answers.hover(session, path, offset)
    answers.document_symbols(graph, path)
    answers.lenses(graph, path)
    answers.links(graph, path)
    for resource in answers.callable_at(graph, path, served):
        answers.calls_from(graph, resource)
        answers.calls_to(graph, resource)
    try:
        renaming = rename.renaming(graph, path, served)
    except rename.RefusedError:
        pass
    else:
        assert {span.text for span in renaming.spans} == {renaming.name}
    if chance.random() < 0.2:
        for choice in answers.completion(session, path, offset):
            assert choice.text != ""
    for finding in session.findings(path):
        for label in finding.labels:
            assert 0 <= label.span.start <= label.span.end <= len(label.span.file.text)


def test_rename_changes_what_it_says_and_the_graph_stays_whole(tmp_path: Path) -> None:
    """After any rename that is offered, the same references resolve as before."""
    root = tmp_path / "shop"
    shutil.copytree(SHOP, root)
    renamed = 0
    for path in files_of(root):
        session = Session(root)
        text = (root / path).read_text(encoding="utf-8")
        places = {entity.span.start for entity in lookup.entities_in(session.graph, path)}
        for offset in sorted(places):
            try:
                found = rename.renaming(session.graph, path, offset)
            except rename.RefusedError:
                continue
            renamed += 1
            overlay: dict[str, str] = {}
            for edit in sorted(found.edits(f"{found.name}9"), key=lambda edit: -edit.span.start):
                name = edit.span.file.path
                before = overlay.get(name, edit.span.file.text)
                overlay[name] = before[: edit.span.start] + edit.text + before[edit.span.end :]
            after = check(root, overlay=overlay)
            expected = sorted((r.kind, r.dangling, len(r.targets)) for r in session.graph.references)
            found_now = sorted((r.kind, r.dangling, len(r.targets)) for r in after.built.graph.references)
            assert found_now == expected, f"{path}: {text[offset : offset + 20]}"
    assert renamed >= 10


@pytest.mark.parametrize(
    ("old", "new", "offset", "expected"),
    [
        ("abc def", "abc X def", 4, 6),
        ("abc def", "abc X def", 2, 2),
        ("abc def", "abc", 5, 3),
        ("abc", "abc", 1, 1),
        ("aaa", "aaaa", 3, 4),
        ("", "abc", 0, 3),
    ],
)
def test_places_move_with_the_text_around_them(old: str, new: str, offset: int, expected: int) -> None:
    assert Shift.between(old, new).moved(offset) == expected


def workspace(root: Path, folders: int) -> None:
    """Write folders of a Deployment, its Service and its settings each, which have nothing to do with each other."""
    for number in range(folders):
        name, folder = f"app-{number}", root / f"team-{number}"
        folder.mkdir(parents=True)
        (folder / "deployment.yaml").write_text(
            f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n"
            f"  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n"
            f"    spec:\n      containers:\n      - name: web\n        image: registry.example.com/{name}:1.4.2\n"
            f"        ports: [{{name: http, containerPort: 8080}}]\n",
            encoding="utf-8",
        )
        (folder / "service.yaml").write_text(
            f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec:\n"
            f"  selector: {{app: {name}}}\n  ports: [{{port: 80, targetPort: http}}]\n",
            encoding="utf-8",
        )


def test_what_is_foretold_is_what_a_check_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between whole checks nothing is shown that the next one takes back."""
    monkeypatch.setattr("kubelint.server.session.QUICK", 0.0)  # in a real repository a whole check takes longer
    chance = random.Random(7)
    workspace(tmp_path, 8)
    paths = files_of(tmp_path)
    session = Session(tmp_path)
    assert session.report.findings == []
    session.open("team-3/service.yaml", session_text(session, "team-3/service.yaml").replace("app: app-3", "app: ap-3"))
    assert session.foretell()
    assert [finding.rule for finding in session.findings("team-3/service.yaml")] == [
        "kubernetes/service-selects-nothing"
    ]
    foretold = 0
    for _ in range(60):
        path = chance.choice(paths)
        text = session_text(session, path)
        undo = chance.random() < 0.2
        session.open(path, (tmp_path / path).read_text(encoding="utf-8") if undo else edited(text, chance))
        if not session.foretell():
            continue
        foretold += 1
        early = {name: shown(session, name) for name in paths}
        assert session.report is not None
        for name in paths:
            later = shown(session, name)
            assert [one for one in early[name] if one not in later] == []
    assert foretold > 20


def session_text(session: Session, path: str) -> str:
    source = session.source(path)
    assert source is not None
    return source.text


def test_opening_and_closing_a_file_as_it_is_costs_no_check(tmp_path: Path) -> None:
    workspace(tmp_path, 2)
    session = Session(tmp_path)
    report = session.report
    session.open("team-0/service.yaml", (tmp_path / "team-0/service.yaml").read_text(encoding="utf-8"))
    assert session.report is report
    session.close("team-0/service.yaml")
    assert session.report is report


@pytest.mark.parametrize("seed", range(3))
def test_files_come_and_go_on_disk(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    workspace(tmp_path, 4)
    session = Session(tmp_path)
    for _ in range(12):
        path = chance.choice(files_of(tmp_path))
        kind = chance.randrange(3)
        if kind == 0:
            (tmp_path / path).unlink()
        elif kind == 1:
            (tmp_path / path).rename((tmp_path / path).with_name(f"moved-{chance.randrange(100)}.yaml"))
        else:
            other = chance.choice(files_of(tmp_path))
            (tmp_path / path).with_name("copy.yaml").write_bytes((tmp_path / other).read_bytes())
        session.invalidate([path])
        assert [finding.identity for finding in session.report.findings] == [
            finding.identity for finding in check(tmp_path).findings
        ]


def test_an_abandoned_check_leaves_everything_as_it_was(tmp_path: Path) -> None:
    workspace(tmp_path, 1)
    session = Session(tmp_path)
    task = session.task()
    task.watch.abandoned = True
    assert task.run() is None
    assert not session.settled
    assert session.report.coverage.files == 2
