"""Drone files: where documents begin and end, whose a file is, what the graph knows, what a fix writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kubelint.check import Report, check
from kubelint.config import Settings
from kubelint.fix import choose
from kubelint.graph.model import EnvironmentVariable, Resolution
from kubelint.systems.drone import SYSTEM
from kubelint.systems.drone.model import DronePipeline, DroneStep
from kubelint.systems.drone.nearness import Nearness
from kubelint_schemas import drone as pack

STEPS = "steps:\n- name: test\n  image: golang:1.22\n  commands:\n  - go test ./...\n"
PIPELINE = f"kind: pipeline\ntype: docker\nname: default\n\n{STEPS}"


def run(tmp_path: Path, text: str, name: str = ".drone.yml", settings: Settings | None = None) -> Report:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return check(tmp_path, settings)


def found(report: Report) -> list[str]:
    return [f"{finding.span.line}:{finding.span.column} {finding.rule}" for finding in report.findings]


def taken(report: Report) -> list[str]:
    return [document.kind for document in report.built.documents if document.system == SYSTEM.name]


def fixed(report: Report, *, unsafe: bool = False) -> str:
    text = report.built.documents[0].source.text
    edits = [edit for finding in choose(report.findings, unsafe=unsafe) if finding.fix for edit in finding.fix.edits]
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


# -- where documents begin and end ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (PIPELINE, ["pipeline"]),
        ("---\n" + PIPELINE, ["pipeline"]),
        ("--- # the build\n" + PIPELINE, ["pipeline"]),
        (PIPELINE + "...\n", ["pipeline"]),
        ("# a comment\n" + PIPELINE, ["pipeline"]),
        ("# a comment\n---\n" + PIPELINE, ["empty document", "pipeline"]),
        ("\n---\n" + PIPELINE, ["empty document", "pipeline"]),
        (PIPELINE + "---\n", ["pipeline", "empty document"]),
        (PIPELINE + "---\n...\n", ["pipeline", "empty document"]),
        (PIPELINE + "---\n# later\n---\nkind: signature\nhmac: abc\n", ["pipeline", "empty document", "signature"]),
        (PIPELINE + "...\n---\nkind: secret\nname: a\ndata: b\n", ["pipeline", "unread"]),
        ("# nothing yet\n", []),
        ("", []),
    ],
)
def test_documents_are_cut_as_drone_cuts_them(tmp_path: Path, text: str, kinds: list[str]) -> None:
    assert taken(run(tmp_path, text)) == kinds
    assert taken(run(tmp_path, text.replace("\n", "\r\n"))) == kinds


def test_what_stands_behind_the_end_of_the_file_is_not_judged_but_shown(tmp_path: Path) -> None:
    report = run(tmp_path, PIPELINE + "...\n---\nkind: pipline\nsteps: 12\n")
    assert found(report) == ["12:1 drone/content-after-end"]
    assert report.built.documents[-1].evidence == "behind `...` on line 10, where Drone stops reading"


def test_a_broken_document_makes_names_unknown_and_not_missing(tmp_path: Path) -> None:
    broken = "kind: pipeline\nname: lint\nsteps: [\n---\n"
    report = run(tmp_path, broken + PIPELINE + "depends_on: [lint, nowhere]\n")
    assert [rule for rule in found(report) if "drone/" in rule] == []
    assert [reference.resolution for reference in report.built.graph.references] == [Resolution.UNKNOWN] * 2


# -- whose a file is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "kinds"),
    [
        (".drone.yaml", PIPELINE, ["pipeline"]),
        ("services/billing/.drone.yml", PIPELINE, ["pipeline"]),
        ("ci/nightly.yaml", PIPELINE, ["pipeline"]),
        ("ci/nightly.yaml", "kind: pipline\n" + STEPS, ["pipline"]),
        ("ci/remote.yaml", "kind: pipeline\ntype: ssh\nstep:\n- name: a\nclone: {disable: true}\n", ["pipeline"]),
        (
            "ci/all.yml",
            PIPELINE + "---\nkind: secret\nname: a\ndata: b\n---\nname: c\n",
            ["pipeline", "secret", "document without kind"],
        ),
        ("ci/all.yml", PIPELINE + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n", ["pipeline"]),
        ("ci/secret.yml", "kind: secret\nname: a\nget: {path: b, name: c}\n", ["secret"]),
        ("template.yml", "kind: template\nload: service.yaml\n", ["template"]),
        # Other systems, and files that only look like it.
        ("tekton.yaml", "kind: pipeline\nmetadata: {name: a}\nspec:\n  " + STEPS.replace("\n", "\n  ") + "\n", []),
        ("codefresh.yml", "version: '1.0'\nkind: pipeline\nmetadata: {name: a}\n" + STEPS, []),
        ("values.yaml", "kind: pipeline\n", []),
        ("values.yaml", "kind: pipeline\nsteps: 3\n", []),
        ("values.yaml", "kind: secret\nname: a\n", []),
        ("values.yaml", "kind: plumbing\n" + STEPS, []),
        (".woodpecker.yml", PIPELINE, ["Woodpecker file"]),
        (".woodpecker/build.yml", PIPELINE, ["Woodpecker file"]),
        # Drone before 1.0.
        (".drone.yml", "pipeline:\n  test:\n    image: golang\n", ["Drone 0.x file"]),
        (".drone.yml", "workspace: {path: a}\n\npipeline:\n  test:\n    image: golang\n", ["Drone 0.x file"]),
        (".drone.yml", "image: golang\nscript:\n- go test\n", ["Drone 0.x file"]),
        (".drone.yml", "build:\n  image: golang\n  commands: [go test]\n", ["Drone 0.x file"]),
        ("ci.yml", "pipeline:\n  test:\n    image: golang\n", []),
    ],
)
def test_a_file_is_taken_by_its_name_or_by_what_it_holds(
    tmp_path: Path, name: str, text: str, kinds: list[str]
) -> None:
    assert taken(run(tmp_path, text, name)) == kinds


def test_a_file_for_an_older_drone_is_counted_as_not_judged(tmp_path: Path) -> None:
    report = run(tmp_path, "pipeline:\n  test:\n    imgae: golang\n    commands: go test\n")
    assert found(report) == []
    assert report.coverage.opaque_objects == 1


# -- kinds and types -----------------------------------------------------------------------------------------------


def test_woodpecker_is_counted_as_not_judged(tmp_path: Path) -> None:
    text = "when:\n- event: push\nsteps:\n- name: test\n  image: golang\n  comands: [go test]\n"
    report = run(tmp_path, text, ".woodpecker/test.yaml")
    assert found(report) == []
    assert taken(report) == ["Woodpecker file"]
    assert report.coverage.opaque_objects == 1


@pytest.mark.parametrize("name", [".drone.jsonnet", ".drone.star", ".drone.starlark", ".drone.script"])
def test_a_pipeline_that_is_a_program_is_named_as_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("def main(ctx):\n  return {}\n", encoding="utf-8")
    report = run(tmp_path, PIPELINE)
    assert [skipped.path for skipped in report.coverage.skipped] == [name]


def test_a_misspelt_kind_is_the_only_finding_of_its_document(tmp_path: Path) -> None:
    text = PIPELINE.replace("kind: pipeline", "kind: pipline").replace("commands:", "comands:")
    report = run(tmp_path, text + "  when: [main]\n")
    assert found(report) == ["1:7 drone/unknown-kind"]
    span = report.findings[0].span
    assert (span.line, span.column, span.end_line, span.end_column) == (1, 7, 1, 14)
    assert "wait for ever" in report.findings[0].headline
    assert fixed(report).startswith("kind: pipeline\n")


def test_structure_is_still_checked_below_a_misspelt_kind(tmp_path: Path) -> None:
    text = PIPELINE.replace("kind: pipeline", "kind: Pipeline") + "  depends_on: [tset]\n"
    assert found(run(tmp_path, text)) == ["1:7 drone/unknown-kind", "10:16 drone/dependency-unknown"]


def test_the_server_counts_a_pipeline_of_unknown_kind(tmp_path: Path) -> None:
    text = PIPELINE.replace("kind: pipeline", "kind: pipline") + "---\n" + PIPELINE.replace("default", "deploy")
    assert found(run(tmp_path, text + "depends_on: [default]\n")) == ["1:7 drone/unknown-kind"]


def test_runners_of_the_configuration_decide_over_types(tmp_path: Path) -> None:
    only_exec = Settings(targets={"drone": {"runners": ["exec"]}})
    assert found(run(tmp_path, PIPELINE, settings=only_exec)) == ["2:7 drone/unknown-type"]
    untyped = PIPELINE.replace("type: docker\n", "")
    report = run(tmp_path, untyped, settings=only_exec)
    assert found(report) == ["1:7 drone/unknown-type"]
    assert report.findings[0].primary.text == "without `type`, this is a `docker` pipeline"
    assert found(run(tmp_path, untyped)) == []


# -- the graph -----------------------------------------------------------------------------------------------------


def test_what_a_pipeline_refers_to(tmp_path: Path) -> None:
    text = (
        "kind: pipeline\nname: build\nimage_pull_secrets: [registry]\n"
        "services:\n- name: redis\n  image: redis:7\n"
        "steps:\n- name: test\n  image: golang:1.22\n  depends_on: [clone, redis]\n"
        "  environment:\n    TOKEN: {from_secret: token}\n"
        "  settings:\n    password: {from_secret: elsewhere}\n"
        "  volumes:\n  - {name: cache, path: /cache}\n"
        "volumes:\n- {name: cache, temp: {}}\n"
        "---\nkind: secret\nname: token\ndata: abc\n"
    )
    report = run(tmp_path, text)
    assert found(report) == []
    graph = report.built.graph
    assert [
        (reference.kind, reference.node.span.text, reference.resolution.value, [str(key) for key in reference.targets])
        for reference in graph.references
    ] == [
        ("depends-on", "clone", "external", []),
        ("depends-on", "redis", "resolved", ["service/build/redis"]),
        ("mounts", "cache", "resolved", ["volume/build/cache"]),
        ("uses-secret", "registry", "unknown", []),
        ("uses-secret", "token", "resolved", ["secret/token"]),
        ("uses-secret", "elsewhere", "unknown", []),
    ]
    assert [str(unit) for unit in graph.units] == ["pipeline file .drone.yml"]
    pipeline = graph.subjects(DronePipeline)[0]
    assert [str(step) for step in graph.subjects(DroneStep)] == [
        "service `redis` of pipeline/build",
        "step `test` of pipeline/build",
    ]
    redis = next(entity for entity in graph.entities if entity.name == "redis")
    assert graph.incoming(redis) == [graph.references[1]]
    assert pipeline.steps[0].mounts[0].text == "cache"


def test_environment_variables_are_known_with_their_place(tmp_path: Path) -> None:
    text = PIPELINE + (
        "  environment: {HTTP_PROXY: 'http://proxy:3128', TOKEN: {from_secret: token}}\n"
        "services:\n- name: db\n  image: postgres:16\n  environment: {POSTGRES_DB: shop}\n"
        "environment: {NO_PROXY: localhost}\n"
    )
    report = run(tmp_path, text)
    assert [
        (variable.name, variable.value.text, variable.place)
        for variable in report.built.graph.subjects(EnvironmentVariable)
    ] == [
        ("POSTGRES_DB", "shop", "service `db` of pipeline/default"),
        ("HTTP_PROXY", "http://proxy:3128", "step `test` of pipeline/default"),
        ("NO_PROXY", "localhost", "pipeline/default"),
    ]


def test_one_circle_is_reported_for_a_knot_of_many(tmp_path: Path) -> None:
    names = [f"step {number}" for number in range(6)]
    everything = ", ".join(names)
    steps = "".join(f"- name: {name}\n  image: golang:1.22\n  depends_on: [{everything}]\n" for name in names)
    rules = [rule.partition(" ")[2] for rule in found(run(tmp_path, "kind: pipeline\nsteps:\n" + steps))]
    assert rules.count("drone/dependency-cycle") == 1
    assert rules.count("drone/dependency-order") == len(names)  # each waits for itself, too


def test_comparing_names_stops_at_its_budget() -> None:
    nearness = Nearness(5)
    assert nearness.nearest("biuld", ["build", "test", "lint"]) == ["build"]
    assert nearness.nearest("biuld", ["build", "test", "lint"]) == []
    assert nearness.nearest("biuld", ["build"]) == ["build"]


# -- fixes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# Builds.\n---\n" + PIPELINE, "# Builds.\n" + PIPELINE),
        (PIPELINE + "---\n", PIPELINE),
        (PIPELINE + "---", PIPELINE),
        (PIPELINE.replace("commands:\n  - go test ./...", "commands: go test ./..."), "commands: [go test ./...]"),
        (PIPELINE.replace("commands:\n  - go test ./...", "commands: echo [a, b]"), "commands: ['echo [a, b]']"),
        (PIPELINE + "  - echo it's: done\n", "  - 'echo it''s: done'\n"),
        (PIPELINE + "  detach: 'true'\n", "  detach: true\n"),
        (PIPELINE + "  when: {ref: {include: refs/tags/*}}\n", "{include: [refs/tags/*]}"),
    ],
)
def test_a_safe_fix_writes_what_was_meant(tmp_path: Path, before: str, after: str) -> None:
    report = run(tmp_path, before)
    assert len(report.findings) == 1
    text = fixed(report)
    assert after in text
    assert found(run(tmp_path, text)) == []


def test_a_document_without_kind_gets_one(tmp_path: Path) -> None:
    report = run(tmp_path, PIPELINE.removeprefix("kind: pipeline\n"))
    assert found(report) == ["1:1 drone/missing-kind"]
    assert fixed(report) == report.built.documents[0].source.text
    assert fixed(report, unsafe=True) == PIPELINE


# -- schemas -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "type_name"),
    [("pipeline", name) for name in pack.types()] + [(kind, "docker") for kind in pack.kinds() if kind != "pipeline"],
)
def test_each_schema_is_a_schema_and_refuses_unknown_fields(kind: str, type_name: str) -> None:
    schema = pack.schema(kind, type_name)
    assert schema is not None
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert validator.is_valid({"kind": kind, "name": "a", "type": type_name, "version": 1})
    assert not validator.is_valid({"kind": kind, "kinds": kind})


def test_there_is_no_schema_for_what_drone_does_not_have() -> None:
    assert pack.schema("pipline") is None
    assert pack.schema("pipeline", "nomad") is None
