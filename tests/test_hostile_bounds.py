"""A few lines that stand for billions: each stops at a bound, says which, and everything else is still checked."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubelint.check import Report, check
from kubelint.config import ConfigurationError, Settings, UnitSetting, load, parse
from kubelint.crowd import thinned
from kubelint.files import Limits
from kubelint.finding import Severity
from kubelint.globs import is_affordable
from kubelint.paths import matches
from kubelint.repository import Repository
from kubelint.source import SourceFile

#: A file beside the hostile one: its mistake must be found whatever the other does.
NEIGHBOUR = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selectr: {app: web}\n"
NEIGHBOURS = ("kubernetes/unknown-field", "neighbour/service.yaml")
DOUBLED = [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n" for i in range(1, 40)]
DIGITS = "9" * 5000


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in {**files, "neighbour/service.yaml": NEIGHBOUR}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def checked(root: Path, files: dict[str, str], **limits: int) -> Report:
    write(root, files)
    report = check(root, Settings(limits=Limits(**limits)))
    found = [(finding.rule, finding.span.file.path) for finding in report.findings]
    assert NEIGHBOURS in found
    assert "repository/rule-crashed" not in {rule for rule, _ in found}
    return report


def workload(container: str, spec: str = "") -> str:
    return (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        f"{spec}  selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata: {{labels: {{app: web}}}}\n"
        f"    spec:\n      containers:\n      - name: web\n        image: nginx:1\n{container}"
    )


def tower(levels: int) -> dict[str, str]:
    """Return kustomizations of which each uses both of the next level: 2 to the power of the levels."""
    files: dict[str, str] = {}
    for level in range(levels):
        uses = f"resources: [../../l{level + 1}/a, ../../l{level + 1}/b]\n"
        files |= {f"l{level}/{side}/kustomization.yaml": f"namePrefix: {side}-\n{uses}" for side in "ab"}
    for side in "ab":
        files[f"l{levels}/{side}/kustomization.yaml"] = "resources: [settings.yaml]\n"
        files[f"l{levels}/{side}/settings.yaml"] = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {side}}}\n"
    return files


@pytest.mark.parametrize(
    ("files", "limits", "says", "option"),
    [
        ({"large.yaml": "a: b\n" * 100_000}, {"file_size": 100_000}, "larger than 100000 bytes", "limits.file-size"),
        ({"deep.yaml": "a: " + "[" * 300 + "]" * 300}, {}, "deeper than 200 levels", "limits.depth"),
        ({"deep.yaml": "a: " + "{a: " * 300 + "b" + "}" * 300}, {}, "deeper than 200 levels", "limits.depth"),
        ({"bomb.yaml": "a0: &a0 [x, x]\n" + "".join(DOUBLED)}, {}, "more than 200000 nodes", "limits.aliases"),
        (
            {"compose.yaml": "x-0: &a0 {image: x}\n" + "".join(
                f"x-{i}: &a{i}\n  <<: [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40)
            ) + "services:\n  web:\n    <<: *a39\n"},
            {}, "more than 200000 nodes", "limits.aliases",
        ),
        (
            {"inventory/hosts.ini": "[all]\nnode[1:999999999] ansible_host=10.0.0.1\n[kube_node]\nnode1\n[etcd]\nnode1\n"},
            {}, "this range stands for 999999999 hosts", "limits.hosts",
        ),
        (
            {"inventory/hosts.yaml": "all:\n  hosts:\n    n[0:9][0:9][0:9][0:9][0:9][0:9][0:9]: {}\n"
             "  children:\n    kube_node: {hosts: {n0000000: }}\n    etcd: {hosts: {n0000000: }}\n"},
            {}, "this range stands for 10000000 hosts", "limits.hosts",
        ),
        (tower(30), {"objects": 3000}, "kustomizations build more than 3000 objects", "limits.objects"),
    ],
    ids=["size", "nesting", "nested-maps", "aliases", "merge-keys", "range", "ranges", "thirty-doublings"],
)  # fmt: skip
def test_going_over_a_bound_is_a_finding(
    tmp_path: Path, files: dict[str, str], limits: dict[str, int], says: str, option: str
) -> None:
    report = checked(tmp_path, files, **limits)
    found = [finding for finding in report.findings if finding.rule == "repository/bound-reached"]
    assert any(says in finding.headline and f"`{option}`" in (finding.help or "") for finding in found), found


def test_the_bound_is_where_the_option_says(tmp_path: Path) -> None:
    (tmp_path / ".kubelint.yaml").write_text(
        "limits: {hosts: 5, objects: 7, findings: 3, depth: 9, total-size: 8, documents: 4, total-findings: 2}\n",
        encoding="utf-8",
    )
    limits = load(tmp_path / ".kubelint.yaml").limits
    assert (limits.hosts, limits.objects, limits.findings, limits.depth) == (5, 7, 3, 9)
    assert (limits.total_size, limits.documents, limits.total_findings) == (8, 4, 2)
    inventory = "[all]\nnode[1:6]\n[kube_node]\nnode1\n[etcd]\nnode1\n"
    bounds = [f for f in checked(tmp_path, {"hosts.ini": inventory}, hosts=5).findings if "bound" in f.rule]
    assert [finding.headline for finding in bounds] == ["this range stands for 6 hosts and was not expanded"]
    assert not [f for f in checked(tmp_path, {"hosts.ini": inventory}, hosts=6).findings if "bound" in f.rule]


@pytest.mark.parametrize("name", [name.replace("_", "-") for name in Limits._fields])
def test_the_repository_cannot_raise_its_own_bounds_without_end(tmp_path: Path, name: str) -> None:
    path = tmp_path / ".kubelint.yaml"
    path.write_text(f"limits: {{{name}: 999999999999}}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=f"limits.{name}"):
        load(path)


@pytest.mark.parametrize(
    "files",
    [
        {"compose.yaml": "include: [b.yaml]\nservices: {a: {extends: {file: b.yaml, service: b}}}\n",
         "b.yaml": "include: [compose.yaml]\nservices: {b: {extends: {file: compose.yaml, service: a}}}\n"},
        {f"c{i}/{name}": f"include: [../c{i + 1}/compose.yaml, ../c{i + 1}/other.yaml]\nservices: {{s{i}: {{image: x}}}}\n"
         for i in range(30) for name in ("compose.yaml", "other.yaml")},
        {"compose.yaml": "services:\n" + "".join(f"  s{i}: {{extends: s{i + 1}}}\n" for i in range(1500)) + "  s1500: {image: x}\n"},
        {"compose.yaml": "services: {a: {image: '" + "${A:-" * 2000 + "x" + "}" * 2000 + "'}}\n",
         ".env": "A=x\n" + "".join(f"V{i}=${{V{i - 1}}}${{V{i - 1}}}\n" for i in range(60))},
        {"compose.yaml": "services:\n  a:\n    image: x\n    ports: ['1-999999999:1-999999999', '1-99999999999999999999']\n"
         f"    deploy: {{replicas: {DIGITS}}}\n    mem_limit: 1e999999999\n    stop_grace_period: {DIGITS}h\n"},
        {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"},
        {"kustomization.yaml": "resources: [.]\ncomponents: [../" + tmp + "]\n" if (tmp := "neighbour") else ""},
        {"Dockerfile": "FROM scratch\n" + "".join(f"ARG V{i}=${{V{i - 1}}}${{V{i - 1}}}\nENV W{i}=$W{i - 1}$W{i - 1}\n" for i in range(60))
         + "COPY $V59 $W59\n"},
        {".drone.yml": "kind: pipeline\ntype: docker\nname: a\nsteps:\n" + "".join(
            f"- {{name: s{i}, image: x, commands: [a], depends_on: [{', '.join(f's{j}' for j in range(max(0, i - 20), i))}]}}\n"
            for i in range(150))},
        {"web.yaml": workload("        env:\n" + "".join(
            f"        - {{name: V{i}, value: '$(V{i - 1})$(V{i - 1})'}}\n" for i in range(60)) + "        args: ['$(V59)']\n")},
        {"web.yaml": workload("        resources: {requests: {cpu: 1e999999999, memory: 1E999999999}, limits: {cpu: '1e-999999999'}}\n")},
        {"web.yaml": workload(f"        ports: [{{containerPort: {DIGITS}}}]\n        resources: {{requests: {{memory: {DIGITS}Gi}}}}\n",
                              f"  replicas: {DIGITS}\n")},
        {"job.yaml": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec:\n  schedule: '*/99999999999999999999 0-99999999999 * * *'\n"
         "  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}\n"},
        {"many.yaml": "---\n" * 20_000},
        {"open.yaml": "[" * 100_000, "dash.yaml": "- " * 50_000, "question.yaml": "? " * 50_000, "map.yaml": "{a: " * 50_000},
        {"settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
         + "".join(f"  f.{kind}: '{text}'\n" for kind, text in {
             "yaml": "[" * 50_000, "json": "[" * 50_000, "toml": "a = " + "[" * 50_000, "xml": "<a>" * 20_000, "ini": "[" * 50_000,
             "properties": "\\\\" * 20_000, "conf": "{" * 50_000, "env": "${" * 20_000}.items())},
    ],
    ids=["include-cycle", "include-fan-out", "extends-chain", "nested-defaults", "port-ranges", "base-cycle", "own-base",
         "build-arguments", "step-lattice", "variables", "exponents", "digits", "schedule", "documents", "openings", "files-in-values"],
)  # fmt: skip
def test_what_grows_without_end_elsewhere_stays_small(tmp_path: Path, files: dict[str, str]) -> None:
    checked(tmp_path, files)


#: Patterns that keep a backtracking engine busy for longer than anybody waits, and a text that makes them.
EVIL, PREY = "^(a+)+$", "a" * 60 + "!"


@pytest.mark.parametrize(
    "files",
    [
        {"kustomization.yaml": "resources: [prey.yaml]\npatches:\n"
         f"- target: {{name: '{EVIL}', kind: '(.*)*x', labelSelector: 'a in (((', annotationSelector: '(((('}}\n"
         "  patch: '[{op: add, path: /metadata/labels/x, value: y}]'\n"
         "replacements:\n- source: {kind: ConfigMap, fieldPath: data.x, options: {delimiter: '(a+)+', index: 999999999}}\n"
         f"  targets: [{{select: {{name: '{EVIL}'}}, fieldPaths: ['data.[x=(b+)+].c', data.x], options: {{delimiter: '', index: -9}}}}]\n",
         "prey.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {'a' * 60}}}\ndata: {{x: '{PREY}'}}\n"},
        {"crd.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: traps.example.org}\nspec:\n"
         "  group: example.org\n  names: {kind: Trap, plural: traps}\n  scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n"
         "    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n"
         f"          a: {{type: string, pattern: '{EVIL}'}}\n          b: {{type: string, pattern: '(a{{1000}}){{1000}}'}}\n"
         f"          c: {{type: object, patternProperties: {{'{EVIL}': {{type: string}}}}, additionalProperties: false}}\n"
         "          d: {type: string, pattern: '(?=a)(b)\\1'}\n",
         "trap.yaml": f"apiVersion: example.org/v1\nkind: Trap\nmetadata: {{name: a}}\na: '{PREY}'\nb: x\nc: {{'{PREY}': 1}}\nd: ab\n"},
        {"route.yaml": "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\nspec:\n  hosts: [a]\n  http:\n"
         f"  - match: [{{uri: {{regex: '{EVIL}'}}}}, {{uri: {{regex: '((((('}}}}, {{uri: {{exact: '/{PREY}'}}}}]\n"
         "    route: [{destination: {host: a}}]\n"},
        {"policy.yaml": "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: a}\nspec:\n"
         "  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [services]}]}\n"
         "  validations: [{expression: \"object.metadata.name.matches('^(a+)+$')\"}, {expression: \"'" + PREY + "'.matches('(a+)+$')\"},\n"
         "    {expression: '" + "(" * 3000 + "1" + ")" * 3000 + "'},\n"
         "    {expression: '" + "".join(f"[1,2,3,4,5,6,7,8,9,10].all({n}, " for n in "abcdefgh") + "true" + ")" * 8 + "'}]\n---\n"
         "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: a}\n"
         "spec: {policyName: a, validationActions: [Deny]}\n"},
        {".gitignore": "*a*a*a*a*a*a*b\n**/a/**/a/**/a/**/b\n/kept.yaml\n", "a" * 250 + ".yaml": "a: b\n", "kept.yaml": "a: b\n"},
        {"long.yaml": "a: " + "{{" * 50_000 + "\nb: " + "${" * 50_000 + "\nc: '" + "http://" * 20_000 + "'\nd: '" + "$(" * 50_000 + "'\n"
         "# kubelint: ignore " + "a/b, " * 20_000 + "\n",
         "Dockerfile": "FROM x\nRUN " + "a && " * 50_000 + "b\nENV " + "a=b " * 20_000 + "\nRUN x \\\n" + "\\\n" * 20_000,
         ".env": "A=" + "${A}" * 50_000 + "\nB=\"" + '\\"' * 50_000 + "\n", "hosts.ini": "[all]\nn1 " + "a=b " * 50_000 + "\n"},
    ],
    ids=["kustomize-targets", "definitions", "istio", "expressions", "ignore-files", "long-lines"],
)  # fmt: skip
def test_no_pattern_of_the_input_backtracks(tmp_path: Path, files: dict[str, str]) -> None:
    """With a backtracking engine none of these ever ends."""
    checked(tmp_path, files)


def test_a_costly_pattern_of_an_ignore_file_is_told_and_the_others_count(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*a*a*a*a*a*b\n/kept.yaml\n", "kept.yaml": "a: b\n", "a.yaml": "a: b\n"})
    repository = Repository(tmp_path)
    assert [file.path for file in repository.files] == ["a.yaml", "neighbour/service.yaml"]
    assert [(skipped.path, "*a*a*a*a*a*b" in skipped.reason) for skipped in repository.skipped] == [
        (".gitignore", True)
    ]


@pytest.mark.parametrize(
    "key", ["exclude: ['{}']", "overrides: [{{paths: ['{}'], ignore: [kubernetes]}}]", "units: [{{path: '{}'}}]"]
)
def test_a_costly_glob_of_the_configuration_is_refused(tmp_path: Path, key: str) -> None:
    path = tmp_path / ".kubelint.yaml"
    path.write_text(key.format("*a*a*a*a*b") + "\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="too many asterisks"):
        load(path)


@pytest.mark.parametrize(
    "glob",
    [
        "*.yaml",
        "**/testdata/**",
        "/build/",
        "*-secret-*.y*ml",
        "**/charts/**/tests/*.yaml",
        "!keep.yaml",
        "# *** notes ***",
        "*.py[cod]",
    ],
)
def test_globs_that_people_write_are_affordable(glob: str) -> None:
    assert is_affordable(glob)


def test_a_glob_that_is_not_affordable_names_nothing() -> None:
    assert not matches("a" * 250, ["*a*a*a*a*a*b"])


def test_one_mistake_in_every_line_is_counted_and_not_listed(tmp_path: Path) -> None:
    report = checked(
        tmp_path, {"many.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n" + "  a: b\n" * 500}
    )
    assert len(report.findings) == 500
    shown = thinned(report.findings, 100)
    assert len([finding for finding in shown if finding.rule == "repository/duplicate-keys"]) == 100
    (rest,) = [finding for finding in shown if finding.rule == "repository/bound-reached"]
    assert rest.headline == "from here on 399 more findings of `repository/duplicate-keys` are not shown"
    assert "`limits.findings`" in (rest.help or "")
    assert rest.span.line == 106
    assert NEIGHBOURS in [(finding.rule, finding.span.file.path) for finding in shown]
    assert thinned(report.findings, 500) == report.findings


def bounds(report: Report) -> list[tuple[str, str, str]]:
    """Return place, message and the option that is named of each bound that was reached."""
    found = [finding for finding in report.findings if finding.rule == "repository/bound-reached"]
    assert all(finding.severity is Severity.ERROR for finding in found)
    named = [re.findall(r"`limits\.([a-z-]+)`", finding.help or "") for finding in found]
    return [(finding.span.file.path, finding.headline, option) for finding, (option,) in zip(found, named, strict=True)]


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (
            {"files": 3},
            ("many/c.yaml", "the repository has more than 3 files: this file and 3 more are not read", "files"),
        ),
        (
            {"total_size": 250},
            (
                "many/c.yaml",
                "the files of the repository have more than 250 characters: this file and 3 more are not read",
                "total-size",
            ),
        ),
        (
            {"documents": 6},
            (
                "many/d.yaml",
                "the repository has more than 6 YAML documents: this file and 3 more are not checked",
                "documents",
            ),
        ),
    ],
    ids=["files", "characters", "documents"],
)
def test_what_a_whole_repository_may_cost_is_bounded_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], told: tuple[str, str, str], jobs: str
) -> None:
    monkeypatch.setenv("KUBELINT_JOBS", jobs)
    monkeypatch.setattr("kubelint.repository.SHARED_FROM", 2)
    for name in "abcdef":
        path = tmp_path / "many" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{NEIGHBOUR.replace('web', name)}---\na: 1\n", encoding="utf-8")
    write(tmp_path, {})
    report = check(tmp_path, Settings(limits=Limits(**limits)))
    assert bounds(report) == [told]
    assert len([finding for finding in report.findings if finding.rule == "kubernetes/unknown-field"]) == 3
    assert bounds(check(tmp_path, Settings(limits=Limits(**dict.fromkeys(limits, 1000))))) == []


def test_what_is_referred_to_counts_and_is_told_too(tmp_path: Path) -> None:
    write(tmp_path, {"k/kustomization.yaml": "configMapGenerator:\n- {name: a, files: [a.txt, b.txt]}\n"})
    for name in "ab":
        (tmp_path / "k" / f"{name}.txt").write_text("x" * 3000, encoding="utf-8")
    over = bounds(check(tmp_path, Settings(limits=Limits(total_size=2000))))
    assert [(place, option) for place, _, option in over] == [("k/b.txt", "total-size")]
    over = bounds(check(tmp_path, Settings(limits=Limits(file_size=2000))))
    assert [(place, option) for place, _, option in over] == [("k/a.txt", "file-size")]  # where the build stops


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_number_of_all_findings_is_bounded_and_each_rule_has_its_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    monkeypatch.setenv("KUBELINT_JOBS", jobs)
    monkeypatch.setattr("kubelint.runner.SHARED_FROM", 2)
    entries = "".join(f"  k{number}: 1\n" for number in range(200))
    text = "".join(
        f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata:\n{entries}" for name in "abcd"
    )
    report = checked(tmp_path, {"many.yaml": text}, total_findings=50, findings=20)
    told = bounds(report)
    assert {option for _, _, option in told} == {"total-findings"}
    assert told[0][1] == "from here on `kubernetes/wrong-type` was not looked for: there are more than 50 findings"
    wrong = [finding for finding in report.findings if finding.rule == "kubernetes/wrong-type"]
    # The bound is that of each process; the rule runs beside the resolution of references. The neighbour has one.
    assert len(wrong) == 49
    assert not bounds(checked(tmp_path, {"many.yaml": text}, total_findings=1000))


def test_a_mistake_in_every_line_of_a_large_file_is_told_ten_thousand_times(tmp_path: Path) -> None:
    files = {
        "many.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n" + "  a: b\n" * 11_000,
        "compose.yaml": "services: {a: {image: b, env_file: [a.env]}}\n",
        "a.env": "no line of this kind\n" * 11_000,
    }
    report = checked(tmp_path, files)
    for path in ("many.yaml", "a.env"):
        found = [finding for finding in report.findings if finding.span.file.path == path]
        assert len(found) == 10_001
        assert found[-1].headline == "more than 10000 mistakes in this file: those from here on are not told"


@pytest.fixture
def nested(tmp_path: Path) -> Iterator[Path]:
    """A folder with folders in folders: more than any recursion follows, and a path longer than PATH_MAX."""
    depth, here = 1500, Path.cwd()
    os.chdir(tmp_path)
    try:
        for _ in range(depth):
            Path("deep").mkdir()
            os.chdir("deep")
        Path("a.yaml").write_text("a: b\n", encoding="utf-8")
        os.chdir(here)
        yield tmp_path
    finally:
        # pytest removes old folders by recursion, which such a one would end.
        os.chdir(tmp_path)
        reached = 0
        while Path("deep").is_dir():
            os.chdir("deep")
            reached += 1
        Path("a.yaml").unlink(missing_ok=True)
        for _ in range(reached):
            os.chdir("..")
            Path("deep").rmdir()
        os.chdir(here)


def test_folders_nested_as_deep_as_the_system_takes_them(nested: Path) -> None:
    write(nested, {})
    report = check(nested)
    assert NEIGHBOURS in [(finding.rule, finding.span.file.path) for finding in report.findings]
    assert report.coverage.skipped


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (
            {f"c{i}/compose.yaml": f"include: [../c{i + 1}/compose.yaml]\n" for i in range(60)}
            | {"c60/compose.yaml": "services: {a: {image: b}}\n"},
            "includes lie deeper than 40 files",
        ),
        (
            {"compose.yaml": "services:\n" + "".join(f"  s{i}: {{extends: s{i + 1}}}\n" for i in range(150)) + "  s150: {image: x}\n"},
            "services extend each other more than 100 times",
        ),
        (
            {"compose.yaml": "services:\n  s0: {image: x}\n" + "".join(
                f"  s{i}: {{extends: s{i - 1}, environment: [A{i}=b]}}\n" for i in range(1, 800))},
            "services inherit more than 100000 entries from each other",
        ),
    ],
    ids=["includes", "extends", "inherited"],
)  # fmt: skip
def test_where_compose_stops_it_says_so(tmp_path: Path, files: dict[str, str], says: str) -> None:
    report = checked(tmp_path, files)
    found = [finding for finding in report.findings if finding.rule == "repository/bound-reached"]
    assert {finding.headline for finding in found} == {says}
    assert all("taken for unknown" in (finding.help or "") for finding in found)
    assert {finding.rule for finding in report.findings} == {"repository/bound-reached", NEIGHBOURS[0]}


def test_many_transformers_over_many_objects_end(tmp_path: Path) -> None:
    images = "".join(f"- {{name: i{number}, newTag: '2'}}\n" for number in range(80))
    objects = "".join(f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a{number}}}\n" for number in range(80))
    files = {"kustomization.yaml": f"resources: [all.yaml]\nimages:\n{images}", "all.yaml": objects}
    told = bounds(checked(tmp_path, files, objects=400))
    message = "the build takes too many steps: many transformers look at many objects each"
    assert told == [("kustomization.yaml", message, "objects")]
    assert not bounds(checked(tmp_path, files))


QUOTA = (
    "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {{name: q{}, namespace: x}}\nspec: {{hard: {{pods: '3'}}}}\n"
)
RANGE = "---\napiVersion: v1\nkind: LimitRange\nmetadata: {{name: r{}, namespace: x}}\nspec: {{limits: []}}\n"
ALIKE = (
    "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: w{0}, namespace: x}}\nspec:\n"
    "  selector: {{matchExpressions: [{{key: app, operator: In, values: [a, b]}}, {{key: n, operator: In, values: [n{0}, c]}}]}}\n"
    "  template: {{metadata: {{labels: {{app: a, n: n{0}}}}}, spec: {{containers: [{{name: c, image: 'i:1'}}]}}}}\n"
)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_rule_that_compares_too_much_stops_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    monkeypatch.setenv("KUBELINT_JOBS", jobs)
    monkeypatch.setattr("kubelint.runner.SHARED_FROM", 2)
    text = "".join(kind.format(number) for kind in (QUOTA, RANGE, ALIKE) for number in range(40))
    assert not bounds(checked(tmp_path, {"all.yaml": text}))
    monkeypatch.setattr("kubelint.effort.MOST_STEPS", 200)
    report = checked(tmp_path, {"all.yaml": text})
    told = {finding.headline for finding in report.findings if finding.rule == "repository/bound-reached"}
    end = "was not looked for: too many things would be compared with each other"
    wanted = ("quota-exceeded", "quota-requirement-missing", "outside-limit-range", "selectors-overlap")
    assert {f"from here on `kubernetes/{rule}` {end}" for rule in wanted} <= told


def test_a_dockerfile_of_more_stages_than_anybody_writes_is_read_to_a_point(tmp_path: Path) -> None:
    stages = "".join(f"FROM s{number} AS s{number + 1}\nARG A{number}\n" for number in range(1_500))
    found = [
        finding.span.line
        for finding in checked(tmp_path, {"Dockerfile": f"FROM a:1 AS s0\n{stages}"}).findings
        if finding.headline == "more than 1000 stages: the file is not read from here on"
    ]
    assert found == [2 * 1_000]
    few = checked(tmp_path, {"Dockerfile": f"FROM a:1 AS s0\n{''.join(stages.splitlines(True)[:1998])}"})
    assert "repository/bound-reached" not in {finding.rule for finding in few.findings}


def test_units_and_overrides_without_end_are_refused() -> None:
    for name, entry in (("units", "- {path: a}\n"), ("overrides", "- {paths: [a], ignore: [style]}\n")):
        with pytest.raises(ConfigurationError, match=f"`{name}` has more than 2000 entries"):
            parse(SourceFile(".kubelint.yaml", f"{name}:\n{entry * 2_001}"))
        parse(SourceFile(".kubelint.yaml", f"{name}:\n{entry * 2_000}"))


@pytest.mark.parametrize("seed", range(3))
def test_only_units_that_may_be_meant_are_matched(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest entry that matches is meant; what is left out beforehand would not have matched."""
    chance = random.Random(seed)
    names = ("a", "b", "a/b", "b/a", "*", "a*", "**/b", "a/*", "", ".", "a b", "[ab]", "!a", "#a", "a/b/a")
    for _ in range(300):
        entries = tuple(UnitSetting(chance.choice(names)) for _ in range(4))
        path = "/".join(chance.choice(("a", "b", "ab", "a b")) for _ in range(chance.randrange(1, 4)))
        plain = [unit for unit in entries if unit.path in ("", ".") or matches(path, [unit.path])]
        wanted = max(plain, key=lambda unit: len(unit.path), default=None)
        assert Settings(units=entries).unit_setting(path) is wanted
    asked: list[str] = []

    def note(path: str, patterns: list[str]) -> bool:
        asked.extend(patterns)
        return path in patterns

    monkeypatch.setattr("kubelint.config.matches", note)
    Settings(units=tuple(UnitSetting(f"d{number}x") for number in range(500))).unit_setting("d7x")
    assert len(asked) == 1


def test_selectors_that_select_too_much_are_not_followed_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = (
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: r{}, labels: {{a: b}}}}\n"
        "aggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{a: b}}}}]}}\nrules: []\n"
    )
    policy = (
        "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p{}, namespace: x}}\n"
        "spec: {{podSelector: {{matchLabels: {{app: a}}}}}}\n"
    )
    message = "from here on selectors are not followed: too many of them select too much"
    for kinds in ((role,), (policy, ALIKE)):
        text = "".join(kind.format(number) for kind in kinds for number in range(20))
        for most, told in ((4_000_000, 0), (300, 1)):
            monkeypatch.setattr("kubelint.graph.query.MOST_STEPS", most)
            found = [finding.headline for finding in checked(tmp_path, {"all.yaml": text}).findings]
            assert found.count(message) == told


@pytest.mark.parametrize(
    "files",
    [
        {
            "kustomization.yaml": "configMapGenerator:\n"
            + "".join(f"- {{name: a{number}, files: [big.txt, k=big.txt]}}\n" for number in range(50)),
            "big.txt": "x" * 100_000,
        },
        {
            "kustomization.yaml": f"namePrefix: {'x' * 5_000}\nresources: [all.yaml]\n",
            "all.yaml": "".join(
                f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a{n}}}\n" for n in range(100)
            ),
        },
    ],
    ids=["a large file in many objects", "a long prefix on many names"],
)
def test_a_build_that_makes_much_out_of_little_is_given_up_and_told(tmp_path: Path, files: dict[str, str]) -> None:
    message = "the build takes too many steps: many transformers look at many objects each"
    assert bounds(checked(tmp_path, files, objects=400)) == [("kustomization.yaml", message, "objects")]
    assert not bounds(checked(tmp_path, files))


@pytest.mark.parametrize("patches", [1, 60])
def test_a_patch_that_doubles_an_object_sixty_times_is_given_up_and_told(tmp_path: Path, patches: int) -> None:
    lines = [f"    - {{op: copy, from: /data, path: /data/x{number}}}\n" for number in range(60)]
    share = 60 // patches
    texts = ["".join(lines[start : start + share]) for start in range(0, 60, share)]
    entries = "".join(f"- target: {{name: a}}\n  patch: |\n{text}" for text in texts)
    files = {
        "kustomization.yaml": f"resources: [a.yaml]\npatches:\n{entries}",
        "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n",
    }
    message = "the build takes too many steps: a JSON patch copies too much into an object"
    found = [one for one in checked(tmp_path, files).findings if one.rule == "repository/bound-reached"]
    assert [(one.headline, one.help) for one in found] == [(message, "this bound has no option")]
