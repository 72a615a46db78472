"""The formats for CI services, each read back as its reader reads it, on the example and on a hostile repository."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from junitparser import JUnitXml
from markdown_it import MarkdownIt

from kubelint.check import Report, check
from kubelint.report import FORMATS, Options, render
from kubelint.report.terminal import escape

ROOT = Path(__file__).parent.parent
SHOP = ROOT / "fixtures" / "repositories" / "shop"

#: Names that try to end what they stand in: a workflow command, a table cell, an element, a string, a line.
HOSTILE = {
    "a,b::error file=x%0A.yaml": "apiVersion: v1\nkind: Servce\nmetadata: {name: '::error::%0A::set-env x'}\n",
    "b|c`d`<script>@someone.yaml": (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicsa: 1\n"
        "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: 'w|`<b>&\\u202e'}}\n"
        '    spec: {containers: [{name: "a\\u0007\\u202e]]>", image: nginx}]}\n'
    ),
    "ü😀.yaml": "# 😀\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ü, labls: {}}\n",
}


@pytest.fixture(scope="module")
def shop() -> Report:
    return check(SHOP)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Report:
    root = tmp_path_factory.mktemp("hostile")
    for name, text in HOSTILE.items():
        (root / name).write_text(text, encoding="utf-8")
    report = check(root)
    assert {finding.span.file.path for finding in report.findings} == set(HOSTILE)
    return report


@pytest.fixture(params=["shop", "hostile", "clean"])
def report(request: pytest.FixtureRequest, tmp_path: Path) -> Report:
    if request.param == "clean":
        (tmp_path / "settings.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n")
        return check(tmp_path)
    found: Report = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_is_utf_8_without_control_characters(name: str, hostile: Report) -> None:
    text = render(name, hostile, Options())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text)
    text.encode()


def test_json_keeps_to_the_published_schema(report: Report) -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(render("json", report)))


def test_json_lines_are_the_findings_and_a_summary(report: Report) -> None:
    lines = [json.loads(line) for line in render("jsonl", report).splitlines()]
    whole = json.loads(render("json", report))
    assert [{"type": "finding", **finding} for finding in whole.pop("findings")] == lines[:-1]
    assert lines[-1] == {"type": "summary", **whole}


def unescaped(text: str, *codes: tuple[str, str]) -> str:
    for code, character in codes:
        text = text.replace(code, character)
    return text


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Read workflow commands as the runner does (actions/runner, ``ActionCommand``)."""
    found = []
    for line in text.splitlines():
        matched = re.fullmatch(r"::(\w+) ([^:]*(?::(?!:)[^:]*)*)::(.*)", line)
        assert matched, line
        properties = dict(part.split("=", 1) for part in matched[2].split(","))
        for name, value in properties.items():
            properties[name] = unescaped(value, ("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
        data = unescaped(matched[3], ("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
        found.append((matched[1], properties, data))
    return found


def test_github_annotations(report: Report) -> None:
    found = commands(render("github", report))
    assert len(found) == len(report.findings)
    words = {"error": "error", "warning": "warning", "info": "notice"}
    assert sorted((words[f.severity.label], f.span.file.path, str(f.span.line)) for f in report.findings) == sorted(
        (command, properties["file"], properties["line"]) for command, properties, _ in found
    )
    for _, properties, data in found:
        assert properties["title"].split(": ", 1)[1] == data.split("\n")[0]


def test_github_annotations_show_the_other_end(shop: Report) -> None:
    text = next(data for _, properties, data in commands(render("github", shop)) if "selects no pod" in data)
    assert "deploy/base/storefront.yaml:13:14: " in text
    assert "\nhelp: " in text


def test_github_paths_start_at_the_checkout(shop: Report) -> None:
    found = commands(render("github", shop, Options(checkout="apps/shop")))
    assert all(properties["file"].startswith("apps/shop/") for _, properties, _ in found)


GITLAB: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "positions"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^(\./|/)"}},
                    "positions": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": {
                            "type": "object",
                            "required": ["line"],
                            "properties": {"line": {"type": "integer", "minimum": 1}},
                        },
                    },
                },
            },
        },
    },
}


def test_gitlab_code_quality(report: Report) -> None:
    issues = json.loads(render("gitlab", report))
    Draft202012Validator(GITLAB).validate(issues)
    assert len(issues) == len(report.findings)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues), "GitLab drops issues of one fingerprint"


def test_junit(report: Report) -> None:
    suites = JUnitXml.fromstring(render("junit", report).encode())
    assert suites.failures == len(report.findings)
    assert suites.tests == max(1, len(report.findings)), "a report without tests is taken for a run that did not happen"
    messages = [case.result[0].message for suite in suites for case in suite if case.result]
    assert messages == [escape(finding.headline) for finding in report.findings]


def test_checkstyle(report: Report) -> None:
    root = ET.fromstring(render("checkstyle", report))  # noqa: S314 - of our own making
    assert root.tag == "checkstyle"
    found = [
        (file.get("name"), error.get("line"), error.get("column"), error.get("severity"), error.get("source"))
        for file in root
        for error in file
    ]
    assert found == [
        (
            finding.span.file.path,
            str(finding.span.line),
            str(finding.span.column),
            finding.severity.label,
            "kubelint." + finding.rule.replace("/", "."),
        )
        for finding in report.findings
    ]


def test_rdjson_counts_bytes_and_suggests_fixes(report: Report) -> None:
    whole = json.loads(render("rdjson", report))
    assert whole["source"]["name"] == "kubelint"
    for finding, diagnostic in zip(report.findings, whole["diagnostics"], strict=True):
        assert diagnostic["severity"] in ("ERROR", "WARNING", "INFO")
        assert diagnostic["code"]["value"] == finding.rule
        assert _bytes_at(finding.span.file.text, diagnostic["location"]["range"]) == finding.span.text
        for suggestion in diagnostic.get("suggestions", ()):
            assert finding.fix is not None
            assert suggestion["text"] == finding.fix.edits[0].text
            assert _bytes_at(finding.span.file.text, suggestion["range"]) == finding.fix.edits[0].span.text


def _bytes_at(text: str, where: dict[str, dict[str, int]]) -> str:
    lines = text.encode().splitlines(keepends=True)
    start = sum(map(len, lines[: where["start"]["line"] - 1])) + where["start"]["column"] - 1
    end = sum(map(len, lines[: where["end"]["line"] - 1])) + where["end"]["column"] - 1
    return text.encode()[start:end].decode()


def test_markdown_counts_and_lists(shop: Report) -> None:
    text = render("markdown", shop)
    assert text.startswith("### kubelint: Found 6 errors and 2 warnings\n")
    assert "| 🛑 `kubernetes/service-selects-nothing` | 1 | 1 |" in text
    assert "`deploy/base/storefront.yaml:34:10` Service `storefront` selects no pod" in text
    assert "Checked " in text


def test_markdown_of_a_hostile_repository_is_text(hostile: Report) -> None:
    """What a file is called or says becomes no HTML, no mention, no link and no row of its own."""
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(render("markdown", hostile))
    tags = [token.content for token in tokens if token.type == "html_block"]
    assert [tag.split(">")[0] for tag in tags] == ["<details open", "</details"]
    inline = [child for token in tokens for child in token.children or ()]
    assert not [child for child in inline if child.type in ("html_inline", "link_open", "image")]
    assert not [child.content for child in inline if child.type == "text" and "@someone" in child.content]
    rows = sum(1 for token in tokens if token.type == "tr_open")
    assert rows == 1 + len({finding.rule for finding in hostile.findings})
