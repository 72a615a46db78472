"""The one door: what is reported and counted, that crashes stay small, and that the result is always the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kubelint import discovery
from kubelint.check import check
from kubelint.config import Settings
from kubelint.files import RepositoryFile
from kubelint.system import System

EXAMPLE = Path(__file__).resolve().parent.parent / "fixtures" / "repositories" / "shop"
BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {PORT: 8080}\n"


def test_a_rule_that_crashes_is_reported_and_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = tmp_path / "pack" / "their_rules"
    (pack / "house").mkdir(parents=True)
    (pack / "__init__.py").write_text("", encoding="utf-8")
    (pack / "house" / "__init__.py").write_text("", encoding="utf-8")
    (pack / "house" / "divides.py").write_text(
        "from kubelint.rule import Rule\nfrom kubelint.systems.kubernetes.model import KubernetesObject\n"
        "class Divides(Rule[KubernetesObject]):\n    '''Divides.'''\n"
        "    def check(self, subject, graph):\n        yield self.finding('seen', subject)\n        1 / 0\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path / "pack"))
    root = tmp_path / "root"
    root.mkdir()
    (root / "web.yaml").write_text(BAD, encoding="utf-8")
    report = check(root, packs=(discovery.BUILTIN_PACK, "their_rules"))
    found = {finding.rule: finding for finding in report.findings}
    assert set(found) == {"house/divides", "kubernetes/wrong-type", "repository/rule-crashed"}
    crash = found["repository/rule-crashed"]
    assert "house/divides" in crash.headline
    assert "ZeroDivisionError" in (crash.note or "")
    assert str(crash.span) == "web.yaml:3:18"


def test_a_system_that_crashes_is_reported_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(System):
        name = "broken"
        order = 1

        def detect(self, file: RepositoryFile) -> list[object]:  # type: ignore[override]
            raise RuntimeError(file.path)

    systems = (Broken(), *discovery.systems())
    monkeypatch.setattr("kubelint.check.systems", lambda: systems)
    (tmp_path / "web.yaml").write_text(BAD, encoding="utf-8")
    rules = [finding.rule for finding in check(tmp_path).findings]
    assert sorted(rules) == ["kubernetes/wrong-type", "repository/rule-crashed"]


def test_coverage_counts_what_was_not_checked(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(BAD.replace("{PORT: 8080}", "\n  PORT: ${PORT}"), encoding="utf-8")
    (tmp_path / "custom.yaml").write_text(
        "apiVersion: shop.example.com/v1\nkind: Storefront\nmetadata: {name: main}\n", encoding="utf-8"
    )
    (tmp_path / "template.yaml").write_text("a: b\n{{- if .x }}\nc: d\n{{- end }}\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n", encoding="utf-8")
    (tmp_path / ".drone.jsonnet").write_text("{}\n", encoding="utf-8")
    (tmp_path / "pod.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
        "spec: {serviceAccountName: deployer, containers: [{name: web, image: a}]}\n",
        encoding="utf-8",
    )
    coverage = check(tmp_path).coverage
    assert coverage.documents == {"kubernetes": 3}
    assert coverage.opaque_values == 1
    assert coverage.opaque_objects == 1
    assert coverage.templated == ("template.yaml",)
    assert coverage.unclaimed == ("mkdocs.yml",)
    assert [skipped.path for skipped in coverage.skipped] == [".drone.jsonnet"]
    assert (coverage.references, coverage.unresolved) == (1, 1)


def test_a_broken_document_does_not_make_its_neighbours_dangle(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: wbe}\n  ports: [{port: 80}]\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: a, image: a}]}\n"
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: other, labels: {app: wbe}\nspec: {}\n",
        encoding="utf-8",
    )
    assert [finding.rule for finding in check(tmp_path).findings] == ["repository/unparsable-document"]


def test_two_runs_say_the_same_whatever_the_hash_seed() -> None:
    outputs = set()
    for seed in ("0", "1", "77"):
        run = subprocess.run(
            [sys.executable, "-m", "kubelint", "check", "--root", str(EXAMPLE), str(EXAMPLE), "--format", "json"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=False,
        )
        outputs.add(run.stdout)
    assert len(outputs) == 1


def test_alternatives_in_one_folder_never_conflict(tmp_path: Path) -> None:
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n"
        "  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: a%s}]}\n---\n"
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n  maxReplicas: 3\n"
        "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n"
        "  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]\n"
    )
    (tmp_path / "without.yaml").write_text(deployment % "", encoding="utf-8")
    (tmp_path / "with.yaml").write_text(deployment % ", resources: {requests: {cpu: 1}}", encoding="utf-8")
    findings = check(tmp_path, Settings()).findings
    assert [finding.span.file.path for finding in findings] == ["without.yaml"]
    assert [label.span.file.path for label in findings[0].related] == ["without.yaml"]
