"""The hooks, through the real pre-commit in a real git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pre_commit", reason="pre-commit is not installed: pip install -e '.[test]'")

ROOT = Path(__file__).resolve().parent.parent
DEPLOYMENT = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
spec:
  containers:
  - name: web
    image: nginx:1.27
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: {}
  ports:
  - port: 80
"""


def git(*arguments: str, cwd: Path) -> str:
    names = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    environment = {**os.environ, **dict.fromkeys(names, "test@example.com"), "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(
        ["git", *arguments], cwd=cwd, env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A git repository of the working tree as it is, so that what is not committed yet counts too."""
    copy = tmp_path_factory.mktemp("hooks") / "kubelint"
    wanted = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
    copy.mkdir()
    for name in wanted:
        shutil.copy(ROOT / name, copy / name)
    for name in ("lint", "rules", "schemas"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    git("init", "-q", "-b", "main", cwd=copy)
    git("add", "-A", cwd=copy)
    git("commit", "-q", "-m", "hooks", cwd=copy)
    return copy, git("rev-parse", "HEAD", cwd=copy)


def test_hooks_fail_on_the_bad_tree_and_pass_on_the_good_one(hook_repository: tuple[Path, str], tmp_path: Path) -> None:
    hooks, revision = hook_repository
    project = tmp_path / "project"
    project.mkdir()
    (project / "pod.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    (project / "service.yaml").write_text(SERVICE.format("wbe"), encoding="utf-8")
    (project / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks.as_uri()}\n  rev: {revision}\n  hooks:\n  - id: kubelint\n  - id: kubelint-changed\n",
        encoding="utf-8",
    )
    git("init", "-q", "-b", "main", cwd=project)
    git("add", "-A", cwd=project)
    environment = {
        **os.environ,
        "PRE_COMMIT_HOME": str(tmp_path / "cache"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "protocol.file.allow",
        "GIT_CONFIG_VALUE_0": "always",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", *arguments],
            cwd=project, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    failed = run("--all-files")
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert failed.stdout.count("kubernetes/service-selects-nothing") >= 2
    assert "service.yaml:7:10" in failed.stdout
    # Only the pod is changed: the finding stands in the Service, but touches it.
    touched = run("kubelint-changed", "--files", "pod.yaml")
    assert touched.returncode == 1
    assert "service.yaml:7:10" in touched.stdout
    (project / "service.yaml").write_text(SERVICE.format("web"), encoding="utf-8")
    git("add", "-A", cwd=project)
    passed = run("--all-files")
    assert passed.returncode == 0, passed.stdout + passed.stderr
