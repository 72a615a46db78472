"""The configuration: what it changes, and each mistake in it with its place."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from kubelint.check import check
from kubelint.config import ConfigurationError, Settings, parse
from kubelint.finding import Severity
from kubelint.source import SourceFile
from kubelint_schemas import config as config_schema

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: wbe}\n  ports: [{port: 80}]\n"
POD = (
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: {app: web}\nspec:\n  serviceAccountName: deployer\n"
    "  containers: [{name: web, image: a}]\n"
)


def settings(text: str) -> Settings:
    return parse(SourceFile(".kubelint.yaml", text))


def rules(root: Path, text: str = "") -> list[str]:
    return [finding.rule for finding in check(root, settings(text)).findings]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "legacy").mkdir()
    (tmp_path / "legacy" / "service.yaml").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "legacy" / "pod.yaml").write_text(POD, encoding="utf-8")
    return tmp_path


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(config_schema.schema())


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("rules:\n  ignor: []\n", "2:3", "ignore"),
        ("targts: {}\n", "1:1", "targets"),
        ("fail-on: fatal\n", "1:10", "error"),
        ("overrides:\n- paths: legacy\n", "2:10", "list"),
        ("units:\n- closed: true\n", "2:3", "path"),
        ("limits: {depth: 0}\n", "1:17", ""),
        ("limits: {depth: many}\n", "1:17", "integer"),
        ("a: b: c\n", "1:5", ""),
        ("- rules\n", "1:1", "mapping"),
        ("rules: {}\n---\nrules: {}\n", "2:1", "one document"),
        ("rules: {}\nrules: {}\n", "2:1", "twice"),
        ("rules:\n  severity: {kubernetes/wrong-type: high}\n", "2:37", "error"),
    ],
)
def test_mistakes_have_their_place(text: str, place: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings(text)
    shown = [f"{problem.span}: {problem.message} {problem.help or ''}" for problem in caught.value.problems]
    assert any(line.startswith(f".kubelint.yaml:{place}:") and words in line for line in shown), shown


def test_an_empty_file_changes_nothing(tree: Path) -> None:
    assert rules(tree) == rules(tree, "# nothing yet\n") == ["kubernetes/service-selects-nothing"]


def test_versions_stay_text() -> None:
    assert settings("targets: {kubernetes: 1.30}\n").target("kubernetes") == "1.30"
    assert settings("targets: {drone: {trusted: false}}\n").target("drone", "trusted") is False
    assert settings("{}").target("drone", "trusted") is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("rules: {ignore: [kubernetes/service-selects-nothing]}", False),
        ("rules: {ignore: [kubernetes]}", False),
        ("rules: {ignore: [correctness]}", False),
        ("rules: {ignore: [correctness], extend-select: [kubernetes/service-selects-nothing]}", True),
        ("rules: {ignore: [kubernetes], extend-select: [kubernetes/service-selects-nothing]}", True),
        ("rules: {select: [compose]}", False),
        ("rules: {select: [kubernetes]}", True),
        ("rules: {select: [all], ignore: [kubernetes/service-selects-nothing]}", False),
        ("overrides: [{paths: [legacy/**], ignore: [kubernetes/service-selects-nothing]}]", False),
        ("overrides: [{paths: [legacy], ignore: [kubernetes]}]", False),
        ("overrides: [{paths: [modern], ignore: [kubernetes]}]", True),
        ("overrides: [{resources: [Service/web], ignore: [kubernetes/service-selects-nothing]}]", False),
        ("overrides: [{resources: [Service/w*], ignore: [kubernetes/service-selects-nothing]}]", False),
        ("overrides: [{resources: [Service/api], ignore: [kubernetes/service-selects-nothing]}]", True),
        ("exclude: [legacy/service.yaml]", False),
    ],
)
def test_selection_and_overrides(tree: Path, text: str, kept: bool) -> None:
    assert ("kubernetes/service-selects-nothing" in rules(tree, text)) is kept


def test_severity(tree: Path) -> None:
    report = check(tree, settings("rules: {severity: {kubernetes/service-selects-nothing: info}}"))
    assert [finding.severity for finding in report.findings] == [Severity.INFO]
    assert not report.failed(Severity.WARNING)


def test_externals_turn_a_near_miss_into_a_name(tree: Path) -> None:
    (tree / "legacy" / "account.yaml").write_text(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: deployers}\n", encoding="utf-8"
    )
    assert "kubernetes/service-account-not-found" in rules(tree)
    for name in ("ServiceAccount/deployer", "ServiceAccount/*/deployer", "ServiceAccount/dep*"):
        assert "kubernetes/service-account-not-found" not in rules(tree, f"externals: ['{name}']")


def test_a_closed_unit_misses_what_is_not_there(tree: Path) -> None:
    assert "kubernetes/service-account-not-found" not in rules(tree)
    assert "kubernetes/service-account-not-found" in rules(tree, "units: [{path: legacy, closed: true}]")


def test_a_unit_has_a_namespace(tree: Path) -> None:
    report = check(tree, settings("units: [{path: legacy, namespace: shop}]"))
    assert [finding.subject for finding in report.findings] == ["Service/shop/web"]


def test_unknown_rules_are_reported_at_their_place(tree: Path) -> None:
    report = check(tree, settings("rules:\n  ignore:\n  - kubernetes/wrong-typ\n"))
    found = [
        f"{finding.span} {finding.primary.text}" for finding in report.findings if finding.rule.endswith("unknown-rule")
    ]
    assert found == [".kubelint.yaml:3:5 did you mean `kubernetes/wrong-type`?"]
