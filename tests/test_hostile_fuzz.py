"""Random input for every reader and for whole repositories: the same inputs in every run, a few hundred of each.

``benchmarks/fuzz.py`` and ``benchmarks/fuzz_targets.py`` go on from here for as long as one likes.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubelint import baseline, config
from kubelint.check import Report, check
from kubelint.config import ConfigurationError, Settings
from kubelint.files import decode
from kubelint.report import FORMATS, Options, render
from kubelint.source import SourceFile, Span
from kubelint.systems.istio.earlier import Earlier
from kubelint.systems.istio.matching import covers, matches_of
from kubelint.systems.istio.model import VirtualService
from kubelint.tree.dockerfile import read_dockerfile
from kubelint.tree.dotenv import read_dotenv
from kubelint.tree.ini import read_ini
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.yaml import read_yaml

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KUBELINT_SHARED", ROOT.parent / "shared"))
SUITE = SHARED / "corpus" / "yaml-test-suite"
few = settings(
    max_examples=150, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip

WORDS = st.sampled_from(
    ["a", "web", "ConfigMap", "Deployment", "v1", "apps/v1", "8080", "-1", "0x1f", "1e9", "~", "null", "true", "on", "12:30", ".nan",
     "{{ .x }}", "${A:-b}", "$(A)", "../..", "/etc/passwd", "http://a", "node[1:3]", "é😀", "\u202e", "9" * 400, "", " ", "*", "&a b", "!x"]
)  # fmt: skip
SCALARS = st.one_of(WORDS, st.text(max_size=12))
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(SCALARS, inner, max_size=4)),
    max_leaves=20,
)
LINES = st.lists(
    st.one_of(WORDS, st.text(alphabet="ab:-{}[]\"'|>&*#!%@`,?=$\\\t \r\x00\ufeff\u2028", max_size=15)), max_size=14
)


def quoted(text: str) -> str:
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\U{ord(c):08x}" for c in text) + '"'


def yaml(tree: object, style: int = 0) -> str:
    """Return a tree as YAML: in flow style, with its scalars plain (style 0), quoted or escaped."""
    if isinstance(tree, str):
        plain = tree if tree.strip() == tree and tree and not set(tree) & set("\n\r") else quoted(tree)
        return (plain, "'" + tree.replace("'", "''") + "'", quoted(tree))[style]
    if isinstance(tree, list):
        return "[" + ", ".join(yaml(item, style) for item in tree) + "]"
    assert isinstance(tree, dict)
    return "{" + ", ".join(f"{yaml(key, style)}: {yaml(value, style)}" for key, value in tree.items()) + "}"


def inside(span: Span) -> None:
    assert 0 <= span.start <= span.end <= len(span.file.text)
    assert 1 <= span.line <= len(span.file.lines)


def verified(root: Node | None, text: str) -> None:
    """Every node lies in the text, and a plain scalar on one line reads as its span."""
    for node in root.walk() if root is not None else ():
        assert 0 <= node.start <= node.end <= len(text)
        if isinstance(node, Scalar) and node.style is None and node.tag is None:
            shown = text[node.start : node.end]
            if (
                shown[:1] not in ("&", "!")
                and not any(c in shown for c in "\n\r\x85\u2028\u2029")
                and "\ufffd" not in node.text
            ):
                assert shown == node.text


@few
@given(
    st.one_of(
        LINES.map("\n".join),
        st.builds(yaml, TREES, st.integers(0, 2)),
        st.binary(max_size=200).map(lambda raw: decode("a", raw)[0].text),
    )
)
def test_yaml(text: str) -> None:
    stream = read_yaml(SourceFile("a.yaml", text))
    for document in stream.documents:
        assert 0 <= document.start <= document.end <= len(text)
        verified(document.root, text)
    for problem in stream.problems:
        inside(problem.span)


@few
@given(TREES)
def test_what_is_written_in_escapes_reads_back(tree: object) -> None:
    stream = read_yaml(SourceFile("a.yaml", "a: " + yaml(tree, 2)))
    assert not [problem for problem in stream.problems if "twice" not in problem.message]
    wanted = [leaf for leaf in leaves(tree) if not any("\ud800" <= c <= "\udfff" for c in leaf)]
    found = {node.text for node in stream.documents[0].root.walk() if isinstance(node, Scalar)}  # type: ignore[union-attr]
    assert set(wanted) <= found


def leaves(tree: object) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    items = tree if isinstance(tree, list) else tree.values()  # type: ignore[attr-defined]
    return [leaf for item in items for leaf in leaves(item)]


@few
@given(st.lists(st.one_of(
    st.sampled_from(["FROM a AS b", "FROM --platform=$X a", "# syntax=x", "# escape=`", "RUN <<EOF", "EOF", "COPY --from=b a b", "ENV A=b",
                     "ARG A", 'CMD ["a"', "RUN a \\", "ONBUILD FROM x", "HEALTHCHECK NONE", "ADD http://a /", "LABEL a", "EXPOSE 1-99999999"]),
    LINES.map(" ".join)), max_size=12).map("\n".join))  # fmt: skip
def test_dockerfiles(text: str) -> None:
    dockerfile = read_dockerfile(SourceFile("Dockerfile", text))
    for problem in dockerfile.problems:
        inside(problem.span)


@few
@given(LINES.map("\n".join))
def test_environment_files(text: str) -> None:
    for problem in read_dotenv(SourceFile(".env", text)).problems:
        inside(problem.span)


@few
@given(st.lists(st.one_of(
    st.sampled_from(["[all]", "[a:children]", "[a:vars]", "node[1:3] a=b", "n[01:99:2]", "n[z:a]", "x=y ; z", "[", "a b=c d='e", "a:2222"]),
    WORDS), max_size=14).map("\n".join))  # fmt: skip
def test_inventories(text: str) -> None:
    for problem in read_ini(SourceFile("hosts.ini", text)).problems:
        inside(problem.span)


@few
@given(st.one_of(LINES.map("\n".join), st.builds(yaml, TREES)))
def test_settings_and_baselines(text: str) -> None:
    for read in (config.parse, baseline.parse):
        try:
            read(SourceFile("own.yaml", text))
        except ConfigurationError as error:
            for problem in error.problems:
                inside(problem.span)


SKELETONS: dict[str, str] = {
    "a.yaml": "apiVersion: {0}\nkind: {1}\nmetadata: {{name: {2}, labels: {3}}}\nspec: {4}\n",
    "kustomization.yaml": "resources: {0}\npatches: {1}\nconfigMapGenerator: {2}\nreplacements: {3}\nimages: {4}\n",
    "compose.yaml": "services:\n  web: {0}\n  db:\n    image: {1}\n    ports: {2}\n    depends_on: {3}\nvolumes: {4}\n",
    ".drone.yml": "kind: pipeline\ntype: {0}\nname: {1}\nsteps: {2}\ntrigger: {3}\nservices: {4}\n",
    "inventory/hosts.yaml": "all:\n  hosts: {0}\n  children:\n    kube_node: {1}\n    etcd: {2}\n    kube_control_plane: {3}\n  vars: {4}\n",
    "mesh.yaml": "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: {0}}}\nspec: {{hosts: {1}, http: [{{match: {2}, route: {3}, timeout: {4}}}]}}\n",
}  # fmt: skip


@settings(few, max_examples=60)
@given(st.sampled_from(list(SKELETONS)), st.lists(TREES, min_size=5, max_size=5), st.integers(0, 2))
def test_repositories(tmp_path: Path, name: str, trees: list[object], style: int) -> None:
    path = tmp_path / "repository" / name
    shutil.rmtree(tmp_path / "repository", ignore_errors=True)
    path.parent.mkdir(parents=True)
    path.write_bytes(SKELETONS[name].format(*(yaml(tree, style) for tree in trees)).encode("utf-8", "replace"))
    sound(check(tmp_path / "repository", Settings(select=("all",))))


def sound(report: Report) -> None:
    crashed = [finding.note for finding in report.findings if finding.rule == "repository/rule-crashed"]
    assert crashed == []
    for finding in report.findings:
        for label in finding.labels:
            inside(label.span)
        for edit in finding.fix.edits if finding.fix is not None else ():
            inside(edit.span)
    for name in ("text", "sarif", "json"):
        assert name in FORMATS
        render(name, report, Options(width=60)).encode()


CASES = sorted(path for path in (ROOT / "fixtures").glob("*/*/*") if path.is_dir())


def damaged(chance: random.Random, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.randrange(5)
    if kind == 0 and raw:
        at = chance.randrange(len(raw))
        return raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]
    if kind == 1:
        return b"\n".join(lines[:one] + lines[one + 1 :])
    if kind == 2:
        return b"\n".join(lines[:one] + [lines[one]] * 2 + lines[one:])
    if kind == 3:
        lines[one], lines[two] = lines[two], lines[one]
        return b"\n".join(lines)
    return raw[: chance.randrange(len(raw) + 1)]


@pytest.mark.parametrize("seed", range(4))
def test_mutated_fixtures(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(30):
        root = tmp_path / str(number)
        shutil.copytree(chance.choice(CASES), root, symlinks=True)
        for path in sorted(root.rglob("*")):
            if path.is_file() and chance.random() < 0.7:
                path.write_bytes(damaged(chance, path.read_bytes()))
        sound(check(root, Settings(select=("all",))))


@pytest.mark.skipif(not SUITE.is_dir(), reason="the yaml-test-suite is not at hand")
def test_the_yaml_test_suite_has_its_spans_where_they_are() -> None:
    files = [path for path in sorted(SUITE.rglob("*.yaml")) if path.is_file()]
    assert len(files) > 300
    for path in files:
        text = decode(path.name, path.read_bytes())[0].text
        for document in read_yaml(SourceFile(path.name, text)).documents:
            verified(document.root, text)


def route_match(chance: random.Random) -> str:
    """Return a match of a VirtualService out of few words, so that many of them cover others."""
    words = ("/", "/a", "/A", "/a/b", ".*", "", "*", "a", "Σ")

    def text() -> str:
        kind = chance.choice(("exact", "prefix", "regex", ""))
        return (
            f'{{{kind}: "{chance.choice(words)}"}}'
            if kind
            else chance.choice(("{}", "null", "a", "{other: a}", "'{{ a }}'"))
        )

    hosts = [f'"{chance.choice(("*", "*.a.b", "*.b", "x.a.b", "x.b"))}"' for _ in range(chance.randrange(1, 3))]
    parts = {
        "uri": text(),
        "method": text(),
        "headers": f"{{x: {text()}, {chance.choice('xy')}{chance.choice('12')}: {text()}}}",
        "withoutHeaders": f"{{{chance.choice('xy')}: {text()}}}",
        "queryParams": f"{{{chance.choice('xy')}: {text()}}}",
        "port": chance.choice(("1", "2", "null")),
        "sourceLabels": chance.choice(("{}", "{a: b}", "{a: b, c: d}")),
        "gateways": chance.choice(("[mesh]", "[g]", "[]", "[g, mesh]", "null")),
        "sniHosts": f"[{', '.join(hosts)}]",
        "destinationSubnets": chance.choice(("[a]", "[a, b]", "[]")),
        "ignoreUriCase": chance.choice(("true", "false")),
        "name": "n",
    }
    return "{" + ", ".join(f"{key}: {parts[key]}" for key in chance.sample(sorted(parts), chance.randrange(4))) + "}"


@pytest.mark.parametrize("seed", range(6))
def test_an_istio_match_that_is_not_compared_covers_nothing(tmp_path: Path, seed: int) -> None:
    """Thousands of routes are not compared one by one; what the index leaves out must not be what was looked for."""
    chance = random.Random(seed)
    routes = ", ".join(f"{{match: [{route_match(chance)}]}}" for _ in range(120))
    (tmp_path / "a.yaml").write_text(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\n"
        f"spec: {{hosts: [a], http: [{routes}]}}\n",
        encoding="utf-8",
    )
    (service,) = check(tmp_path).built.graph.subjects(VirtualService)
    earlier = Earlier(frozenset({"mesh"}))
    before: list[Mapping] = []
    covered = 0
    for route in service.root.items_at("spec", "http"):
        assert isinstance(route, Mapping)
        (match,) = matches_of(route)
        wanted = [one for one in before if covers(service, one, match)]
        found = [one for _, one in earlier.candidates(match) if covers(service, one, match)]
        assert found == wanted
        covered += len(wanted)
        earlier.add(route, match)
        before.append(match)
    assert covered > 100


# -- what the fuzzers found; each was once a hang or worse ---------------------------------------------------------------


def test_a_resource_whose_path_ends_in_no_name(tmp_path: Path) -> None:
    """The search for who writes the missing file looked for the empty text, without end."""
    (tmp_path / "kustomization.yaml").write_text(
        "resources: [nowhere/., a/..x/, '.', './/']\nnamePrefix: a-\n", encoding="utf-8"
    )
    sound(check(tmp_path))


def test_a_missing_name_in_every_word_of_a_long_line(tmp_path: Path) -> None:
    """The same search cut the line again for every word of it."""
    (tmp_path / "kustomization.yaml").write_text("resources: [deep/a]\n", encoding="utf-8")
    (tmp_path / "build.sh").write_text("a " * 300_000 + "\n", encoding="utf-8")
    sound(check(tmp_path))
