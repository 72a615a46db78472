"""A run after a change asks rules about single objects only where something has changed, and finds what a fresh one does."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from kubelint import repository as reading
from kubelint import runner, workers
from kubelint.cache_entry import FILES, Entry
from kubelint.check import Report, check
from kubelint.config import Settings
from kubelint.file_cache import FileCache
from kubelint.profile import Profile
from kubelint.report import Options, render
from kubelint.rule import Rule
from kubelint.tree.compact import CompactStream, compact

FIXTURES = Path(__file__).parent.parent / "fixtures"
#: One of everything that rules about single objects may know beside the object, and what must not be taken for one.
TREES = (
    "kubernetes/duplicate-entry/bad", "kubernetes/missing-field/bad", "kubernetes/malformed-image/good",
    "kubernetes/unknown-field/bad", "kubernetes/removed-api/bad", "kubernetes/probe-port-not-found/bad",
    "istio/duplicate-entry/bad", "istio/malformed-duration/bad", "kustomize/stale-namespace/bad",
)  # fmt: skip
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
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
            properties:
              size: {type: integer}
"""
WIDGET = """\
apiVersion: example.com/v1
kind: Widget
metadata: {name: small}
spec: {size: 3}
"""
BUDGET = """\
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1.27"}]}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reading, "KEPT_FROM", 1)
    root = tmp_path / "repository"
    for tree in TREES:
        shutil.copytree(FIXTURES / tree, root / tree)
    for path in root.rglob(".kubelint.yaml"):
        path.unlink()
    (root / "widgets").mkdir()
    (root / "widgets" / "definition.yaml").write_text(DEFINITION)
    (root / "objects").mkdir()
    (root / "objects" / "widget.yaml").write_text(WIDGET)
    (root / "objects" / "budget.yaml").write_text(BUDGET)
    (root / "objects" / "deployment.yaml").write_text(DEPLOYMENT)
    return root


def files(root: Path) -> FileCache:
    return FileCache(Entry(root.parent / "cache", FILES, ("of a test",), "this code"))


def run(root: Path, settings: Settings | None = None) -> tuple[str, dict[str, int]]:
    """Check with what earlier runs know; return the report and how many subjects each rule was asked about."""
    kept, profile = files(root), Profile(wanted=True)
    report = check(root, settings, kept=kept, profile=profile)
    kept.save()
    return shown(report), {cost.rule: cost.subjects for cost in profile.rules}


def shown(report: Report) -> str:
    return render("json", report, Options(verbose=True, suppressed=True)) + render("text", report, Options())


def fresh(root: Path, settings: Settings | None = None) -> str:
    return shown(check(root, settings))


def test_after_a_change_only_what_has_changed_is_asked_about(root: Path) -> None:
    first, asked = run(root)
    assert asked["kubernetes/malformed-label"] > 20
    assert run(root)[0] == first
    path = root / "objects" / "widget.yaml"
    path.write_text(path.read_text().replace("small", "-small"))
    report, again = run(root)
    assert "-small" in report
    assert report == fresh(root)
    rendered = 4  # objects of kustomizations are always asked about
    assert again["kubernetes/malformed-label"] <= 1 + rendered, "all objects were asked about again"
    assert again["kubernetes/service-selects-nothing"] == asked["kubernetes/service-selects-nothing"]


def test_after_a_change_only_what_has_changed_is_parsed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def parse(text: str, depth: int) -> CompactStream | None:
        parsed.append(text)
        return compact(text, depth)

    monkeypatch.setattr(reading, "compact", parse)
    run(root)
    assert len(parsed) > 20
    parsed.clear()
    replace(root / "objects" / "widget.yaml", "small", "large")
    run(root)
    assert parsed == [WIDGET.replace("small", "large")], "trees of the other files were known"


def test_rules_that_others_work_on_are_not_asked_here_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "SHARED_FROM", 2)
    monkeypatch.setenv(workers.ENVIRONMENT, "2")
    asked: list[type[Rule[Any]]] = []
    part = runner._run_part  # noqa: SLF001 - what this process does itself

    def ask(rules: Iterable[type[Rule[Any]]], *rest: Any) -> Any:
        asked.extend(rules)
        return part(rules, *rest)

    monkeypatch.setattr(runner, "_run_part", ask)
    check(root)
    assert len(asked) > 50
    assert [rule.identity() for rule in asked if rule.alone] == [], "another process was asked, and so was this one"


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def nothing(_: Path) -> None:
    pass


#: What a repository is first, how it changes, and what is to be found of an object that was silent before.
SURROUNDINGS: dict[str, tuple[Callable[[Path], object], Callable[[Path], object], str]] = {
    "a definition changes": (
        nothing,
        lambda root: replace(root / "widgets" / "definition.yaml", "integer", "string"),
        "`size`",
    ),
    "a definition is added": (
        lambda root: (root / "widgets" / "definition.yaml").rename(root / "widgets" / "definition.text"),
        lambda root: replace(
            (root / "widgets" / "definition.text").rename(root / "widgets" / "definition.yaml"), "integer", "string"
        ),
        "`size`",
    ),
    "a definition is rendered": (
        nothing,
        lambda root: (root / "widgets" / "kustomization.yaml").write_text(
            "resources: [definition.yaml]\npatches:\n- target: {kind: CustomResourceDefinition}\n  patch: |-\n"
            "    - op: replace\n      value: string\n"
            "      path: /spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/size/type\n"
        ),
        "`size`",
    ),
    "a patch changes": (
        lambda root: overlay(root, "nginx:1.28"),
        lambda root: overlay(root, "nginx:1.28:2"),
        "nginx:1.28:2",
    ),
    "an inventory targets another version": (
        lambda root: inventory(root, "1.24.0"),
        lambda root: inventory(root, "1.27.0"),
        "policy/v1beta1",
    ),
    "a unit can be read as a whole again": (
        lambda root: (root / "objects" / "broken.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: [\n"),
        lambda root: (root / "objects" / "broken.yaml").unlink(),
        "`selector`",
    ),
}


def overlay(root: Path, image: str) -> None:
    for folder, text in (
        ("base", "resources: [web.yaml]"),
        ("prod", "resources: [../base]\npatches: [{path: web.yaml}]"),
    ):
        (root / "objects" / folder).mkdir(exist_ok=True)
        (root / "objects" / folder / "kustomization.yaml").write_text(f"{text}\n")
    whole = DEPLOYMENT.replace("spec:\n", "spec:\n  selector: {matchLabels: {app: web}}\n", 1)
    (root / "objects" / "base" / "web.yaml").write_text(whole)
    (root / "objects" / "prod" / "web.yaml").write_text(DEPLOYMENT.replace("nginx:1.27", image))


def inventory(root: Path, version: str) -> None:
    folder = root / "inventory" / "group_vars" / "k8s_cluster"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "inventory" / "hosts.ini").write_text(
        "[kube_control_plane]\na\n[etcd]\na\n[kube_node]\na\n[k8s_cluster:children]\nkube_control_plane\nkube_node\n"
    )
    (folder / "k8s-cluster.yml").write_text(f"kube_version: {version}\n")


@pytest.mark.parametrize(("first", "change", "found"), SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_what_is_around_an_object_counts(
    first: Callable[[Path], object], change: Callable[[Path], object], found: str, root: Path
) -> None:
    first(root)
    assert found not in about_objects(root), "the object is to be silent first"
    change(root)
    assert found in about_objects(root)


def about_objects(root: Path) -> str:
    """Return the headlines of what is found in the folder of objects; a run with what is known finds what a fresh one does."""
    report, _ = run(root)
    assert report == fresh(root)
    kept = files(root)
    findings = check(root, kept=kept).findings
    return "\n".join(finding.headline for finding in findings if finding.span.file.path.startswith("objects/"))


def test_a_rule_that_joins_is_asked_about_everything(root: Path) -> None:
    run(root, Settings(ignore=("kubernetes/duplicate-entry",)))
    report, _ = run(root)
    assert "kubernetes/duplicate-entry" in report
    assert report == fresh(root)


def test_random_edits_find_what_fresh_runs_find(root: Path) -> None:
    chosen = random.Random(11)
    for _ in range(40):
        paths = [path for path in sorted(root.rglob("*")) if path.is_file()]
        path = chosen.choice(paths)
        lines = path.read_text().splitlines(keepends=True) or ["\n"]
        place = chosen.randrange(len(lines))
        match chosen.randrange(6):
            case 0:
                lines[place] = lines[place].replace(": ", ":  x", 1)
            case 1:
                del lines[place]
            case 2:
                lines.insert(place, lines[chosen.randrange(len(lines))])
            case 3:
                other = path.with_name(f"copy-{chosen.randrange(3)}.yaml")
                other.write_text("".join(lines))
            case 4 if len(paths) > 20:
                path.rename(path.with_name(f"moved-{path.name[-30:]}"))
                continue
            case _:
                pass
        path.write_text("".join(lines))
        assert run(root)[0] == fresh(root)


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_other_processes_know_what_is_known(jobs: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SHARED_FROM", 2)
    monkeypatch.setattr(runner, "SHARED_FROM", 2)
    monkeypatch.setenv(workers.ENVIRONMENT, jobs)
    expected = fresh(root)
    for _ in range(2):
        kept = files(root)
        assert shown(check(root, kept=kept)) == expected
        kept.save()
    judged = files(root)._old["judged"]  # noqa: SLF001 - what the next run will believe
    monkeypatch.setenv(workers.ENVIRONMENT, "1")
    kept = files(root)
    check(root, kept=kept)
    kept.save()
    assert files(root)._old["judged"] == judged  # noqa: SLF001


def test_what_cannot_be_judged_is_counted_once_by_every_run(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Validation reads a definition where an object needs it: in whatever process that is, it is counted."""
    monkeypatch.setattr(runner, "SHARED_FROM", 2)
    broken = DEFINITION.partition("      openAPIV3Schema:")[0] + "      openAPIV3Schema: [1]\n"
    (root / "widgets" / "definition.yaml").write_text(broken)
    for jobs in ("1", "3"):
        monkeypatch.setenv(workers.ENVIRONMENT, jobs)
        for _ in range(2):
            kept = files(root)
            report = check(root, kept=kept)
            kept.save()
            assert report.coverage.unchecked == {"definitions that cannot be read": 1}
