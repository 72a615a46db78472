"""The corpus that figures are measured with: always the same, and right but for the mistakes that are put into it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kubelint.check import check

MAKER = Path(__file__).parent.parent / "benchmarks" / "corpus.py"


def make(out: Path, *options: str) -> dict[str, bytes]:
    subprocess.run([sys.executable, str(MAKER), str(out), *options], check=True, capture_output=True)
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.yaml")}


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first = make(tmp_path / "first", "--files", "120")
    assert len(first) == 120
    assert make(tmp_path / "second", "--files", "120") == first
    assert make(tmp_path / "other", "--files", "120", "--seed", "2") != first


def test_one_application_in_fifty_has_a_mistake(tmp_path: Path) -> None:
    make(tmp_path, "--files", "1000")
    report = check(tmp_path)
    mistakes = [finding for finding in report.findings if finding.rule == "kubernetes/probe-port-not-found"]
    assert len(mistakes) == 2
    assert {finding.primary.span.text for finding in mistakes} == {"htttp"}
    assert report.coverage.documents["kustomize"] > 10


def test_a_real_tree_is_copied_until_there_are_enough_files(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "web.yaml").write_text("apiVersion: v1\n")
    (source / "README.md").write_text("not copied\n")
    assert set(make(tmp_path / "out", "--from", str(source), "--files", "3")) == {
        "copy-0/web.yaml",
        "copy-1/web.yaml",
        "copy-2/web.yaml",
    }
