"""The reports for machines: JSON and SARIF, against the schema of the standard and against GitHub's rules."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator

from kubelint import __version__
from kubelint.build import Built
from kubelint.check import Coverage, Report
from kubelint.config import Override, Settings
from kubelint.files import Skipped
from kubelint.finding import Finding, Fix, Label, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.report import Options, render, sarif
from kubelint.report.fingerprint import LineHashes
from kubelint.rule import Group, Rule
from kubelint.source import SourceFile, Span, TextEdit

SCHEMA = Path(__file__).parent / "data" / "sarif-2.1.0.json"


class RetriesNeverFit(Rule[Graph]):
    """A route whose timeout is shorter than its retries never makes them all.

    The timeout covers the whole request,
    retries included.

    ## Source
    `HTTPRoute.timeout`
    """

    __module__ = "kubelint_rules.istio.retries_never_fit"


class RunsAsRoot(Rule[Graph]):
    """A container that runs as root."""

    __module__ = "kubelint_rules.kubernetes.runs_as_root"
    severity = Severity.WARNING
    group = Group.SECURITY


class TagsDiffer(Rule[Graph]):
    """Long."""

    __module__ = "kubelint_rules.drift.tags_differ"
    __doc__ = "word " * 1000
    severity = Severity.INFO
    group = Group.DRIFT


RULES: dict[str, type[Rule[Any]]] = {rule.identity(): rule for rule in (RetriesNeverFit, RunsAsRoot, TagsDiffer)}
REVIEWS = SourceFile("mesh/reviews.yaml", "# 😀\nhttp:\n- timeout: 3s # 😀\n  perTryTimeout: 2s\n")
RATINGS = SourceFile("mesh/a b/#ratings:ü%.yaml", "/* 😀 */ fixedDelay: 5s\n")


def at(source: SourceFile, text: str) -> Span:
    start = source.text.index(text)
    return source.span(start, start + len(text))


def label(source: SourceFile, text: str, says: str = "") -> Label:
    return Label(at(source, text), says)


RETRIES = Finding(
    rule="istio/retries-never-fit",
    headline="the route gives up before its retries can finish",
    primary=label(REVIEWS, "3s", "the whole request ends here"),
    related=(label(REVIEWS, "perTryTimeout: 2s", "3 attempts take 6s"), label(RATINGS, "5s")),
    path=("VirtualService/reviews", "Service/ratings"),
    help="raise timeout to at least 6s",
    subject="VirtualService/default/reviews",
)


def report(
    findings: Sequence[Finding] = (),
    coverage: Coverage | None = None,
    suppressed: Sequence[Finding] = (),
    settings: Settings | None = None,
) -> Report:
    return Report(
        root=Path("/repository"),
        findings=list(findings),
        suppressed=list(suppressed),
        coverage=coverage or Coverage(files=1, documents={"istio": 1}),
        rules=RULES,
        settings=settings or Settings(),
        built=cast("Built", None),
    )


@cache
def validator() -> Draft4Validator:
    return Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def run_of(what: Report, **options: bool) -> dict[str, Any]:
    """Return the run of a report as SARIF, checked against the schema and what GitHub asks for besides."""
    text = render("sarif", what, Options(**options))  # type: ignore[arg-type]
    assert text.isascii()
    assert text.endswith("\n")
    log = json.loads(text)
    assert list(validator().iter_errors(log)) == []
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("/sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert len(result["locations"]) == 1
    for rule in rules:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert len(rule["name"]) <= 255
    for place in _physical_locations(run["results"]):
        assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
        assert re.fullmatch(r"[A-Za-z0-9_.~/%-]+", place["artifactLocation"]["uri"])
        region = place["region"]
        assert min(region.values()) >= 1
        assert (region["startLine"], region["startColumn"]) < (region["endLine"], region["endColumn"])
    return cast("dict[str, Any]", run)


def _physical_locations(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "physicalLocation" in value:
            yield value["physicalLocation"]
        for member in value.values():
            yield from _physical_locations(member)
    elif isinstance(value, list):
        for member in value:
            yield from _physical_locations(member)


def only(findings: Sequence[Finding] | Finding, **options: bool) -> dict[str, Any]:
    """Return the only result of a report."""
    (result,) = run_of(report([findings] if isinstance(findings, Finding) else findings), **options)["results"]
    return cast("dict[str, Any]", result)


# -- SARIF: the run ------------------------------------------------------------------------------------------


def test_an_empty_report_has_results() -> None:
    run = run_of(report())
    assert run["results"] == []
    assert run["tool"]["driver"] == {"name": "kubelint", "semanticVersion": __version__, "rules": []}
    assert run["columnKind"] == "utf16CodeUnits"
    assert run["automationDetails"] == {"id": "kubelint/"}
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]


def test_rules_are_described_if_they_have_results() -> None:
    root = replace(RETRIES, rule="kubernetes/runs-as-root")
    differ = replace(RETRIES, rule="drift/tags-differ")
    gone = replace(RETRIES, rule="pack/not-installed")
    rules = run_of(report([RETRIES, root, RETRIES]))["tool"]["driver"]["rules"]
    page = RetriesNeverFit.page()
    assert rules[0] == {
        "id": "istio/retries-never-fit",
        "name": "RetriesNeverFit",
        "shortDescription": {"text": "A route whose timeout is shorter than its retries never makes them all."},
        "fullDescription": {
            "text": "A route whose timeout is shorter than its retries never makes them all. "
            "The timeout covers the whole request, retries included."
        },
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["istio", "correctness"],
            "precision": "very-high",
            "problem.severity": "error",
        },
    }
    assert rules[1]["defaultConfiguration"] == {"level": "warning"}
    assert rules[1]["properties"]["security-severity"] == "5.5"
    assert len(rules) == 2
    rules = run_of(report([differ, gone]))["tool"]["driver"]["rules"]
    assert rules[0]["properties"]["problem.severity"] == "recommendation"
    assert rules[0]["fullDescription"]["text"].endswith("…")
    assert (rules[1]["id"], rules[1]["name"]) == ("pack/not-installed", "NotInstalled")


def test_what_was_not_checked_is_a_notification() -> None:
    coverage = Coverage(
        files=1,
        documents={"istio": 1},
        unresolved=7,
        opaque_values=12,
        opaque_objects=2,
        templated=("chart/a b.yaml",),
        unclaimed=("x.yaml",),
        skipped=(Skipped("big.yaml", "too big"),),
        ignored=3,
    )
    (invocation,) = run_of(report((), coverage))["invocations"]
    told = invocation["toolExecutionNotifications"]
    assert [(notice["level"], notice["message"]["text"]) for notice in told] == [
        ("warning", "Skipped: too big."),
        ("note", "Not checked: a template cannot be read before it is rendered."),
        ("note", "Not checked: values that are placeholders (12)."),
        ("note", "Checked for names and references only: objects of kinds without a schema (2)."),
        ("note", "Not judged: references that may lead out of the repository (7)."),
        ("note", "Checked for syntax only: YAML files of no known system (1)."),
        ("note", "Left out: files that ignore files name (3)."),
    ]
    uris = [place["artifactLocation"]["uri"] for place in _physical_locations(told)]
    assert uris == ["big.yaml", "chart/a%20b.yaml"]


def test_more_results_than_are_accepted_are_left_out_from_the_least_severe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    severities = (Severity.INFO, Severity.ERROR, Severity.WARNING)
    findings = [replace(RETRIES, headline=str(number), severity=level) for number, level in enumerate(severities)]
    run = run_of(report(findings))
    assert [result["level"] for result in run["results"]] == ["error", "warning"]
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert (notice["level"], notice["message"]["text"]) == ("error", "1 result left out: no more than 2 are accepted.")


# -- SARIF: results ------------------------------------------------------------------------------------------


def test_a_result_has_all_places_in_utf16_columns() -> None:
    result = only(RETRIES)
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "mesh/reviews.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 12, "endLine": 3, "endColumn": 14},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "VirtualService/default/reviews"
    first, second = result["relatedLocations"]
    assert (first["id"], first["message"]["text"]) == (1, "3 attempts take 6s")
    assert first["physicalLocation"]["region"] == {
        "startLine": 4, "startColumn": 3, "endLine": 4, "endColumn": 20,
    }  # fmt: skip
    assert (second["id"], second["message"]["text"]) == (2, "mesh/a b/#ratings:ü%.yaml:1")
    assert second["physicalLocation"]["artifactLocation"]["uri"] == "mesh/a%20b/%23ratings%3A%C3%BC%25.yaml"
    assert second["physicalLocation"]["region"]["startColumn"] == RATINGS.text.index("5s") + 1 + 1
    assert result["message"]["text"] == (
        "the route gives up before its retries can finish. Here: the whole request ends here. "
        "See [3 attempts take 6s](1) and [mesh/a b/#ratings:ü%.yaml:1](2). "
        "Path: VirtualService/reviews → Service/ratings. Help: raise timeout to at least 6s."
    )


def test_the_level_is_written_even_where_it_is_the_default_of_the_standard() -> None:
    assert only(replace(RETRIES, severity=Severity.WARNING))["level"] == "warning"
    assert only(replace(RETRIES, severity=Severity.INFO))["level"] == "note"


def test_links_in_names_are_no_links() -> None:
    finding = replace(
        RETRIES,
        headline="there is no `[here](https://example.org)`",
        primary=label(REVIEWS, "3s", "containers[0]"),
        related=(label(RATINGS, "5s", "a[0]](https://example.org) \\"),),
        help=None,
        path=(),
    )
    assert only(finding)["message"]["text"] == (
        r"there is no `\[here\](https://example.org)`. Here: containers[0]. "
        r"See [a\[0\]\](https://example.org) \\](1)."
    )


def test_a_path_through_several_places_is_a_code_flow() -> None:
    (flow,) = only(RETRIES)["codeFlows"]
    (thread,) = flow["threadFlows"]
    lines = [step["location"]["physicalLocation"]["region"]["startLine"] for step in thread["locations"]]
    assert lines == [3, 4, 1]
    assert flow["message"]["text"] == "VirtualService/reviews → Service/ratings."
    assert "codeFlows" not in only(replace(RETRIES, path=()))
    assert "codeFlows" not in only(replace(RETRIES, related=RETRIES.related[:1]))


def test_fixes_are_edits_of_each_file() -> None:
    edits = (
        TextEdit(at(REVIEWS, "3s"), "6s"),
        TextEdit(Span(RATINGS, 0, 0), "# "),
        TextEdit(at(REVIEWS, "2s"), "1s"),
    )
    (fix,) = only(replace(RETRIES, fix=Fix("make them fit", edits, Safety.SAFE)))["fixes"]
    assert fix["description"]["text"] == "make them fit."
    assert fix["properties"] == {"safety": "safe"}
    reviews, ratings = fix["artifactChanges"]
    assert reviews["artifactLocation"]["uri"] == "mesh/reviews.yaml"
    assert [replacement["insertedContent"]["text"] for replacement in reviews["replacements"]] == ["6s", "1s"]
    assert ratings["replacements"][0]["deletedRegion"] == {
        "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1,
    }  # fmt: skip


def test_places_without_extent_and_files_without_text_have_a_region() -> None:
    end = only(replace(RETRIES, primary=Label(REVIEWS.span(len(REVIEWS.text), len(REVIEWS.text)))))
    assert end["locations"][0]["physicalLocation"]["region"]["startLine"] == 5
    empty = only(replace(RETRIES, primary=Label(SourceFile("big.yaml", "").span(0, 0)), related=()))
    assert empty["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2,
    }  # fmt: skip
    assert "relatedLocations" not in empty
    assert "primaryLocationLineHash" not in empty["partialFingerprints"]


def test_many_places_are_within_the_limits() -> None:
    source = SourceFile("a.yaml", "\n".join(f"- name{number}" for number in range(1000, 1300)))
    finding = replace(RETRIES, related=tuple(label(source, f"name{number}") for number in range(1000, 1300)))
    result = only(finding)
    assert len(result["relatedLocations"]) == 100
    assert result["message"]["text"].count("](") == 10
    assert "and 290 more places." in result["message"]["text"]
    assert len(only(replace(RETRIES, headline="x" * 10_000, help="y" * 10_000))["message"]["text"]) < 3000


def test_suppressed_findings_are_results_if_they_are_wanted() -> None:
    hidden = replace(RETRIES, headline="hidden")
    configured = replace(RETRIES, headline="configured", rule="kubernetes/runs-as-root")
    settings = Settings(overrides=(Override(paths=("mesh",), ignore=("kubernetes",)),))
    what = report([RETRIES], suppressed=[hidden, configured], settings=settings)
    assert len(run_of(what)["results"]) == 1
    results = run_of(what, suppressed=True)["results"]
    kinds = {result["message"]["text"].partition(".")[0]: result.get("suppressions") for result in results}
    assert kinds == {
        "the route gives up before its retries can finish": None,
        "hidden": [{"kind": "inSource"}],
        "configured": [{"kind": "external"}],
    }


# -- fingerprints --------------------------------------------------------------------------------------------


def test_the_line_hash_is_the_one_of_github() -> None:
    """Values of the algorithm in github/codeql-action, ``src/fingerprints.ts``, run over the same texts."""
    for text, hashes in VECTORS:
        found = LineHashes(SourceFile("a.yaml", text))
        assert [found[line] for line in range(1, len(SourceFile("a.yaml", text).lines) + 1)] == hashes, text


def fingerprints(*findings: Finding, suppressed: Sequence[Finding] = ()) -> list[str]:
    results = run_of(report(findings, suppressed=suppressed))["results"]
    return [result["partialFingerprints"]["kubelint/v1"] for result in results]


def test_our_fingerprint_does_not_depend_on_lines() -> None:
    moved = SourceFile(REVIEWS.path, "# more\n\n" + REVIEWS.text)
    spread = SourceFile(REVIEWS.path, "- {timeout:   3s,\n  x: 1}\n")
    tight = SourceFile(REVIEWS.path, "- {timeout: 3s, x: 1}\n")
    assert fingerprints(RETRIES) == fingerprints(replace(RETRIES, primary=label(moved, "3s"), headline="other"))
    assert fingerprints(replace(RETRIES, primary=label(spread, "timeout:   3s,\n  x"))) == fingerprints(
        replace(RETRIES, primary=label(tight, "timeout: 3s, x"))
    )


def test_our_fingerprint_tells_different_findings_apart() -> None:
    others = [
        RETRIES,
        replace(RETRIES, rule="kubernetes/runs-as-root"),
        replace(RETRIES, subject="VirtualService/default/other"),
        replace(RETRIES, primary=label(RATINGS, "5s")),
        replace(RETRIES, primary=label(REVIEWS, "2s")),
    ]
    assert len({fingerprints(finding)[0] for finding in others}) == len(others)


def test_equal_findings_are_counted_and_stay_the_same_when_one_of_them_is_suppressed() -> None:
    source = SourceFile("a.yaml", "- web\n- web\n")
    first, second = (replace(RETRIES, primary=Label(source.span(start, start + 3)), related=()) for start in (2, 8))
    both = fingerprints(first, second)
    assert len(set(both)) == 2
    assert fingerprints(second, suppressed=[first]) == both[1:]


# -- JSON ----------------------------------------------------------------------------------------------------


def test_json_is_what_its_documentation_says() -> None:
    coverage = Coverage(
        3,
        {"istio": 3},
        1,
        5,
        2,
        12,
        4,
        ("t.yaml",),
        ("u.yaml",),
        (Skipped("s.yaml", "too big"),),
        6,
        {"validation rules in CEL": 7},
    )
    finding = replace(
        RETRIES,
        related=(label(RATINGS, "5s", "other end"),),
        holds_in=("overlays/prod",),
        note="a note",
        fix=Fix("write 6s", (TextEdit(at(REVIEWS, "3s"), "6s"),), Safety.SAFE),
    )
    text = render("json", report([finding], coverage, [RETRIES]), Options(base="mesh", verbose=True))
    assert text.isascii()
    written = json.loads(text)
    start, other = REVIEWS.text.index("3s"), RATINGS.text.index("5s")
    span = {
        "path": "mesh/reviews.yaml", "line": 3, "column": 12, "endLine": 3, "endColumn": 14,
        "offset": start, "endOffset": start + 2,
    }  # fmt: skip
    fingerprint = written["findings"][0].pop("fingerprint")
    assert re.fullmatch(r"[0-9a-f]{32}:1", fingerprint)
    assert written == {
        "version": 1,
        "tool": {"name": "kubelint", "version": __version__},
        "root": ".",
        "counts": {"error": 1, "warning": 0, "info": 0},
        "findings": [
            {
                "rule": "istio/retries-never-fit",
                "group": "correctness",
                "severity": "error",
                "headline": "the route gives up before its retries can finish",
                "subject": "VirtualService/default/reviews",
                "span": span,
                "label": "the whole request ends here",
                "related": [
                    {
                        "span": {
                            "path": "mesh/a b/#ratings:ü%.yaml", "line": 1, "column": other + 1,
                            "endLine": 1, "endColumn": other + 3, "offset": other, "endOffset": other + 2,
                        },
                        "label": "other end",
                    }
                ],
                "path": ["VirtualService/reviews", "Service/ratings"],
                "holdsIn": ["overlays/prod"],
                "help": "raise timeout to at least 6s",
                "note": "a note",
                "fix": {"title": "write 6s", "safety": "safe", "edits": [{"span": span, "text": "6s"}]},
            }
        ],
        "suppressed": 1,
        "baseline": 0,
        "coverage": {
            "files": 3,
            "documents": {"istio": 3},
            "units": 1,
            "references": 5,
            "unresolvedReferences": 2,
            "opaqueValues": 12,
            "opaqueObjects": 4,
            "unchecked": {"validation rules in CEL": 7},
            "templated": ["t.yaml"],
            "syntaxOnly": ["u.yaml"],
            "skipped": [{"path": "s.yaml", "reason": "too big"}],
            "ignored": 6,
        },
    }  # fmt: skip


def test_json_has_each_finding_on_a_line_and_an_empty_list_for_none() -> None:
    lines = render("json", report([RETRIES, replace(RETRIES, rule="x/y")])).splitlines()
    assert [json.loads(line.rstrip(","))["group"] for line in lines[1:3]] == ["correctness", None]
    assert json.loads(render("json", report()))["findings"] == []


# -- hostile text --------------------------------------------------------------------------------------------

HOSTILE = 'we\x1b]0;x\x07b\n::error::pwned\r\n##[add-mask]x\u202e\x9b2J\ud800\udcff😀</script>"\\'


@pytest.mark.parametrize("name", ["json", "sarif"])
def test_hostile_names_leave_machine_formats_valid(name: str) -> None:
    source = SourceFile(f"::error::{HOSTILE}/\udcff.yaml", f"name: {HOSTILE}\n")
    place = Label(source.span(6, len(source.text)), HOSTILE)
    finding = Finding(
        RETRIES.rule,
        HOSTILE,
        place,
        related=(Label(SourceFile(HOSTILE, "").span(0, 0), HOSTILE), place._replace(text="x")),
        path=(HOSTILE, HOSTILE),
        help=HOSTILE,
        note=HOSTILE,
        holds_in=(HOSTILE,),
        subject=HOSTILE,
        fix=Fix(HOSTILE, (TextEdit(place.span, HOSTILE),)),
    )
    coverage = Coverage(
        1, {"istio": 1}, templated=(HOSTILE,), unclaimed=(HOSTILE,), skipped=(Skipped(HOSTILE, HOSTILE),)
    )
    what = report([finding], coverage, [replace(finding, headline="x")])
    text = render(name, what, Options(suppressed=True))
    assert text.isascii()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)
    assert not re.search(r"^\s*::", text, re.MULTILINE)
    json.dumps(json.loads(text), ensure_ascii=False).encode()  # no half of a surrogate pair
    if name == "sarif":
        run = run_of(what, suppressed=True)
        for message in (result["message"]["text"] for result in run["results"]):
            assert message.isprintable()


def test_a_file_name_that_is_not_utf8_keeps_its_bytes() -> None:
    source = SourceFile("a\udcff.yaml", "web\n")
    (location,) = only(replace(RETRIES, primary=label(source, "web")))["locations"]
    uri = location["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%FF.yaml"
    assert unquote(uri, errors="surrogateescape") == source.path


VECTORS: list[tuple[str, list[str]]] = [
    ("", ["c129715d7a2bc9a3:1"]),
    ("\n", ["3c5bef55b72b93c9:1", "c129715d7a2bc9a3:1"]),
    (
        "a: 1\n  b:\t2\r\nc: 3\n",
        ["22e1cdb8b6bec50b:1", "577bd4c6d470cb5:1", "7a750de74cc456dd:1", "c129715d7a2bc9a3:1"],
    ),
    ("- web\n- web\n- web\n", ["9c4fbca87580af02:1", "adabcaceaf8c2951:1", "f2af55f1a002f30c:1", "c129715d7a2bc9a3:1"]),
    ("x" * 150 + "\n" + "x" * 150, ["52b56201ffb58620:1", "52b56201ffb58620:2"]),
    (
        "# 😀 ü\r\rname: 名\n \t\n",
        ["556b124d6114f707:1", "22beaa353a0f07e1:1", "d6e73ab650b911b:1", "3c5bef55b72b93c9:1", "c129715d7a2bc9a3:1"],
    ),
]
