"""What the server knows after any sequence of edits is what a fresh check of the same texts finds."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.repository import syntax_of
from kubelint.server import answers, lookup, rename
from kubelint.server.session import Session, Shift

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
