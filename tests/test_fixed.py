"""Every rule that offers a fix, through its fixtures: ``fixtures/<system>/<rule>/fixed`` is what ``bad`` becomes.

``kubelint check --fix --unsafe-fixes`` made it (``pytest tests/test_fixed.py --update-golden`` writes it). Nothing in it
offers a fix any more; what is left to report carries its ``# expect:`` still. And every finding of every ``bad`` tree,
with a fix or without, can be ignored where it stands.
"""

from __future__ import annotations

import importlib.util
import shutil
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from kubelint import fix, ignore
from kubelint.files import JSON, syntax_of
from kubelint.finding import Finding


def _fixtures() -> ModuleType:
    spec = importlib.util.spec_from_file_location("test_rules", Path(__file__).parent / "test_rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


rules = _fixtures()
FOLDERS: list[str] = rules.rule_folders()
#: Findings on directives and settings themselves: a directive against them would be one more to judge.
OF_THE_RUNNER = {
    "kubernetes/own-policy-unusable",
    "repository/stale-baseline",
    "repository/unknown-rule",
    "repository/unused-ignore",
}


def findings(identity: str, texts: dict[str, str] | None = None, tree: str = "bad") -> list[Finding]:
    found: list[Finding] = rules.run(rules.FIXTURES / identity / tree, identity, overlay=texts).findings
    return found


@cache
def fixed(identity: str) -> fix.Fixed:
    return fix.fix_all(lambda texts: findings(identity, texts), unsafe=True)


def without_marks(text: str, left: set[int]) -> str:
    """Return a text without the ``# expect:`` of lines on which nothing is found any more."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        marked = rules.EXPECT.search(line.rstrip("\r\n"))
        if marked and number not in left:
            lines[number - 1] = line[: marked.start()].rstrip() + line[len(line.rstrip("\r\n")) :]
    return "".join(lines)


def mended(identity: str) -> dict[str, str]:
    """Return the files that fixing changes, as their author would have written them."""
    result = fixed(identity)
    assert not result.refused
    left = findings(identity, result.texts)
    return {
        path: without_marks(text, {finding.span.line for finding in left if finding.span.file.path == path})
        for path, text in result.texts.items()
    }


@pytest.mark.parametrize("identity", FOLDERS)
def test_fixed_tree(identity: str, update_golden: bool) -> None:
    golden = rules.FIXTURES / identity / "fixed"
    texts = mended(identity)
    if update_golden:
        shutil.rmtree(golden, ignore_errors=True)
        for path, text in texts.items():
            (golden / path).parent.mkdir(parents=True, exist_ok=True)
            (golden / path).write_bytes(text.encode())
    kept = {
        path.relative_to(golden).as_posix(): path.read_bytes().decode() for path in golden.rglob("*") if path.is_file()
    }
    assert kept == texts, "if this is meant: pytest tests/test_fixed.py --update-golden"


@pytest.mark.parametrize("identity", [identity for identity in FOLDERS if rules.BY_ID[identity].fixable])
def test_nothing_is_left_to_fix(identity: str) -> None:
    texts = mended(identity)
    assert texts, "a rule that says that it offers fixes shows one"
    left = findings(identity, texts)
    assert [finding.headline for finding in left if finding.fix is not None] == []
    before = {(finding.rule, finding.headline) for finding in findings(identity)}
    new = {finding.rule for finding in left if (finding.rule, finding.headline) not in before}
    assert new == REVEALED.get(identity, set()), "a fix makes no new finding"


#: Where a fix makes a document readable, so that other mistakes in it come to light; a root user that is written down
#: is the author's to change, and contradicts what the fix has written.
REVEALED = {
    "drone/misspelt-plugin": {"drone/missing-setting"},
    "drone/unknown-kind": {"drone/unknown-field"},
    "drone/unknown-setting": {"drone/sent-source-missing"},
    "istio/gateway-not-found": {"istio/match-never-applies"},
    "kubernetes/unknown-kind": {"kubernetes/missing-field"},
    "kubernetes/violates-restricted-profile": {"kubernetes/root-contradicts-non-root"},
    "kustomize/wrong-type": {"kustomize/malformed-source"},
}


@pytest.mark.parametrize("identity", [identity for identity in FOLDERS if identity not in OF_THE_RUNNER])
def test_every_finding_can_be_ignored_where_it_stands(identity: str) -> None:
    made = ignore.add_ignores(lambda texts: findings(identity, texts), "known, see the ticket")
    assert {path for path in made.refused if syntax_of(path) != JSON} == set()
    assert {finding.span.file.path for finding in findings(identity, made.texts)} <= set(made.refused)


@pytest.mark.parametrize("identity", [identity for identity in FOLDERS if rules.BY_ID[identity].fixable])
def test_fixes_keep_the_line_ends_of_the_file(identity: str) -> None:
    """A repository written with CR LF is mended to the same text, with CR LF."""
    tree = rules.FIXTURES / identity / "bad"
    overlay = {
        path.relative_to(tree).as_posix(): path.read_bytes().decode().replace("\n", "\r\n")
        for path in tree.rglob("*")
        if path.is_file()
    }
    with_crlf = fix.fix_all(lambda texts: findings(identity, {**overlay, **texts}), unsafe=True)
    assert {path: text.replace("\n", "\r\n") for path, text in fixed(identity).texts.items()} == with_crlf.texts
