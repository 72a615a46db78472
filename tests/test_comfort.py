"""What makes kubelint pleasant: starting, watching, editors' buffers, overviews."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

from kubelint.config import parse
from kubelint.source import SourceFile

ROOT = Path(__file__).parent.parent
SHOP = ROOT / "fixtures" / "repositories" / "shop"
BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  PORT: 8080\n"
HOOK = "- repo: https://github.com/kubelint/kubelint\n  rev: v0.1.0\n  hooks:\n    - id: kubelint\n"
GOOD = BAD.replace("8080", '"8080"')


def kubelint(*arguments: str, cwd: Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kubelint", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_init_writes_a_configuration_that_can_be_uncommented(tmp_path: Path) -> None:
    for file in SHOP.rglob("*"):
        if file.is_file():
            target = tmp_path / file.relative_to(SHOP)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    run = kubelint("init", "--pre-commit", "--root", ".", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "wrote .kubelint.yaml (found: 7 kubernetes, " in run.stdout
    assert kubelint("check", cwd=tmp_path).returncode == 1, "as it is it changes nothing"
    text = (tmp_path / ".kubelint.yaml").read_text(encoding="utf-8")
    settings = re.sub(r"^# (?=[a-z-]+:( [^$]|$)|  )", "", text.partition("\n")[2], flags=re.MULTILINE)
    used = parse(SourceFile(".kubelint.yaml", settings))
    assert used.target("kubernetes")
    assert used.target("istio", "cluster-domain") == "cluster.local"
    assert used.target("drone", "runners") == ["docker"]
    assert used.extend_select == ("reliability",)
    assert "id: kubelint" in (tmp_path / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    again = kubelint("init", cwd=tmp_path)
    assert again.returncode == 2
    assert "exists already" in again.stderr


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "repos:\n- repo: https://example.com/hooks\n  rev: v1\n  hooks:\n  - id: tidy # always\nfail_fast: true\n",
            f"repos:\n- repo: https://example.com/hooks\n  rev: v1\n  hooks:\n  - id: tidy # always\n{HOOK}fail_fast: true\n",
        ),
        (
            "repos:\n    - repo: local\n      hooks: []",
            f"repos:\n    - repo: local\n      hooks: []\n{indent(HOOK, '    ')}",
        ),
        ("repos: [{repo: local, hooks: []}]\n", None),
        ("repos: [\n", None),
        ("repos:\n- repo: https://github.com/kubelint/kubelint\n", None),
    ],
)
def test_init_adds_the_hook_in_the_style_of_the_file(tmp_path: Path, before: str, after: str | None) -> None:
    hooks = tmp_path / ".pre-commit-config.yaml"
    hooks.write_text(before, encoding="utf-8")
    run = kubelint("init", "--root", ".", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert hooks.read_text(encoding="utf-8") == (after or before)
    assert ("added the hook" in run.stdout) == (after is not None)


def test_statistics_count_instead_of_showing(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(BAD.replace("name: web", f"name: {name}"), encoding="utf-8")
    run = kubelint("check", "--statistics", cwd=tmp_path)
    assert run.returncode == 1
    assert re.match(r" +2  in +2 files  error +kubernetes/wrong-type +2 fixable +\S", run.stdout)
    assert "Found 2 errors." in run.stdout
    assert "-->" not in run.stdout


def test_a_buffer_stands_for_its_file(tmp_path: Path) -> None:
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "web.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(BAD.replace("web", "other"), encoding="utf-8")
    arguments = ("check", "--root", ".", "--format", "concise", "--stdin-filename")
    run = kubelint(*arguments, "k8s/web.yaml", cwd=tmp_path, stdin=BAD)
    assert run.returncode == 1
    assert [line.split(": ")[0] for line in run.stdout.splitlines()] == ["k8s/web.yaml:6:9"]
    assert kubelint(*arguments, "k8s/web.yaml", cwd=tmp_path, stdin=GOOD).returncode == 0
    new = kubelint(*arguments, "k8s/new/settings.yaml", cwd=tmp_path, stdin=BAD.replace("web", "new"))
    assert new.stdout.startswith("k8s/new/settings.yaml:6:9: "), "the file need not exist yet"
    shown = kubelint(*arguments, "k8s/web.yaml", "--diff", cwd=tmp_path, stdin=BAD)
    assert '+  PORT: "8080"' in shown.stdout
    refused = kubelint(*arguments, "k8s/web.yaml", "--fix", cwd=tmp_path, stdin=BAD)
    assert refused.returncode == 2
    assert kubelint(*arguments, "/etc/passwd", cwd=tmp_path, stdin=BAD).returncode == 2
    assert (tmp_path / "k8s" / "web.yaml").read_text(encoding="utf-8") == GOOD


def test_watch_checks_again_after_a_change(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(BAD, encoding="utf-8")
    command = [sys.executable, "-m", "kubelint", "check", "--watch", "--root", ".", "--format", "concise"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("web.yaml:6:9: ")
        assert "waiting for changes" in process.stderr.readline()
        (tmp_path / "web.yaml").write_text(BAD.replace("  PORT", "  # moved\n  PORT"), encoding="utf-8")
        assert process.stdout.readline().startswith("web.yaml:7:9: ")
        process.terminate()


def test_links_where_the_terminal_has_them(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(BAD, encoding="utf-8")
    linked = kubelint("check", "--color", "always", cwd=tmp_path, FORCE_HYPERLINK="1").stdout
    assert f"\x1b]8;;file://{tmp_path}/web.yaml\x1b\\web.yaml:6:9\x1b]8;;\x1b\\" in linked
    assert "\x1b]8;;" not in kubelint("check", "--color", "always", cwd=tmp_path, FORCE_HYPERLINK="0").stdout
    assert "\x1b]8;;" not in kubelint("check", cwd=tmp_path, FORCE_HYPERLINK="1").stdout, "a file is no terminal"


def test_colours_on_a_real_terminal(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(BAD, encoding="utf-8")
    leader, follower = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "CI")}
    environment |= {"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}
    command = [sys.executable, "-m", "kubelint", "check"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, stdout=follower, stderr=subprocess.PIPE, check=False)
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # Linux tells so that nobody writes any more
            break
        if not piece:
            break
        shown += piece
    os.close(leader)
    assert done.returncode == 1
    assert b"\x1b[1;91merror[kubernetes/wrong-type]" in shown
    assert b"\x1b]8;;file://" in shown


def test_the_schema_of_the_configuration_is_published() -> None:
    published = json.loads((ROOT / "docs" / "kubelint.schema.json").read_text(encoding="utf-8"))
    assert published == json.loads(kubelint("config", "--schema", cwd=ROOT).stdout)
