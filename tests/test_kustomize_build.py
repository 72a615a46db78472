"""The build of kustomizations: what comes out, where each value comes from, and what stops it.

``data/kustomize-builds.json`` holds small kustomizations of our own and what kustomize 5.5 builds of them: ``expected``
are numbers of documents; null where kustomize refuses the build.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from kubelint.cli import cli
from kubelint.source import SourceFile
from kubelint.systems.kustomize.build.door import Build, build
from kubelint.systems.kustomize.build.emit import data_of, quoted, to_yaml
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.files import Files
from kubelint.systems.kustomize.build.loader import Loader
from kubelint.systems.kustomize.build.pattern import matcher, whole
from kubelint.tree.dialect import GO_YAML_V3
from kubelint.tree.embedded import read_embedded
from kubelint.tree.made import MadeScalar, history
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.yaml import read_yaml

ROOT = Path(__file__).resolve().parent.parent
RECORDED = json.loads((ROOT / "tests/data/kustomize-builds.json").read_text(encoding="utf-8"))
SHARED = ROOT.parent / "shared/corpus/kustomize-cases.json"


class _Loader(yaml.SafeLoader):
    """YAML as Go reads it: dates and a lone ``=`` are text."""


_LEFT_OUT = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")
_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] not in _LEFT_OUT]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def write(root: Path, files: dict[str, Any]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict):
            path.write_bytes(base64.b64decode(content["base64"]))
        else:
            text = RECORDED["texts"][content] if isinstance(content, int) else content
            path.write_text(text, encoding="utf-8", newline="")


def built(root: Path, path: str = "", *, restricted: bool = True) -> Build:
    return build(Loader(Files(root), restricted=restricted), "" if path == "." else path)


def shown(result: Build) -> list[Any]:
    return list(yaml.load_all(to_yaml(result.roots), _Loader))


def scalars(node: Node) -> Iterator[Scalar]:
    for part in node.walk():
        if isinstance(part, Scalar):
            yield part


# -- what comes out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case["name"])
def test_builds_as_kustomize_does(case: dict[str, Any], tmp_path: Path) -> None:
    write(tmp_path, case["files"])
    if case["expected"] is None:
        with pytest.raises(BuildError) as raised:
            built(tmp_path, case["path"])
        assert raised.value.span.file.path
        return
    result = built(tmp_path, case["path"])
    assert shown(result) == [RECORDED["documents"][number] for number in case["expected"]]


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case["name"])
def test_every_value_has_a_source(case: dict[str, Any], tmp_path: Path) -> None:
    """What a file holds reads at its span as it is; what was made says by what."""
    write(tmp_path, case["files"])
    if case["expected"] is None:
        return
    for root in built(tmp_path, case["path"]).roots:
        for scalar in scalars(root):
            if not isinstance(scalar, MadeScalar):
                again = read_yaml(SourceFile("again", scalar.span.text)).documents
                if scalar.style not in ("|", ">") and again and isinstance(again[0].root, Scalar):
                    assert again[0].root.text == scalar.text
            else:
                assert scalar.by is not None or scalar.replaced is not None, scalar
                assert not isinstance(list(history(scalar))[-1], MadeScalar) or scalar.by is not None


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded cases of kustomize itself are not here")
def test_builds_the_recorded_cases_of_kustomize(tmp_path: Path) -> None:
    failed: list[str] = []
    for number, case in enumerate(json.loads(SHARED.read_text(encoding="utf-8"))):
        root = tmp_path / str(number)
        root.mkdir()
        write(root, {name.lstrip("/"): text for name, text in case["files"].items()})
        try:
            documents = shown(built(root, case["path"].strip("/"), restricted=not case["load_restrictions_none"]))
        except BuildError:
            documents = None
        wanted = (
            None if case["expect_error"] else [d for d in yaml.load_all(case["expected"], _Loader) if d is not None]
        )
        if not case["ordered"] and documents is not None and wanted is not None:
            documents, wanted = (
                sorted(docs, key=lambda d: json.dumps(d, sort_keys=True)) for docs in (documents, wanted)
            )
        if documents != wanted:
            failed.append(case["name"])
    assert failed == []


@pytest.mark.parametrize(
    "text",
    ["", "a", "yes", "1", "1.2.3", "a: b", "a #b", "- a", "*a", "&a", "'", '"', "a\nb", "a\n", "\n", "a\n\n", " a", "a ",
     "a \nb", " \n", "\ta", "é", "\u2028", "\ufeff", "\x7f", "0x1f", "12:30", "2020-01-01", "null", "~", "=", "<<", "{a",
     "%a", "@a", "`a", "!a", "|", ">", "? a", "?a", "-", "--- a", "...", "a\r\nb", "\x00", "a:", ":a", "x" * 300],
)  # fmt: skip
def test_texts_survive_the_way_out_and_back(text: str) -> None:
    source = SourceFile("x", "")
    root = Mapping(source, 0, 0, [(Scalar(source, 0, 0, "key"), MadeScalar(Scalar(source, 0, 0, ""), text))])
    assert yaml.safe_load(to_yaml([root])) == {"key": text}
    if "\n" not in text:
        assert yaml.safe_load(f"- {quoted(text)}") == [text]


# -- where it comes from -----------------------------------------------------------------------------------------------

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
spec:
  replicas: 1
  selector:
    matchLabels: {app: orders}
  template:
    metadata:
      labels: {app: orders}
    spec:
      containers:
      - name: orders
        image: orders:1.4
        envFrom:
        - configMapRef: {name: settings}
"""
BASE = "resources: [deployment.yaml]\nconfigMapGenerator:\n- name: settings\n  literals: [LOG_LEVEL=info]\n"
OVERLAY = """resources: [../base]
namePrefix: eu-
namespace: shop
commonLabels: {team: orders}
images:
- name: orders
  newTag: "1.5"
patches:
- target: {kind: Deployment}
  patch: |-
    - op: replace
      path: /spec/replicas
      value: 3
- path: memory.yaml
"""
MEMORY = """apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  template:
    spec:
      containers:
      - name: orders
        resources: {limits: {memory: 64Mi}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "base/kustomization.yaml": BASE,
            "base/deployment.yaml": DEPLOYMENT,
            "eu/kustomization.yaml": OVERLAY,
            "eu/memory.yaml": MEMORY,
        },
    )
    return tmp_path


def deployment(shop: Path) -> Mapping:
    return next(root for root in built(shop, "eu").roots if root.text_at("kind") == "Deployment")


def place(node: Node | None) -> tuple[str, int, str]:
    assert node is not None
    return node.span.file.path, node.span.line, node.span.text


CONTAINER = ("spec", "template", "spec", "containers", 0)


def test_what_nothing_changes_is_the_very_node_of_the_file(shop: Path) -> None:
    root = deployment(shop)
    node = root.at("apiVersion")
    assert not isinstance(node, MadeScalar)
    assert place(node) == ("base/deployment.yaml", 1, "apps/v1")


def test_a_prefix_leaves_the_span_at_the_name_and_tells_who_put_it_there(shop: Path) -> None:
    name = deployment(shop).at("metadata", "name")
    assert isinstance(name, MadeScalar)
    assert name.text == "eu-orders"
    assert place(name) == ("base/deployment.yaml", 4, "orders")
    assert place(name.by) == ("eu/kustomization.yaml", 2, "eu-")
    assert [node.text for node in history(name) if isinstance(node, Scalar)] == ["eu-orders", "orders"]


def test_a_patched_value_stands_in_the_patch(shop: Path) -> None:
    root = deployment(shop)
    assert place(root.at("spec", "replicas")) == ("eu/kustomization.yaml", 13, "3")
    limit = root.at(*CONTAINER, "resources", "limits", "memory")
    assert place(limit) == ("eu/memory.yaml", 9, "64Mi")


def test_other_values_stand_where_they_are_set(shop: Path) -> None:
    root = deployment(shop)
    assert place(root.at("metadata", "namespace")) == ("eu/kustomization.yaml", 3, "shop")
    assert place(root.at("metadata", "labels", "team")) == ("eu/kustomization.yaml", 4, "orders")
    assert place(root.at(*CONTAINER, "image")) == ("eu/kustomization.yaml", 7, '"1.5"')
    image = root.at(*CONTAINER, "image")
    assert isinstance(image, MadeScalar)
    assert place(image.replaced) == ("base/deployment.yaml", 15, "orders:1.4")


def test_a_reference_that_follows_a_name_stays_where_it_is_written(shop: Path) -> None:
    reference = deployment(shop).at(*CONTAINER, "envFrom", 0, "configMapRef", "name")
    assert isinstance(reference, MadeScalar)
    assert reference.text.startswith("eu-settings-")
    assert place(reference) == ("base/deployment.yaml", 17, "settings")
    assert place(reference.by) == ("base/kustomization.yaml", 3, "settings")


def test_a_generated_value_stands_in_its_literal(shop: Path) -> None:
    config_map = next(root for root in built(shop, "eu").roots if root.text_at("kind") == "ConfigMap")
    assert place(config_map.at("data", "LOG_LEVEL")) == ("base/kustomization.yaml", 4, "info")


def test_the_sources_stay_as_they_are(shop: Path) -> None:
    """The same base in two builds: neither changes what the other is made from."""
    files = Files(shop)
    first = build(Loader(files), "eu").roots
    before = [data_of(root) for root in first]
    assert [data_of(root) for root in build(Loader(files), "base").roots] != before
    assert [data_of(root) for root in first] == before
    assert [data_of(root) for root in build(Loader(files), "eu").roots] == before


# -- what is written inside of what ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ("patch: |-\n  a:\n    b: value\n", ("a", "b"), "value"),
        ("patch: |\n\n    a:\n      - x\n\n      - value\n", ("a", 1), "value"),
        ("- - patch: |2-\n        a: value\n", ("a",), "value"),
        ("patch: 'a: value'\n", ("a",), "value"),
        ("patch: |-\r\n  a:\r\n    b: value\r\n", ("a", "b"), "value"),
        ("patch: |-\n  é: 1\n  a: value\n", ("a",), "value"),
    ],
)
def test_nodes_of_an_embedded_text_lie_in_its_file(text: str, path: tuple[str | int, ...], found: str) -> None:
    root = read_yaml(SourceFile("kustomization.yaml", text)).documents[0].root
    assert root is not None
    patch = next(node for node in root.walk() if isinstance(node, Scalar) and "value" in node.text)
    inner = read_embedded(patch).documents[0].root
    assert inner is not None
    assert place(inner.at(*path))[2] == found


def test_an_embedded_text_with_escapes_has_the_place_of_the_whole() -> None:
    root = read_yaml(SourceFile("kustomization.yaml", 'patch: "a:\\n  b: 1"\n')).documents[0].root
    assert root is not None
    patch = root.scalar("patch")
    assert patch is not None
    inner = read_embedded(patch).documents[0].root
    assert inner is not None
    node = inner.at("a", "b")
    assert node is not None
    assert node.span == patch.span


def test_a_mistake_in_an_embedded_patch_is_shown_where_it_stands(tmp_path: Path) -> None:
    files = {"deployment.yaml": DEPLOYMENT}
    patch = "  - op: replace\n      path: /spec/strategy/type\n      value: Recreate\n"
    files["kustomization.yaml"] = (
        f"resources: [deployment.yaml]\npatches:\n- target: {{kind: Deployment}}\n  patch: |-\n  {patch}"
    )
    write(tmp_path, files)
    with pytest.raises(BuildError) as raised:
        built(tmp_path)
    assert place(Scalar(raised.value.span.file, raised.value.span.start, raised.value.span.end, ""))[1:] == (
        6,
        "/spec/strategy/type",
    )


# -- patterns ----------------------------------------------------------------------------------------------------------


def test_patterns_are_matched_in_linear_time_and_as_go_does() -> None:
    evil = whole("(a+)+$")
    assert evil is not None
    assert not evil("a" * 5000 + "b")
    dot, either = whole("a.c"), matcher("^x|y$")
    assert dot is not None
    assert either is not None
    assert dot("abc")
    assert not dot("abcd")
    assert either("why")
    assert whole("[") is None


# -- the command -------------------------------------------------------------------------------------------------------


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["render", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_render_finds_the_bases_without_a_marked_root(shop: Path) -> None:
    code, out, err = run(shop / "eu")
    assert (code, err) == (0, "")
    assert [document["metadata"]["name"] for document in yaml.safe_load_all(out)][-1] == "eu-orders"


def test_render_prints_json(shop: Path) -> None:
    code, out, _ = run(shop / "eu", "--format", "json", "--root", shop)
    assert code == 0
    assert [entry["kind"] for entry in json.loads(out)] == ["ConfigMap", "Deployment"]


def test_render_tells_origins(shop: Path) -> None:
    code, out, _ = run(shop / "eu", "--origin", "--root", shop)
    assert code == 0
    assert "  replicas: 3  # eu/kustomization.yaml:13:14, base/deployment.yaml:6:13\n" in out
    assert "  name: eu-orders  # base/deployment.yaml:4:9, eu/kustomization.yaml:2:13\n" in out
    assert list(yaml.safe_load_all(out))[1]["spec"]["replicas"] == 3


def test_render_names_the_place_of_an_error(shop: Path) -> None:
    (shop / "eu/memory.yaml").rename(shop / "eu/memroy.yaml")
    code, out, err = run(shop / "eu", "--root", shop)
    assert (code, out) == (1, "")
    assert err.startswith("eu/kustomization.yaml:14:9: error: there is no `eu/memory.yaml`; ")
    assert "`memroy.yaml`" in err


def test_render_keeps_to_its_root(shop: Path) -> None:
    code, _, err = run(shop / "eu", "--root", shop / "eu")
    assert code == 1
    assert "kustomization.yaml:1:13: error: `../base` lies outside of" in err


def test_render_follows_the_load_restrictor(tmp_path: Path) -> None:
    write(tmp_path, {"eu/kustomization.yaml": "resources: [../deployment.yaml]\n", "deployment.yaml": DEPLOYMENT})
    assert run(tmp_path / "eu", "--root", tmp_path)[0] == 1
    assert run(tmp_path / "eu", "--root", tmp_path, "--load-restrictor=LoadRestrictionsNone")[0] == 0


def test_render_does_not_follow_links_out_of_its_root(tmp_path: Path) -> None:
    write(tmp_path, {"secret.yaml": DEPLOYMENT, "repository/kustomization.yaml": "resources: [link.yaml]\n"})
    (tmp_path / "repository/link.yaml").symlink_to(tmp_path / "secret.yaml")
    code, out, _ = run(tmp_path / "repository", "--root", tmp_path / "repository")
    assert (code, out) == (1, "")


def test_render_says_what_it_does_not_know(tmp_path: Path) -> None:
    base = "https://github.com/example/platform//base?ref=v1"
    text = f"resources: [deployment.yaml, '{base}']\nreplicas: [{{name: elsewhere, count: 2}}]\n"
    write(tmp_path, {"kustomization.yaml": text, "deployment.yaml": DEPLOYMENT})
    code, out, err = run(tmp_path, "--root", tmp_path)
    assert code == 1
    assert "orders" in out
    assert err == f"kustomization.yaml:1:30: error: `{base}` lies on another host and is not fetched\n"


def test_a_duplicate_names_both_places(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "a.yaml": DEPLOYMENT, "b.yaml": DEPLOYMENT})
    code, _, err = run(tmp_path, "--root", tmp_path)
    assert code == 1
    assert "kustomization.yaml:1:21: error: Deployment/orders is in the build already" in err
    assert "a.yaml:4:9: note: the other one" in err


def test_a_circle_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"})
    code, _, err = run(tmp_path / "a", "--root", tmp_path)
    assert code == 1
    assert "b/kustomization.yaml:1:13: error: `../a` leads back to `a`" in err


def test_dates_are_what_kustomize_makes_of_them(tmp_path: Path) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {since: 2020-01-01}\n"
    write(tmp_path, {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": config})
    root = built(tmp_path).roots[0]
    assert data_of(root)["data"] == {"since": "2020-01-01T00:00:00Z"}
    since = root.scalar("data", "since")
    assert since is not None
    assert since.value(GO_YAML_V3) == "2020-01-01"


@pytest.mark.parametrize("text", ["- a\n", "hello\n", "a: [\n", "resources: {a: b}\n", "resource: [a.yaml]\n"])
def test_what_is_no_kustomization_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"kustomization.yaml": text})
    code, out, err = run(tmp_path, "--root", tmp_path)
    assert (code, out) == (1, "")
    assert err.startswith("kustomization.yaml:")


def test_a_base_that_is_built_on_again_and_again_is_bounded(tmp_path: Path) -> None:
    """Each level has the one below it twice: two to the power of the levels, from a few small files."""
    files = {"0/kustomization.yaml": "resources: [a.yaml]\n", "0/a.yaml": DEPLOYMENT}
    for level in range(1, 26):
        for side in ("l", "r"):
            files[f"{level}{side}/kustomization.yaml"] = f"resources: [../{level - 1 or 0}]\nnamePrefix: {side}-\n"
        files[f"{level}/kustomization.yaml"] = f"resources: [../{level}l, ../{level}r]\n"
    write(tmp_path, files)
    with pytest.raises(BuildError, match="too many steps"):
        build(Loader(Files(tmp_path), steps=2000), "25")
