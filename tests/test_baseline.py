"""Adopting kubelint on a dirty repository, as a team does it: through the command line, with a real git."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector:
    app: {label}
  ports:
  - port: 80
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      containers:
      - name: {name}
        image: registry.example.com/{name}:1.4
"""
BASELINE = ".kubelint-baseline.yaml"


def kubelint(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kubelint", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, encoding="utf-8")


def git(*arguments: str, cwd: Path) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for person in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{person}_NAME": "Ada", f"GIT_{person}_EMAIL": "ada@example.com"}
    subprocess.run(["git", *arguments], cwd=cwd, env=environment, check=True, capture_output=True)


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    """A repository whose Service `web` selects nothing since long ago."""
    (tmp_path / "web.yaml").write_text(DEPLOYMENT.format(name="web"), encoding="utf-8")
    (tmp_path / "service.yaml").write_text(SERVICE.format(name="web", label="wbe"), encoding="utf-8")
    (tmp_path / "api.yaml").write_text(DEPLOYMENT.format(name="orders"), encoding="utf-8")
    (tmp_path / "orders.yaml").write_text(SERVICE.format(name="orders", label="orders"), encoding="utf-8")
    git("init", "-q", "-b", "main", cwd=tmp_path)
    git("add", "-A", cwd=tmp_path)
    git("commit", "-q", "-m", "as it was", cwd=tmp_path)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_only_what_is_new_is_reported(dirty: Path) -> None:
    assert kubelint("check", cwd=dirty).returncode == 1
    created = kubelint("baseline", "create", cwd=dirty)
    assert created.returncode == 0
    assert "1  kubernetes/service-selects-nothing" in created.stdout
    clean = kubelint("check", cwd=dirty)
    assert clean.returncode == 0
    assert "No problems found (1 in the baseline)." in clean.stdout
    assert "syntax only" not in clean.stdout, "our own files are no files that were not checked"
    assert kubelint("check", "--no-baseline", cwd=dirty).returncode == 1

    replace(dirty / "orders.yaml", "app: orders", "app: order")
    broken = kubelint("check", "--format", "concise", cwd=dirty)
    assert broken.returncode == 1
    assert [line.split(": ")[0] for line in broken.stdout.splitlines()] == ["orders.yaml:7:10"]


def test_lines_may_move_and_a_second_mistake_still_shows(dirty: Path) -> None:
    kubelint("baseline", "create", cwd=dirty)
    before = (dirty / "service.yaml").read_text(encoding="utf-8")
    (dirty / "service.yaml").write_text("# moved\n\n---\n" + before, encoding="utf-8")
    assert kubelint("check", cwd=dirty).returncode == 0
    other = SERVICE.format(name="web-admin", label="wbe")
    (dirty / "service.yaml").write_text(f"{before}---\n{other}", encoding="utf-8")
    assert kubelint("check", "--format", "concise", cwd=dirty).stdout.startswith("service.yaml:17:10: ")
    # Another mistake at the same place is another finding.
    (dirty / "service.yaml").write_text(before.replace("wbe", "webb"), encoding="utf-8")
    run = kubelint("check", "--format", "concise", cwd=dirty)
    assert "service.yaml:7:10: error[kubernetes/service-selects-nothing]" in run.stdout
    assert f"{BASELINE}:6:9: info[repository/stale-baseline]" in run.stdout


def test_what_is_mended_is_pruned(dirty: Path) -> None:
    kubelint("baseline", "create", cwd=dirty)
    assert kubelint("baseline", "check", cwd=dirty).returncode == 0
    replace(dirty / "service.yaml", "wbe", "web")
    assert kubelint("check", cwd=dirty).returncode == 0, "an entry too many is no reason to fail the build"
    stale = kubelint("baseline", "check", cwd=dirty)
    assert stale.returncode == 1
    assert f"{BASELINE}:6: kubernetes/service-selects-nothing in service.yaml" in stale.stdout
    assert kubelint("baseline", "prune", cwd=dirty).stderr == "1 of 1 entry taken out\n"
    assert kubelint("baseline", "check", cwd=dirty).returncode == 0
    replace(dirty / "service.yaml", "app: web", "app: wbe")
    assert kubelint("check", cwd=dirty).returncode == 1, "the same mistake is new again"


def test_reasons_and_dates(dirty: Path) -> None:
    kubelint("baseline", "create", "--reason", "the team: knows", "--expires", "2999-12-31", cwd=dirty)
    assert kubelint("check", cwd=dirty).returncode == 0
    refused = kubelint("baseline", "create", cwd=dirty)
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    replace(dirty / "orders.yaml", "app: orders", "app: order")
    assert kubelint("baseline", "create", "--force", cwd=dirty).returncode == 0
    text = (dirty / BASELINE).read_text(encoding="utf-8")
    assert text.count("the team: knows") == text.count("2999-12-31") == 1, "what stays keeps them, what is new has none"
    replace(dirty / BASELINE, "2999", "2020")
    due = kubelint("check", cwd=dirty)
    assert due.returncode == 1
    assert "service.yaml:7:10" in due.stdout
    assert "expired on 2020-12-31" in kubelint("baseline", "check", cwd=dirty).stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version: 1\nfindings:\n- rule: a/b\n", f"{BASELINE}:3:3: `file` is missing"),
        ("version: 2\n", f"{BASELINE}:1:10: `version`"),
        ("version: 1\nfindings: [{rule: a/b, file: x, expires: 2026-02-31}]\n", f"{BASELINE}:2:42: `2026-02-31`"),
        ("version: 1\nfindings: [{rule: a/b, file: x, lines: 4}]\n", f"{BASELINE}:2:33: `lines` is no setting"),
        ("<<<<<<< ours\nversion: 1\n", f"{BASELINE}:"),
        ("", f"{BASELINE}:1:1: the baseline is empty"),
    ],
)
def test_a_broken_baseline_hides_nothing_by_chance(dirty: Path, text: str, says: str) -> None:
    (dirty / BASELINE).write_text(text, encoding="utf-8")
    run = kubelint("check", cwd=dirty)
    assert run.returncode == 2
    assert says in run.stderr
    assert "Traceback" not in run.stderr


def test_changed_since_reports_what_a_change_broke_elsewhere(dirty: Path) -> None:
    """The label of a Deployment is renamed: the finding lies in the Service, whose file nobody touched."""
    git("switch", "-q", "-c", "rename", cwd=dirty)
    replace(dirty / "api.yaml", "app: orders", "app: order")
    git("commit", "-q", "-a", "-m", "rename", cwd=dirty)
    run = kubelint("check", "--changed-since", "main", "--format", "concise", cwd=dirty)
    assert run.returncode == 1
    assert [line.split(": ")[0] for line in run.stdout.splitlines()] == ["orders.yaml:7:10"]


def test_changed_since_knows_new_files_and_not_what_others_did(dirty: Path) -> None:
    git("switch", "-q", "-c", "feature", cwd=dirty)
    assert kubelint("check", "--changed-since", "main", cwd=dirty).returncode == 0
    git("switch", "-q", "main", cwd=dirty)
    replace(dirty / "web.yaml", "image: ", "imagePullPolicy: Allways\n        image: ")
    git("commit", "-q", "-a", "-m", "somebody else", cwd=dirty)
    git("switch", "-q", "feature", cwd=dirty)
    (dirty / "new.yaml").write_text(SERVICE.format(name="new", label="ordrs"), encoding="utf-8")
    run = kubelint("check", "--changed-since", "main", "--format", "concise", cwd=dirty)
    assert [line.split(": ")[0] for line in run.stdout.splitlines()] == ["new.yaml:7:10"]


@pytest.mark.parametrize("revision", ["nowhere", "--output=/tmp/x", ""])
def test_changed_since_an_unknown_commit_is_refused(dirty: Path, revision: str) -> None:
    run = kubelint("check", f"--changed-since={revision}", cwd=dirty)
    if revision:
        assert run.returncode == 2
        assert run.stderr == f"kubelint: --changed-since {revision}: git knows no such commit\n"


def test_changed_since_runs_nothing_of_the_repository(dirty: Path) -> None:
    marker = dirty / "ran"
    program = dirty / "monitor.sh"
    program.write_text(f"#!/bin/sh\ntouch {marker}\n", encoding="utf-8")
    program.chmod(0o755)
    git("config", "core.fsmonitor", str(program), cwd=dirty)
    git("config", "diff.external", str(program), cwd=dirty)
    git("config", "core.pager", str(program), cwd=dirty)
    assert kubelint("check", "--changed-since", "HEAD", cwd=dirty).returncode == 0
    assert not marker.exists()
