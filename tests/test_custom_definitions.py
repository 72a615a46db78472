"""Definitions of the repository: their schemas, defaults and CEL rules; and schemas that the configuration names."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubelint.check import Report, check
from kubelint.config import Settings, load
from kubelint.report import Options, render
from kubelint.systems.kubernetes import cel

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: coupons.shop.example.com
spec:
  group: shop.example.com
  scope: Namespaced
  names: {kind: Coupon, plural: coupons}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [percent, currency]
            x-kubernetes-validations:
            - rule: RULE
            properties:
              percent: {type: integer}
              currency: {type: string, default: EUR}
"""
COUPON = """
apiVersion: shop.example.com/v1
kind: Coupon
metadata:
  name: summer
spec:
  percent: 10
"""


@pytest.fixture
def fresh_engine() -> Iterator[None]:
    """Forget which engine was found, before and after."""
    cel.forget()
    yield
    cel.forget()


def run(root: Path, files: dict[str, str], settings: Settings | None = None) -> Report:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return check(root, settings)


def rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


def test_a_required_field_with_a_default_is_never_missing(tmp_path: Path) -> None:
    report = run(tmp_path, {"crd.yaml": DEFINITION.replace("RULE", "'true'"), "coupon.yaml": COUPON})
    assert rules(report) == []


def test_a_rule_sees_defaults_and_is_broken_by_the_value(tmp_path: Path) -> None:
    rule = "self.currency == 'EUR' \\u0026\\u0026 self.percent < 10"
    report = run(tmp_path, {"crd.yaml": DEFINITION.replace("RULE", f'"{rule}"'), "coupon.yaml": COUPON})
    assert rules(report) == ["kubernetes/validation-rule-broken"]
    assert report.coverage.unchecked == {}


@pytest.mark.parametrize("rule", ["self.percent.unknownFunction()", "self.nothing == 1", "self.percent ==", "((" * 400])
def test_a_rule_that_cannot_be_evaluated_is_counted_and_no_error(tmp_path: Path, rule: str) -> None:
    report = run(tmp_path, {"crd.yaml": DEFINITION.replace("RULE", f'"{rule}"'), "coupon.yaml": COUPON})
    assert rules(report) == []
    assert report.coverage.unchecked == {"validation rules in CEL": 1}
    assert "Not checked: validation rules in CEL (1)." in render("text", report, Options())
    assert json.loads(render("json", report, Options()))["coverage"]["unchecked"] == {"validation rules in CEL": 1}


@pytest.mark.usefixtures("fresh_engine")
def test_without_the_engine_all_rules_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cel_expr_python.cel", None)
    report = run(tmp_path, {"crd.yaml": DEFINITION.replace("RULE", "self.percent < 10"), "coupon.yaml": COUPON})
    assert rules(report) == []
    assert report.coverage.unchecked == {"validation rules in CEL": 1}


@pytest.mark.parametrize(
    "expression",
    [
        "self.all(a, self.all(b, self.all(c, self.all(d, true))))",
        "['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']" + ".map(x, x + x)" * 12 + ".size() == 1",
        "'a'" + ".replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaa')" * 12 + " == 'a'",
        "self.all(a, string(a).matches('(a+)+$'))" + " && true" * 10_000,
    ],
)
def test_an_expression_without_bounds_has_no_verdict(expression: str) -> None:
    compiled = cel.compile_expression(expression, ("self",))
    assert compiled is None or compiled.holds({"self": list(range(200))}, 1_000) is None


def test_configured_schemas_are_used_and_stay_data(tmp_path: Path) -> None:
    schema = {
        "$ref": "https://example.com/never-loaded.json",
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"percent": {"type": "integer"}}}},
    }
    files = {
        "catalogue/shop.example.com/coupon_v1.json": json.dumps(schema),
        "web/coupon.yaml": COUPON.replace("percent", "percnet"),
    }
    report = run(tmp_path, files, Settings(schemas=("catalogue",)))
    assert rules(report) == ["kubernetes/unknown-field"]
    assert report.coverage.opaque_objects == 0
    assert check(tmp_path, Settings()).coverage.opaque_objects == 1


def test_configured_schemas_that_are_none_are_counted(tmp_path: Path) -> None:
    files = {"catalogue/coupon_v1.json": "[1, 2", "web/coupon.yaml": COUPON}
    report = run(tmp_path, files, Settings(schemas=("catalogue", "elsewhere", "../outside")))
    assert rules(report) == []
    assert report.coverage.unchecked == {
        "configured folders of schemas that do not exist": 2,
        "configured schemas that cannot be read": 1,
    }


@pytest.mark.usefixtures("fresh_engine")
def test_without_the_engine_a_policy_of_the_configuration_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cel_expr_python.cel", None)
    (tmp_path / ".kubelint.yaml").write_text("policies:\n- name: owner\n  expression: has(object.metadata)\n")
    (tmp_path / "web.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n")
    finding = check(tmp_path, load(tmp_path / ".kubelint.yaml")).findings[0]
    assert finding.rule == "kubernetes/own-policy-unusable"
    assert (finding.span.file.path, finding.span.text) == (".kubelint.yaml", "has(object.metadata)")
    assert finding.help == "install it: `pip install kubelint[cel]`"
