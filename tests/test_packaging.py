"""What is installed: the wheel holds our three packages with their data, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(target), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


def test_wheel_holds_our_packages_with_their_data_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"kubelint", "kubelint_rules", "kubelint_schemas"}
    assert {f"{top}/py.typed" for top in tops} <= set(names)
    installed = {name for name in names if ".dist-info" not in name}
    wanted = {
        path.relative_to(ROOT / source).as_posix()
        for source in ("lint", "rules", "schemas")
        for path in (ROOT / source).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.relative_to(ROOT / source).parts[0] in tops
    }
    assert installed == wanted
    assert not [name for name in installed if name.endswith(".pyc")]


def test_sdist_holds_what_a_contributor_needs(tmp_path: Path) -> None:
    hatchling = pytest.importorskip("hatchling.build", reason="hatchling is not installed here")
    del hatchling
    code = f"import os; os.chdir({str(ROOT)!r}); from hatchling.build import build_sdist; print(build_sdist({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    with tarfile.open(tmp_path / done.stdout.strip().splitlines()[-1]) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    assert {"lint", "rules", "schemas", "fixtures", "tests", "docs", "pyproject.toml", ".pre-commit-hooks.yaml"} <= tops
