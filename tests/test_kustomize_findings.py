"""What the build of kustomizations shows beside its result, as a user sees it.

``data/kustomize-refused.json`` holds kustomizations that kustomize 5.5 refuses, one mistake each, and where the finding
belongs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kubelint.check import Report, check
from kubelint.config import Settings
from kubelint.fix import edited
from kubelint.systems.kubernetes.model import Deployment
from kubelint.systems.kustomize.build.door import build
from kubelint.systems.kustomize.build.emit import to_yaml
from kubelint.systems.kustomize.build.files import Files
from kubelint.systems.kustomize.build.loader import Loader
from kubelint.tree.made import history
from kubelint.tree.node import Scalar

REFUSED = json.loads((Path(__file__).parent / "data/kustomize-refused.json").read_text(encoding="utf-8"))
ORDERS = REFUSED["shared"]["dep.yaml"]


def run(root: Path, files: dict[str, str], settings: Settings | None = None) -> Report:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    report = check(root, settings or Settings())
    assert not report.built.crashes
    return report


def found(report: Report) -> list[str]:
    return sorted(f"{one.span.file.path}:{one.span.line}:{one.span.column} {one.rule}" for one in report.findings)


def rules(report: Report) -> list[str]:
    return sorted(finding.rule for finding in report.findings)


@pytest.mark.parametrize("case", REFUSED["cases"], ids=lambda case: case["name"])
def test_what_kustomize_refuses_is_found_once_and_at_its_place(case: dict[str, Any], tmp_path: Path) -> None:
    shared = {name: REFUSED["shared"][name] for name in case["shared"]}
    assert found(run(tmp_path, shared | case["files"])) == case["findings"]
    assert case["findings"]


def test_all_mistakes_of_patches_are_found_at_once(tmp_path: Path) -> None:
    patches = """\
resources: [orders.yaml]
patches:
- target: {kind: Deployment}
  patch: |-
    - op: remove
      path: /spec/nothing
- target: {kind: Deploymnt}
  patch: |-
    - op: remove
      path: /spec/replicas
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: webb
images:
- name: ngnix
  newTag: "2"
replicas:
- name: wep
  count: 3
"""
    report = run(tmp_path, {"kustomization.yaml": patches, "orders.yaml": ORDERS})
    assert rules(report) == [
        "kustomize/failing-json-patch",
        "kustomize/unmatched-image",
        "kustomize/unmatched-patch",
        "kustomize/unmatched-patch",
        "kustomize/unmatched-replicas",
    ]


def test_an_error_of_a_base_is_one_finding_for_all_its_overlays(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [orders.yaml]\nreplicas:\n- {name: wep, count: 2}\n",
        "base/orders.yaml": ORDERS,
    } | {f"{name}/kustomization.yaml": "resources: [../base]\n" for name in ("eu", "us", "test")}
    assert found(run(tmp_path, files)) == ["base/kustomization.yaml:3:10 kustomize/unmatched-replicas"]


def test_an_entry_of_a_component_need_only_match_in_one_of_its_builds(tmp_path: Path) -> None:
    component = (
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n- {name: %s, newTag: '2'}\n"
        "patches:\n- target: {kind: Deployment, name: %s}\n  patch: |-\n    - {op: remove, path: /spec/replicas}\n"
    )
    files = {
        "mirror/kustomization.yaml": component % ("nginx", "web"),
        "orders/kustomization.yaml": "resources: [orders.yaml]\ncomponents: [../mirror]\n",
        "orders/orders.yaml": ORDERS,
        "cart/kustomization.yaml": "resources: [cart.yaml]\ncomponents: [../mirror]\n",
        "cart/cart.yaml": ORDERS.replace("name: web", "name: cart").replace("nginx", "redis"),
    }
    assert rules(run(tmp_path, files)) == []
    files["mirror/kustomization.yaml"] = component % ("ngnix", "wep")
    assert rules(run(tmp_path, files)) == ["kustomize/unmatched-image", "kustomize/unmatched-patch"]


@pytest.mark.parametrize(
    "more",
    ["- https://github.com/example/platform//web?ref=v1\n", "helmCharts:\n- name: web\n"],
)
def test_nothing_is_unmatched_where_a_part_of_the_build_is_not_known(tmp_path: Path, more: str) -> None:
    text = "resources:\n- orders.yaml\n" + more
    text += "images:\n- {name: redis, newTag: '7'}\nreplicas:\n- {name: cart, count: 2}\n"
    text += "replacements:\n- source: {kind: Secret, name: x}\n  targets:\n  - select: {kind: Deployment}\n"
    assert rules(run(tmp_path, {"kustomization.yaml": text, "orders.yaml": ORDERS})) == []


def test_a_placeholder_may_stand_for_what_is_there(tmp_path: Path) -> None:
    text = (
        "resources: [orders.yaml]\nimages:\n- {name: '${REGISTRY}/nginx', newTag: '2'}\n"
        "patches:\n- target: {kind: Deployment, name: '${APP}'}\n  patch: |-\n    - op: remove\n      path: /spec/replicas\n"
    )
    assert rules(run(tmp_path, {"kustomization.yaml": text, "orders.yaml": ORDERS})) == []


def test_every_patch_of_a_file_is_looked_at(tmp_path: Path) -> None:
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {0}\nspec: {{replicas: 2}}\n"
    files = {
        "kustomization.yaml": "resources: [orders.yaml]\npatchesStrategicMerge: [two.yaml]\n",
        "two.yaml": patch.format("weg") + "---\n" + patch.format("wec"),
        "orders.yaml": ORDERS,
    }
    assert found(run(tmp_path, files)) == [
        "two.yaml:10:9 kustomize/unmatched-patch",
        "two.yaml:4:9 kustomize/unmatched-patch",
    ]


# -- entry points ------------------------------------------------------------------------------------------------------

FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: shop
  namespace: flux-system
spec:
  interval: 10m
  path: ./base
  prune: true
  sourceRef:
    kind: GitRepository
    name: shop
"""
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://github.com/example/shop
    path: base
    targetRevision: v1.2.0
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
"""


@pytest.mark.parametrize("entry", [FLUX, ARGO], ids=["flux", "argo"])
def test_a_base_that_is_applied_by_itself_is_a_unit_of_its_own(tmp_path: Path, entry: str) -> None:
    files = {
        "base/kustomization.yaml": "resources: [orders.yaml]\n",
        "base/orders.yaml": ORDERS,
        "overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: test-\n",
    }
    assert kustomized(run(tmp_path, files)) == ["overlay"]
    assert kustomized(run(tmp_path, files | {"clusters/shop.yaml": entry})) == ["base", "overlay"]


def test_an_entry_point_of_another_repository_is_no_mistake(tmp_path: Path) -> None:
    report = run(
        tmp_path, {"clusters/shop.yaml": ARGO, "overlay/kustomization.yaml": "configMapGenerator: [{name: a}]\n"}
    )
    assert kustomized(report) == ["overlay"]
    assert report.findings == []


def kustomized(report: Report) -> list[str]:
    return sorted(unit.path for unit in report.built.graph.units if unit.kind == "kustomization")


# -- contents ----------------------------------------------------------------------------------------------------------


def test_a_base_that_is_built_twice_is_seen_as_each_of_its_builds(tmp_path: Path) -> None:
    layer = "resources: [../base]\nnamePrefix: {0}-\nimages:\n- {{name: nginx, newTag: '{0}'}}\n"
    files = {
        "base/kustomization.yaml": "resources: [orders.yaml]\n",
        "base/orders.yaml": ORDERS,
        "blue/kustomization.yaml": layer.format("blue"),
        "green/kustomization.yaml": layer.format("green"),
        "all/kustomization.yaml": "resources: [../blue, ../green]\n",
    }
    report = run(tmp_path, files)
    images = {
        item.root.text_at("spec", "template", "spec", "containers", 0, "image")
        for item in report.built.graph.subjects(Deployment)
    }
    assert images == {"nginx:blue", "nginx:green"}


def test_the_value_that_a_patch_replaced_is_at_hand(tmp_path: Path) -> None:
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n"
    run(
        tmp_path,
        {"kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n", "a.yaml": ORDERS, "p.yaml": patch},
    )
    (item,) = build(Loader(Files(tmp_path)), "").objects
    node = item.root.at("spec", "replicas")
    assert isinstance(node, Scalar)
    assert [(part.span.file.path, part.span.text) for part in history(node)] == [("p.yaml", "3"), ("a.yaml", "1")]


# -- deprecated fields -------------------------------------------------------------------------------------------------

DEPRECATED = {
    "bases beside resources": (
        "bases:\n  - ../base\n\nresources:\n- extra.yaml\nnamePrefix: a-\n",
        "\nresources:\n- extra.yaml\n- ../base\nnamePrefix: a-\n",
    ),
    "bases alone": ("bases: [../base]\n", "resources: [../base]\n"),
    "labels": (
        "resources:\n  - ../base\ncommonLabels:\n  team: shop # who\n  tier: web\n",
        (
            "resources:\n  - ../base\nlabels:\n  - includeSelectors: true\n    pairs:\n      team: shop # who\n"
            "      tier: web\n"
        ),
    ),
    "labels in braces": (
        "resources: [../base]\ncommonLabels: {team: shop}\n",
        "resources: [../base]\nlabels:\n- includeSelectors: true\n  pairs: {team: shop}\n",
    ),
    "patches": (
        (
            "resources:\n- ../base\npatchesStrategicMerge:\n- patch.yaml\n- |-\n  apiVersion: apps/v1\n  kind: Deployment\n"
            "  metadata:\n    name: web\n  spec:\n    minReadySeconds: 5\n"
        ),
        (
            "resources:\n- ../base\npatches:\n- path: patch.yaml\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n"
            "    metadata:\n      name: web\n    spec:\n      minReadySeconds: 5\n"
        ),
    ),
    "patches beside others": (
        (
            "resources: [../base]\npatches:\n  - path: patch.yaml\npatchesJson6902:\n- target:\n    version: v1\n"
            "    kind: Deployment\n    name: web\n  patch: |-\n    - op: remove\n      path: /spec/replicas\nnameSuffix: -b\n"
        ),
        (
            "resources: [../base]\npatches:\n  - path: patch.yaml\n  - target:\n      version: v1\n"
            "      kind: Deployment\n      name: web\n    patch: |-\n      - op: remove\n        path: /spec/replicas\n"
            "nameSuffix: -b\n"
        ),
    ),
}


@pytest.mark.parametrize("name", DEPRECATED)
def test_deprecated_fields_are_rewritten_without_changing_the_build(tmp_path: Path, name: str) -> None:
    before, after = DEPRECATED[name]
    files = {
        "base/kustomization.yaml": "resources: [orders.yaml]\n",
        "base/orders.yaml": ORDERS,
        "overlay/extra.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: orders\n",
        "overlay/patch.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n",
        "overlay/kustomization.yaml": before,
    }
    settings = Settings().with_changes(extend_select=("kustomize/deprecated-field",))
    report = run(tmp_path, files, settings)
    assert rules(report) == ["kustomize/deprecated-field"]
    fix = report.findings[0].fix
    assert fix is not None
    text = edited(report.findings[0].span.file, fix.edits)
    assert text == after
    first = to_yaml(build(Loader(Files(tmp_path)), "overlay").roots)
    (tmp_path / "overlay/kustomization.yaml").write_text(text, encoding="utf-8")
    assert sorted(to_yaml(build(Loader(Files(tmp_path)), "overlay").roots).split("---\n")) == sorted(
        first.split("---\n")
    )
