"""The command line as a user meets it: real processes, exit codes, streams."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BAD = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  PORT: 8080
"""
GOOD = BAD.replace("8080", '"8080"')
WARNING = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  annotations:
    promtheus.io/scrape: "true"
"""


def kubelint(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    return subprocess.run(
        [sys.executable, "-m", "kubelint", *arguments],
        cwd=cwd,
        env={**variables, **environment},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "web.yaml").write_text(BAD, encoding="utf-8")
    return tmp_path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / "web.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_exit_codes(bad: Path) -> None:
    assert kubelint("check", cwd=bad).returncode == 1
    assert kubelint("check", "--exit-zero", cwd=bad).returncode == 0
    assert kubelint("check", "--fail-on", "never", cwd=bad).returncode == 0
    (bad / "k8s" / "web.yaml").write_text(GOOD, encoding="utf-8")
    assert kubelint("check", cwd=bad).returncode == 0
    (bad / "k8s" / "web.yaml").write_text(WARNING, encoding="utf-8")
    assert kubelint("check", cwd=bad).returncode == 1
    assert kubelint("check", "--fail-on", "error", cwd=bad).returncode == 0
    (bad / "k8s" / "web.yaml").unlink()
    empty = kubelint("check", cwd=bad)
    assert empty.returncode == 3
    assert "nothing to check" in empty.stderr
    assert kubelint("check", "--allow-empty", cwd=bad).returncode == 0


@pytest.mark.parametrize("name", ["text", "concise", "json", "sarif"])
def test_exit_code_is_the_same_in_every_format(bad: Path, name: str) -> None:
    assert kubelint("check", "--format", name, cwd=bad).returncode == 1


def test_findings_on_stdout_and_everything_else_on_stderr(bad: Path) -> None:
    run = kubelint("check", "--format", "json", cwd=bad)
    assert json.loads(run.stdout)["findings"][0]["rule"] == "kubernetes/wrong-type"
    os.symlink("/etc/hostname", bad / "outside.yaml")
    run = kubelint("check", "--format", "json", cwd=bad)
    json.loads(run.stdout)
    assert "outside.yaml" in run.stderr


def test_several_formats_in_one_run(bad: Path) -> None:
    run = kubelint("check", "--format", "concise", "--format", "sarif=report.sarif", cwd=bad)
    assert run.stdout.startswith("k8s/web.yaml:6:9: error[kubernetes/wrong-type]")
    sarif = json.loads((bad / "report.sarif").read_text(encoding="utf-8"))
    assert sarif["runs"][0]["results"][0]["ruleId"] == "kubernetes/wrong-type"
    assert sorted(path.name for path in bad.iterdir()) == ["k8s", "report.sarif"]
    run = kubelint("check", "--format", "concise", "--format", "json", cwd=bad)
    assert run.returncode == 2
    assert run.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["chek"], "`check`"),
        (["check", "--format", "sarfi"], "`sarif`"),
        (["check", "--select", "kubernets"], "`kubernetes`"),
        (["check", "--ignore", "removed-api"], "`kubernetes/removed-api`"),
        (["check", "--pack", "nobody-has-this"], "nobody-has-this"),
        (["check", "missing-folder"], "missing-folder"),
        (["check", "--target", "kubernetes"], "kubernetes=VERSION"),
        (["explain", "removed-apis"], "`kubernetes/removed-api`"),
        (["refs", "ConfigMap/wbe"], "`ConfigMap/web`"),
    ],
)
def test_wrong_use_is_code_2_and_says_what_was_meant(good: Path, arguments: list[str], hint: str) -> None:
    run = kubelint(*arguments, cwd=good)
    assert run.returncode == 2
    assert hint in run.stderr
    assert run.stdout == ""
    assert "Traceback" not in run.stderr


def test_configuration_mistakes_are_code_2_with_their_place(good: Path) -> None:
    (good / ".kubelint.yaml").write_text("rules:\n  ignor: [style]\nfail-on: fatal\n", encoding="utf-8")
    run = kubelint("check", cwd=good)
    assert run.returncode == 2
    assert ".kubelint.yaml:2:3:" in run.stderr
    assert "`ignore`" in run.stderr
    assert ".kubelint.yaml:3:10:" in run.stderr
    assert kubelint("check", "--isolated", cwd=good).returncode == 0


def test_colour(bad: Path) -> None:
    assert "\x1b[" not in kubelint("check", cwd=bad).stdout
    assert "\x1b[" in kubelint("check", cwd=bad, FORCE_COLOR="1").stdout
    assert "\x1b[" in kubelint("check", "--color", "always", cwd=bad).stdout
    assert "\x1b[" not in kubelint("check", cwd=bad, FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "\x1b[" not in kubelint("check", "--color", "never", cwd=bad, FORCE_COLOR="1").stdout


def test_control_characters_never_reach_the_terminal(tmp_path: Path) -> None:
    text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "we\\eb\\u202e"\ndata:\n  "a\\e]0;x\\a": 5\n'
    (tmp_path / "web\x1b[31m.yaml").write_text(text, encoding="utf-8")
    for arguments in (["check"], ["check", "--format", "concise"], ["files"], ["refs"]):
        run = kubelint(*arguments, cwd=tmp_path)
        assert "\x1b" not in run.stdout + run.stderr
        assert "\u202e" not in run.stdout + run.stderr


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"web{number}.yaml").write_text(BAD, encoding="utf-8")
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("no bash")
    command = f"set -o pipefail; '{sys.executable}' -m kubelint check | head -1"
    run = subprocess.run([shell, "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout.count("\n") == 1
    assert "Traceback" not in run.stderr
    assert "BrokenPipe" not in run.stderr


def test_paths_are_shown_from_where_the_user_stands(bad: Path) -> None:
    (bad / ".kubelint.yaml").write_text("{}\n", encoding="utf-8")
    assert kubelint("check", "--format", "concise", cwd=bad).stdout.startswith("k8s/web.yaml:6:9:")
    assert kubelint("check", "--format", "concise", cwd=bad / "k8s").stdout.startswith("web.yaml:6:9:")
    report = json.loads(kubelint("check", "--format", "json", cwd=bad / "k8s").stdout)
    assert report["findings"][0]["span"]["path"] == "k8s/web.yaml"


def test_paths_choose_what_is_reported_and_not_what_is_read(bad: Path) -> None:
    (bad / ".kubelint.yaml").write_text("{}\n", encoding="utf-8")
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: wbe}\n  ports: [{port: 80}]\n"
    )
    pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: {app: web}\nspec: {containers: [{name: web, image: a}]}\n"
    (bad / "k8s" / "service.yaml").write_text(service, encoding="utf-8")
    (bad / "k8s" / "pod.yaml").write_text(pod, encoding="utf-8")
    assert "service-selects-nothing" in kubelint("check", "k8s/service.yaml", cwd=bad).stdout
    assert kubelint("check", "k8s/pod.yaml", cwd=bad).returncode == 0
    assert "service-selects-nothing" in kubelint("check", "--only-touching", "k8s/pod.yaml", cwd=bad).stdout


def test_explain_rules_files_refs_config_completion(bad: Path) -> None:
    page = kubelint("explain", "kubernetes/wrong-type", cwd=bad)
    assert page.returncode == 0
    assert "## Why" in page.stdout
    assert json.loads(kubelint("explain", "removed-api", "--json", cwd=bad).stdout)["id"] == "kubernetes/removed-api"
    listed = json.loads(kubelint("rules", "--json", cwd=bad).stdout)
    assert {"id", "severity", "group", "default", "fixable", "since", "summary"} == set(listed[0])
    assert "| `kubernetes/wrong-type` |" in kubelint("rules", "--markdown", "kubernetes", cwd=bad).stdout
    assert "k8s/web.yaml" in kubelint("files", cwd=bad).stdout
    rows = json.loads(kubelint("files", "--json", cwd=bad).stdout)
    assert rows == [
        {"path": "k8s/web.yaml", "system": "kubernetes", "kind": "ConfigMap", "evidence": "apiVersion and kind"}
    ]
    assert json.loads(kubelint("config", cwd=bad).stdout)["fail-on"] == "warning"
    assert json.loads(kubelint("config", "--schema", cwd=bad).stdout)["additionalProperties"] is False
    script = kubelint("completion", "bash", cwd=bad).stdout
    assert "_kubelint_completion" in script
    bash = shutil.which("bash")
    if bash is not None:
        assert subprocess.run([bash, "-n"], input=script, text=True, check=False).returncode == 0
    assert kubelint("--version", cwd=bad).stdout.startswith("kubelint ")


def test_refs_show_both_directions(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: web}\n  ports: [{port: 80}]\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-0\n  labels: {app: web}\nspec:\n  serviceAccountName: deployer\n"
        "  containers: [{name: web, image: a}]\n",
        encoding="utf-8",
    )
    incoming = kubelint("refs", "Pod/web-0", cwd=tmp_path).stdout
    assert "Service/web selects" in incoming
    assert "web.yaml:5:13" in incoming
    assert "Service/web selects" in kubelint("refs", "Service/web", cwd=tmp_path).stdout
    unresolved = json.loads(kubelint("refs", "--unresolved", "--json", cwd=tmp_path).stdout)
    assert [(row["kind"], row["wanted"]) for row in unresolved] == [("runs-as", "ServiceAccount/deployer")]


def test_fix_and_diff(bad: Path) -> None:
    before = (bad / "k8s" / "web.yaml").read_text(encoding="utf-8")
    shown = kubelint("check", "--diff", cwd=bad)
    assert '+  PORT: "8080"' in shown.stdout
    assert shown.returncode == 1
    assert (bad / "k8s" / "web.yaml").read_text(encoding="utf-8") == before
    mended = kubelint("check", "--fix", cwd=bad)
    assert mended.returncode == 0
    assert "1 finding mended" in mended.stderr
    assert (bad / "k8s" / "web.yaml").read_text(encoding="utf-8") == GOOD
    assert kubelint("check", "--diff", cwd=bad).returncode == 0


def test_an_internal_error_is_one_line_and_code_2(good: Path) -> None:
    code = (
        "import kubelint.check\n"
        "def broken(*a, **k): raise RuntimeError('on purpose')\n"
        "kubelint.check.check = broken\n"
        "import sys; sys.argv = ['kubelint', 'check']\n"
        "from kubelint.cli import main; main()"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=good, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "internal error: RuntimeError: on purpose" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_second_run_is_out_of_the_cache_and_the_same(tmp_path: Path) -> None:
    root, cache = tmp_path / "shop", tmp_path / "cache"
    root.mkdir()
    (root / "web.yaml").write_text(BAD)
    check = ("check", "--cache-dir", str(cache))
    first = kubelint(*check, cwd=root)
    assert first.returncode == 1
    assert len(list(cache.glob("*.run"))) == 1
    second = kubelint(*check, cwd=root)
    assert (second.stdout, second.stderr, second.returncode) == (first.stdout, first.stderr, 1)
    assert kubelint(*check, "--ignore", "kubernetes", cwd=root).returncode == 0
    cleaned = kubelint("cache", "clean", cwd=root, KUBELINT_CACHE_DIR=str(cache))
    assert cleaned.stderr == f"kubelint: 2 reports removed from {cache}\n"
    assert kubelint("check", "--no-cache", cwd=root, KUBELINT_CACHE_DIR=str(cache)).stdout == first.stdout
    assert not list(cache.glob("*.run"))
    assert kubelint("cache", "dir", cwd=root, KUBELINT_CACHE_DIR=str(cache)).stdout == f"{cache}\n"


def test_what_phases_and_rules_cost_is_told_beside_the_report(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(BAD)
    plain = kubelint("check", cwd=tmp_path)
    told = kubelint("check", "--profile-rules", cwd=tmp_path)
    assert (told.stdout, told.returncode) == (plain.stdout, plain.returncode)
    table = {line.split()[0]: line.split()[1:] for line in told.stderr.splitlines() if line}
    assert {"phase", "reading", "detecting", "rules", "rule"} <= set(table)
    seconds, share, subjects, findings = table["kubernetes/wrong-type"]
    assert (float(seconds) >= 0, share.endswith("%"), subjects, findings) == (True, True, "1", "1")
