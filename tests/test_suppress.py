"""Directives: what each form covers, and that none of them hides more than it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubelint.check import Report, check

RULE = "kubernetes/wrong-type"


def config_map(*lines: str) -> str:
    return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n" + "".join(f"  {line}\n" for line in lines)


def run(root: Path, files: dict[str, str]) -> Report:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return check(root)


def lines(report: Report, rule: str = RULE) -> list[int]:
    return [finding.span.line for finding in report.findings if finding.rule == rule]


def test_behind_a_value_it_means_the_line(tmp_path: Path) -> None:
    report = run(tmp_path, {"a.yaml": config_map(f"A: 1  # kubelint: ignore[{RULE}] quoted later", "B: 2")})
    assert lines(report) == [7]
    assert len(report.suppressed) == 1


def test_windows_line_ends(tmp_path: Path) -> None:
    text = config_map(f"A: 1  # kubelint: ignore[{RULE}] quoted later", "B: 2").replace("\n", "\r\n")
    report = run(tmp_path, {"a.yaml": text})
    assert lines(report) == [7]
    assert len(report.findings) == 1


def test_on_its_own_line_it_means_the_node_below_with_its_children(tmp_path: Path) -> None:
    text = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"
        f"# kubelint: ignore[{RULE}] all of the data\ndata:\n  A: 1\n  B: 2\n---\n" + config_map("C: 3")
    )
    assert lines(run(tmp_path, {"a.yaml": text})) == [15]


def test_above_a_list_item_it_means_the_item(tmp_path: Path) -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n"
        f"  # kubelint: ignore[{RULE}] generated\n"
        "  - name: a\n    image: a\n    env:\n    - {name: A, value: 1}\n"
        "  - name: b\n    image: b\n    env:\n    - {name: B, value: 2}\n"
    )
    assert lines(run(tmp_path, {"a.yaml": text})) == [15]


def test_file_ignore(tmp_path: Path) -> None:
    text = config_map("A: 1", "B: 2") + f"# kubelint: file-ignore[{RULE}] generated\n"
    report = run(tmp_path, {"a.yaml": text, "b.yaml": config_map("C: 3")})
    assert [finding.span.file.path for finding in report.findings] == ["b.yaml"]


def test_annotation_means_the_object(tmp_path: Path) -> None:
    annotated = config_map("A: 1").replace(
        "  name: web\n", "  name: web\n  annotations:\n    kubelint.io/ignore.kubernetes.wrong-type: generated\n"
    )
    assert lines(run(tmp_path, {"a.yaml": annotated + "---\n" + config_map("B: 2")})) == [15]


def test_at_the_other_end_of_a_reference(tmp_path: Path) -> None:
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: wbe}\n  ports: [{port: 80}]\n"
    )
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n"
        "    app: web  # kubelint: ignore[kubernetes/service-selects-nothing] renamed next week\n"
        "spec: {containers: [{name: web, image: a}]}\n"
    )
    report = run(tmp_path, {"service.yaml": service, "pod.yaml": pod})
    assert report.findings == []
    assert [finding.rule for finding in report.suppressed] == ["kubernetes/service-selects-nothing"]


def test_several_rules_in_one_directive(tmp_path: Path) -> None:
    annotations = "  annotations:\n    promtheus.io/scrape: true"
    text = config_map("A: x").replace("  name: web\n", f"  name: web\n{annotations}\n")
    assert {finding.rule for finding in run(tmp_path, {"a.yaml": text}).findings} == {
        RULE,
        "kubernetes/misspelt-domain",
    }
    directive = f"  # kubelint: ignore[{RULE}, kubernetes/misspelt-domain] both"
    assert run(tmp_path, {"a.yaml": text.replace("scrape: true", f"scrape: true{directive}")}).findings == []


@pytest.mark.parametrize(
    "line",
    [
        f"""A: 'x # kubelint: ignore[{RULE}] in quotes'""",
        f"""A: "x # kubelint: ignore[{RULE}] in quotes" """,
        f"A: |\n    # kubelint: ignore[{RULE}] in a block",
        f"A: x#kubelint:ignore[{RULE}]",
    ],
)
def test_a_mark_inside_a_value_is_no_directive(tmp_path: Path, line: str) -> None:
    assert run(tmp_path, {"a.yaml": config_map(line)}).findings == []


def test_a_directive_that_suppresses_nothing_is_reported(tmp_path: Path) -> None:
    report = run(tmp_path, {"a.yaml": config_map(f'A: "1"  # kubelint: ignore[{RULE}] once')})
    assert [finding.rule for finding in report.findings] == ["repository/unused-ignore"]
    assert report.findings[0].span.text == RULE


@pytest.mark.parametrize(
    "directive",
    ["kubelint: ignore", "kubelint: ignore[]", "kubelint: disable[x]", "kubelint: ignore[kubernetes/wrong-typ] why"],
)
def test_a_directive_that_is_not_understood_is_reported(tmp_path: Path, directive: str) -> None:
    report = run(tmp_path, {"a.yaml": config_map(f"A: 1  # {directive}")})
    assert sorted(finding.rule for finding in report.findings) == [RULE, "repository/unknown-rule"]


def test_other_formats(tmp_path: Path) -> None:
    inventory = (
        "[all]\nnode1 ansible_host=10.0.0.1\nnode2 ansible_host=10.0.0.2\n\n[kube_control_plane]\nnode1\n\n"
        "; kubelint: ignore[kubespray/even-etcd] the third comes tomorrow\n[etcd]\nnode1\nnode2\n\n[kube_node]\nnode2\n\n"
        "[k8s_cluster:children]\nkube_control_plane\nkube_node\n"
    )
    dockerfile = (
        "FROM node:22 AS build\nRUN true\nFROM nginx:1.27\n"
        "# kubelint: ignore[docker/unknown-stage] an image of that name exists\nCOPY --from=buidl /a /b\n"
    )
    compose = (
        "services:\n  web:\n    image: nginx:1.27\n"
        "    # kubelint: ignore[compose/dependency-unknown] another file has it\n    depends_on: [wbe, db]\n"
    )
    report = run(tmp_path, {"inventory/hosts.ini": inventory, "Dockerfile": dockerfile, "compose.yaml": compose})
    assert [f"{finding.span} {finding.rule}" for finding in report.findings] == []
    assert {finding.rule for finding in report.suppressed} == {
        "kubespray/even-etcd",
        "docker/unknown-stage",
        "compose/dependency-unknown",
    }
