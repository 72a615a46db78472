"""Which files are read: ignore files as git has them, and nothing outside the root."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.files import Limits
from kubelint.paths import join, matches, normalise
from kubelint.repository import Repository

MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def paths(root: Path, **options: object) -> list[str]:
    return [file.path for file in Repository(root, **options).files]  # type: ignore[arg-type]


def test_ignore_files_mean_what_git_means(tmp_path: Path) -> None:
    names = ["a.yaml", "b/a.yaml", "b/c.yaml", "b/keep/x.yaml", "build/out.yaml", "deep/build/out.yaml", "z.tmp.yaml"]
    names += ["logs/a.yaml", "logs/important.yaml", "docs/a/b/c.yaml", "docs/b/c.yaml", "Upper.YAML", "sp ace.yaml"]
    write(tmp_path, dict.fromkeys(names, MANIFEST))
    write(
        tmp_path,
        {
            ".gitignore": "/build/\n*.tmp.yaml\nlogs/*\n!logs/important.yaml\ndocs/**/b/*.yaml\n# no\n\\#x\nsp\\ ace.yaml\n",
            "b/.gitignore": "/a.yaml\nkeep/\n",
            "deep/.gitignore": "!build\n",
        },
    )
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard", "-z"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    wanted = sorted(name for name in listed if name.lower().endswith(".yaml"))
    assert sorted(paths(tmp_path)) == wanted


def test_kubelintignore_and_exclude(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(["a.yaml", "vendor/a.yaml", "x/testdata/a.yaml", "x/b.yaml"], MANIFEST))
    write(tmp_path, {".kubelintignore": "vendor/\n"})
    assert paths(tmp_path) == ["a.yaml", "x/b.yaml", "x/testdata/a.yaml"]
    assert paths(tmp_path, exclude=["**/testdata"]) == ["a.yaml", "x/b.yaml"]
    assert paths(tmp_path, exclude=["x"]) == ["a.yaml"]
    assert paths(tmp_path, include=["vendor"]) == ["a.yaml", "vendor/a.yaml", "x/b.yaml", "x/testdata/a.yaml"]


def test_links_never_lead_out_of_the_root(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    root = tmp_path / "root"
    write(outside, {"secret.yaml": MANIFEST})
    write(root, {"a.yaml": MANIFEST})
    os.symlink(outside / "secret.yaml", root / "secret.yaml")
    os.symlink(outside, root / "folder")
    os.symlink(root / "a.yaml", root / "b.yaml")
    os.symlink(root, root / "loop")
    repository = Repository(root)
    assert [file.path for file in repository.files] == ["a.yaml"]
    assert [skipped.path for skipped in repository.skipped] == ["secret.yaml"]
    assert repository.exists("b.yaml")
    assert repository.source("secret.yaml") is None
    assert repository.source("folder/secret.yaml") is None
    assert repository.source("../outside/secret.yaml") is None
    assert repository.source("/etc/hostname") is None
    assert not repository.exists("../outside/secret.yaml")


def test_special_files_do_not_make_it_wait(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": MANIFEST})
    os.mkfifo(tmp_path / "pipe.yaml")
    assert paths(tmp_path) == ["a.yaml"]


def test_what_is_too_large_or_no_text_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, {"large.yaml": MANIFEST + "# " + "x" * 2000})
    (tmp_path / "latin.yaml").write_bytes(MANIFEST.encode() + b"# caf\xe9\n")
    (tmp_path / "wide.yaml").write_text(MANIFEST, encoding="utf-16")
    from kubelint.config import Settings

    findings = check(tmp_path, Settings(limits=Limits(file_size=1000))).findings
    assert [(finding.rule, finding.span.file.path) for finding in findings] == [
        ("repository/bound-reached", "large.yaml"),
        ("repository/unreadable-file", "latin.yaml"),
    ]
    assert str(findings[1].span) == "latin.yaml:4:6"
    assert "limits.file-size" in (findings[0].help or "")


def test_depth_and_alias_bombs_are_findings(tmp_path: Path) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for one, other in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{other}: &{other} [" + ", ".join([f"*{one}"] * 10) + "]\n"
    write(tmp_path, {"bomb.yaml": bomb, "deep.yaml": "a: " + "[" * 500 + "]" * 500 + "\n", "web.yaml": MANIFEST})
    report = check(tmp_path)
    assert [(finding.rule, finding.span.file.path) for finding in report.findings] == [
        ("repository/bound-reached", "bomb.yaml"),
        ("repository/bound-reached", "deep.yaml"),
    ]
    assert report.coverage.documents == {"kubernetes": 1}


def test_an_overlay_stands_in_for_what_is_on_disk(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": MANIFEST})
    repository = Repository(tmp_path, overlay={"a.yaml": "kind: Other\n", "new.yaml": MANIFEST})
    assert [(file.path, file.text) for file in repository.files] == [
        ("a.yaml", "kind: Other\n"),
        ("new.yaml", MANIFEST),
    ]
    assert repository.exists("new.yaml")


@pytest.mark.parametrize(
    ("directory", "path", "meant"),
    [
        ("a/b", "../c.yaml", "a/c.yaml"),
        ("a", "./x/../c.yaml", "a/c.yaml"),
        ("", "c.yaml", "c.yaml"),
        ("a", "../../c.yaml", "../c.yaml"),
        ("a", "/etc/passwd", "/etc/passwd"),
        ("a", ".", "a"),
    ],
)
def test_join(directory: str, path: str, meant: str) -> None:
    assert join(directory, path) == meant
    assert normalise(meant) == meant


@pytest.mark.parametrize(
    ("path", "pattern", "hit"),
    [
        ("legacy/a/b.yaml", "legacy/**", True),
        ("legacy/a/b.yaml", "legacy", True),
        ("legacy/a/b.yaml", "legacy/", True),
        ("legacy/a.yaml", "legacy/*.yaml", True),
        ("legacy/a/b.yaml", "legacy/*.yaml", False),
        ("x/legacy/b.yaml", "legacy/**", False),
        ("x/testdata/b.yaml", "**/testdata", True),
        ("testdata/b.yaml", "**/testdata", True),
        ("x/a.yaml", "*.yaml", True),
        ("x/a.yaml", "/x/a.yaml", True),
        ("y/x/a.yaml", "/x/a.yaml", False),
        ("x/a.yaml", "y", False),
        ("a[1].yaml", "a[1].yaml", True),
    ],
)
def test_patterns_of_exclude_and_overrides(path: str, pattern: str, hit: bool) -> None:
    assert matches(path, [pattern]) is hit
