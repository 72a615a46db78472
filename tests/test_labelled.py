"""``benchmarks/labelled.py`` judges labelled files by the rules that a check is mapped to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers: [{{name: web, image: '{image}'}}]\n"


def labelled(*arguments: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(str(ROOT / name) for name in ("lint", "rules", "schemas"))
    return subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "labelled.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
    )


def corpus(tmp_path: Path, failure: str, success: str) -> Path:
    folder = tmp_path / "polaris" / "test" / "checks" / "tagNotSpecified"
    folder.mkdir(parents=True)
    (folder / "failure.yaml").write_text(POD.format(image=failure), encoding="utf-8")
    (folder / "success.yaml").write_text(POD.format(image=success), encoding="utf-8")
    return tmp_path


def test_agreement_exits_0(tmp_path: Path) -> None:
    result = labelled("polaris", str(corpus(tmp_path, "nginx:latest", "nginx:1.27")))
    assert "| tagNotSpecified | `kubernetes/floating-image-tag` | 1/1 | 1/1 |  |" in result.stdout
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("failure", "success", "row"),
    [
        ("nginx:1.26", "nginx:1.27", "| 0/1 | 1/1 | **failure.yaml** |"),
        ("nginx", "registry:5000/nginx", "| 1/1 | 0/1 | **success.yaml** |"),
    ],
)
def test_a_miss_exits_1_and_is_named(tmp_path: Path, failure: str, success: str, row: str) -> None:
    result = labelled("polaris", str(corpus(tmp_path, failure, success)))
    assert row in result.stdout
    assert result.returncode == 1


@pytest.mark.parametrize("arguments", [(), ("kube-score",), ("polaris", "nowhere")])
def test_wrong_use_exits_2(arguments: tuple[str, ...]) -> None:
    result = labelled(*arguments)
    assert result.returncode == 2
    assert result.stdout == ""
