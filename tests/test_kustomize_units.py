"""Kustomizations: which units they make, where their objects end up, and under which names they are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubelint.check import Report, check
from kubelint.config import Settings
from kubelint.graph.model import Key, Reference, Resolution, Unit
from kubelint.systems.kubernetes.model import ConfigMap, DataHolder, KubernetesObject
from kubelint.systems.kustomize.model import Kustomization, Outcome

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
spec:
  selector:
    matchLabels:
      app: orders
  template:
    metadata:
      labels:
        app: orders
    spec:
      containers:
      - name: orders
        image: registry.example.com/orders:1.4
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata:
  name: orders
spec:
  selector:
    app: orders
  ports:
  - port: 80
"""
ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: orders\n"
CLUSTER_ROLE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: orders\nrules: []\n"
BASE = "resources: [deployment.yaml, service.yaml]\n"
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"


def settings_map(name: str, keys: str = "LOG_LEVEL: info") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  {keys}\n"


def reading(config_map: str, key: str) -> str:
    """Return the Deployment with a variable that comes from a key of a ConfigMap."""
    reference = f"configMapKeyRef: {{name: {config_map}, key: {key}}}"
    return f"{DEPLOYMENT}        env:\n        - name: VALUE\n          valueFrom:\n            {reference}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return tmp_path


def run(root: Path, files: dict[str, str], settings: Settings | None = None) -> Report:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return check(root, settings)


def unit(report: Report, path: str) -> Unit:
    (found,) = [each for each in report.built.graph.units if each.kind == "kustomization" and each.path == path]
    return found


def units(report: Report) -> dict[str, str]:
    return {each.path: each.kind for each in report.built.graph.units}


def objects(of: Unit) -> set[str]:
    """Return the objects of a unit as Kind/namespace/name."""
    return {str(item) for item in of.resources if isinstance(item, KubernetesObject)}


def rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


def references(report: Report, kind: str) -> list[Reference]:
    return [reference for reference in report.built.graph.references if reference.kind == kind]


# -- units and namespaces ----------------------------------------------------------------------------------------------


def test_each_overlay_is_a_unit_with_all_objects_of_the_base_and_the_base_is_none(repository: Path) -> None:
    report = run(
        repository,
        {
            "base/kustomization.yaml": BASE,
            "base/deployment.yaml": DEPLOYMENT,
            "base/service.yaml": SERVICE,
            "overlays/dev/kustomization.yaml": "namespace: dev\nresources: [../../base]\n",
            "overlays/prod/kustomization.yaml": "namespace: prod\nresources: [../../base, account.yaml]\n",
            "overlays/prod/account.yaml": ACCOUNT,
        },
    )
    assert units(report) == {"overlays/dev": "kustomization", "overlays/prod": "kustomization"}
    assert objects(unit(report, "overlays/dev")) == {"Deployment/dev/orders", "Service/dev/orders"}
    assert objects(unit(report, "overlays/prod")) == {
        "Deployment/prod/orders",
        "Service/prod/orders",
        "ServiceAccount/prod/orders",
    }
    assert not unit(report, "overlays/dev").incomplete
    assert rules(report) == []


def test_the_outer_namespace_wins_and_cluster_scoped_objects_have_none(repository: Path) -> None:
    report = run(
        repository,
        {
            "kustomization.yaml": "namespace: outer\nresources: [inner]\n",
            "inner/kustomization.yaml": (
                "namespace: inner\nresources: [account.yaml, role.yaml]\n"
                "configMapGenerator: [{name: settings, namespace: own, literals: [A=1]}]\n"
            ),
            "inner/account.yaml": ACCOUNT,
            "inner/role.yaml": CLUSTER_ROLE,
        },
    )
    assert objects(unit(report, "")) == {
        "ServiceAccount/outer/orders",
        "ClusterRole/orders",
        "ConfigMap/outer/settings",
    }


def test_a_namespace_object_is_found_by_the_name_that_the_kustomization_gives_it(repository: Path) -> None:
    report = run(
        repository,
        {
            "kustomization.yaml": "namespace: shop\nresources: [namespace.yaml]\n",
            "namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: placeholder\n",
        },
    )
    graph = report.built.graph
    assert graph.find(Key("kubernetes", "Namespace", "", "shop"))
    assert graph.find(Key("kubernetes", "Namespace", "", "placeholder"))


def test_a_namespace_that_is_only_known_later_fits_any(repository: Path) -> None:
    report = run(
        repository,
        {
            "kustomization.yaml": "namespace: ${NAMESPACE}\nresources: [account.yaml]\n",
            "account.yaml": ACCOUNT.replace("name: orders", "name: orders\n  namespace: shop"),
        },
    )
    assert objects(unit(report, "")) == {"ServiceAccount/orders"}


def test_a_base_that_two_ways_lead_to_is_there_once_for_each_namespace(repository: Path) -> None:
    report = run(
        repository,
        {
            "base/kustomization.yaml": "resources: [account.yaml]\n",
            "base/account.yaml": ACCOUNT,
            "blue/kustomization.yaml": "namePrefix: blue-\nresources: [../base]\n",
            "green/kustomization.yaml": "namePrefix: green-\nresources: [../base]\n",
            "other/kustomization.yaml": "namespace: other\nresources: [../base]\n",
            "kustomization.yaml": "resources: [blue, green, other]\n",
        },
    )
    found = [str(item) for item in unit(report, "").resources if isinstance(item, KubernetesObject)]
    assert sorted(found) == ["ServiceAccount/orders", "ServiceAccount/other/orders"]
    graph = report.built.graph
    for name in ("orders", "blue-orders", "green-orders"):
        assert graph.find(Key("kubernetes", "ServiceAccount", "", name))
    assert rules(report) == []


def test_a_component_is_applied_to_each_kustomization_that_uses_it(repository: Path) -> None:
    report = run(
        repository,
        {
            "base/kustomization.yaml": "resources: [account.yaml]\n",
            "base/account.yaml": ACCOUNT,
            "tracing/kustomization.yaml": COMPONENT + "namespace: traced\nresources: [settings.yaml]\n",
            "tracing/settings.yaml": settings_map("tracing"),
            "dev/kustomization.yaml": "resources: [../base]\ncomponents: [../tracing]\n",
            "prod/kustomization.yaml": "resources: [../base]\ncomponents: [../tracing]\nnamespace: prod\n",
        },
    )
    assert units(report) == {"dev": "kustomization", "prod": "kustomization"}
    assert objects(unit(report, "dev")) == {"ServiceAccount/traced/orders", "ConfigMap/traced/tracing"}
    assert objects(unit(report, "prod")) == {"ServiceAccount/prod/orders", "ConfigMap/prod/tracing"}


def test_a_component_that_nobody_uses_is_an_incomplete_unit(repository: Path) -> None:
    files = {"tracing/kustomization.yaml": COMPONENT + "resources: [settings.yaml]\n"}
    report = run(repository, files | {"tracing/settings.yaml": settings_map("tracing")})
    assert unit(report, "tracing").incomplete
    assert objects(unit(report, "tracing")) == {"ConfigMap/tracing"}


def test_a_manifest_that_nobody_lists_belongs_to_its_folder_and_is_found_from_the_kustomization(
    repository: Path,
) -> None:
    report = run(
        repository,
        {
            "kustomization.yaml": "resources: [deployment.yaml]\n",
            "deployment.yaml": reading("settings", "LOG_LEVEL"),
            "settings.yaml": settings_map("settings"),
        },
    )
    assert [(each.kind, sorted(objects(each))) for each in report.built.graph.units] == [
        ("kustomization", ["Deployment/orders"]),
        ("directory", ["ConfigMap/settings"]),
    ]
    assert [reference.resolution for reference in references(report, "reads-key")] == [Resolution.RESOLVED]


def test_local_configuration_and_plugins_are_no_objects(repository: Path) -> None:
    local = settings_map("local").replace(
        "name: local", "name: local\n  annotations:\n    config.kubernetes.io/local-config: 'true'"
    )
    report = run(
        repository,
        {
            "kustomization.yaml": "resources: [local.yaml, account.yaml]\ntransformers: [prefix.yaml]\n",
            "local.yaml": local,
            "account.yaml": ACCOUNT,
            "prefix.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata:\n  name: x\nprefix: shop-\n",
            "spare.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata:\n  name: y\nprefix: shop-\n",
        },
    )
    assert units(report) == {"": "kustomization"}
    assert objects(unit(report, "")) == {"ServiceAccount/orders"}
    assert not unit(report, "").incomplete  # what the plugin does is known
    assert rules(report) == []


# -- detection ---------------------------------------------------------------------------------------------------------


def test_field_names_are_read_in_any_case(repository: Path) -> None:
    files = {"Kustomization": "Resources: [account.yaml]\nNAMESPACE: shop\n", "account.yaml": ACCOUNT}
    report = run(repository, files)
    assert objects(unit(report, "")) == {"ServiceAccount/shop/orders"}
    assert rules(report) == []


def test_an_object_of_flux_is_no_kustomization_whatever_its_file_is_called(repository: Path) -> None:
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./a}\n"
    report = run(repository, {"clusters/kustomization.yaml": flux})
    assert {document.system for document in report.built.documents} == {"kubernetes"}


def test_a_kustomization_under_another_name_is_known_but_no_root(repository: Path) -> None:
    text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [nowhere.yaml]\nimage: []\n"
    report = run(repository, {"ci/kustomization-preview.yaml": text})
    assert [document.kind for document in report.built.documents] == [
        "Kustomization under a name that kustomize does not read"
    ]
    assert units(report) == {}
    assert rules(report) == ["kustomize/unknown-field"]


@pytest.mark.parametrize("text", ["resources: [\n", "{{ if .Values.x }}\nresources: []\n{{ end }}\n"])
def test_a_kustomization_that_cannot_be_read_leaves_its_unit_open(repository: Path, text: str) -> None:
    report = run(repository, {"app/kustomization.yaml": text, "kustomization.yaml": "resources: [app]\n"})
    assert unit(report, "").incomplete
    assert not [rule for rule in rules(report) if rule.startswith("kustomize/")]


# -- generators --------------------------------------------------------------------------------------------------------


def test_a_generated_map_has_the_keys_of_literals_files_and_env_files_at_their_places(repository: Path) -> None:
    report = run(
        repository,
        {
            "kustomization.yaml": (
                "configMapGenerator:\n- name: settings\n  envs: [app.env]\n  literals:\n  - LOG_LEVEL=debug\n"
                "  files:\n  - conf/app.ini\n  - other.ini=conf/app.ini\n"
            ),
            "app.env": "# comment\n  REGION=eu\n",
            "conf/app.ini": "[a]\n",
        },
    )
    (item,) = report.built.graph.subjects(ConfigMap)
    assert item.key == Key("kubernetes", "ConfigMap", "", "settings")
    assert str(item.span) == "kustomization.yaml:2:9"
    assert {name: (str(key.span), key.span.text) for name, key in item.keys.items()} == {
        "REGION": ("app.env:2:3", "REGION"),
        "LOG_LEVEL": ("kustomization.yaml:5:5", "LOG_LEVEL"),
        "app.ini": ("kustomization.yaml:7:10", "app.ini"),
        "other.ini": ("kustomization.yaml:8:5", "other.ini"),
    }
    assert item.keys_known
    assert item.kind == "ConfigMap"
    assert rules(report) == []


def test_a_key_is_resolved_against_the_generator_and_a_near_one_is_found(repository: Path) -> None:
    generator = "configMapGenerator:\n- name: settings\n  literals:\n  - LOG_LEVEL=debug\n"
    report = run(
        repository,
        {
            "kustomization.yaml": "resources: [deployment.yaml]\n" + generator,
            "deployment.yaml": reading("settings", "LOG_LEVLE"),
        },
    )
    (finding,) = report.findings
    assert finding.rule == "kubernetes/key-not-found"
    assert [str(label.span) for label in finding.related] == ["kustomization.yaml:5:5"]


@pytest.mark.parametrize(
    "source", ["files: [secret/password]", "envs: [secret.env]", "literals: ['${ALL}']", "files: ['${NAME}.txt']"]
)
def test_keys_are_unknown_where_a_source_is(repository: Path, source: str) -> None:
    report = run(
        repository,
        {
            "kustomization.yaml": (
                f"resources: [deployment.yaml]\nsecretGenerator:\n- name: settings\n  {source}\n"
                "configMapGenerator:\n- name: settings\n  literals: [OTHER=1]\n"
            ),
            "deployment.yaml": reading("settings", "TOKEN").replace("configMapKeyRef", "secretKeyRef"),
        },
    )
    (secret,) = [item for item in report.built.graph.subjects(DataHolder) if item.kind == "Secret"]
    # A file that is not there still says which key it would be.
    assert secret.keys_known == (source == "files: [secret/password]")
    if not secret.keys_known:
        assert [reference.resolution for reference in references(report, "reads-key")] == [Resolution.UNKNOWN]


def test_a_generator_that_merges_adds_its_keys_to_the_one_of_the_base(repository: Path) -> None:
    files = {
        "base/kustomization.yaml": (
            "resources: [deployment.yaml]\nconfigMapGenerator: [{name: settings, literals: [A=1]}]\n"
        ),
        "base/deployment.yaml": reading("settings", "TOKEN"),
        "merging/kustomization.yaml": (
            "resources: [../base]\nconfigMapGenerator: [{name: settings, behavior: merge, literals: [TOKEN=1]}]\n"
        ),
        "replacing/kustomization.yaml": (
            "resources: [../base]\nconfigMapGenerator: [{name: settings, behavior: replace, literals: [TOKENS=1]}]\n"
        ),
    }
    report = run(repository, files)
    keys = {item.unit.path: set(item.keys) for item in report.built.graph.subjects(ConfigMap)}
    assert keys == {"merging": {"A", "TOKEN"}, "replacing": {"TOKENS"}}
    (finding,) = report.findings
    assert finding.rule == "kubernetes/key-not-found"
    assert str(finding.related[0].span).startswith("replacing/kustomization.yaml")


def test_a_generator_may_merge_into_a_plain_object(repository: Path) -> None:
    report = run(
        repository,
        {
            "kustomization.yaml": (
                "resources: [deployment.yaml, settings.yaml]\n"
                "configMapGenerator: [{name: settings, behavior: merge, literals: [TOKEN=1]}]\n"
            ),
            "deployment.yaml": reading("settings", "TOKEN"),
            "settings.yaml": settings_map("settings"),
        },
    )
    assert [reference.resolution for reference in references(report, "reads-key")] == [Resolution.RESOLVED]
    assert len(report.built.graph.subjects(ConfigMap)) == 1


def test_values_of_generators_are_text_whatever_they_look_like(repository: Path) -> None:
    generator = "configMapGenerator:\n- name: settings\n  envs: [app.env]\n  literals: [ON=true, PORT=8080]\n"
    report = run(repository, {"kustomization.yaml": generator, "app.env": "COUNT=3\nEMPTY\n"})
    assert rules(report) == []


# -- names -------------------------------------------------------------------------------------------------------------


def test_both_the_written_and_the_prefixed_name_resolve(repository: Path) -> None:
    report = run(
        repository,
        {
            "base/kustomization.yaml": "nameSuffix: -v1\nresources: [settings.yaml, a.yaml]\n",
            "base/settings.yaml": settings_map("settings"),
            "base/a.yaml": reading("settings", "LOG_LEVEL"),
            "prod/kustomization.yaml": "namePrefix: prod-\nresources: [../base, b.yaml]\n",
            "prod/b.yaml": reading("prod-settings-v1", "LOG_LEVEL").replace("name: orders", "name: billing", 1),
        },
    )
    reads = references(report, "reads")
    assert {(reference.wanted.name, reference.resolution) for reference in reads} == {
        ("settings", Resolution.RESOLVED),
        ("prod-settings-v1", Resolution.RESOLVED),
    }
    assert {target.owner for reference in reads for target in reference.targets} == set(
        report.built.graph.subjects(ConfigMap)
    )


@pytest.mark.parametrize(
    "labels",
    [
        "commonLabels:\n  env: prod\n",
        "labels:\n- pairs:\n    env: prod\n  includeSelectors: true\n",
        "labels:\n- pairs:\n    env: prod\n  includeTemplates: true\n",
    ],
)
def test_a_selector_may_ask_for_a_label_that_a_kustomization_adds_to_pods(repository: Path, labels: str) -> None:
    report = run(
        repository,
        {
            "kustomization.yaml": "resources: [deployment.yaml, service.yaml]\n" + labels,
            "deployment.yaml": DEPLOYMENT,
            "service.yaml": SERVICE.replace("    app: orders", "    app: orders\n    env: prod"),
        },
    )
    (reference,) = references(report, "selects")
    assert reference.resolution is Resolution.RESOLVED
    assert not unit(report, "").incomplete


def test_a_label_that_pods_do_not_get_is_no_answer_to_a_selector(repository: Path) -> None:
    report = run(
        repository,
        {
            "kustomization.yaml": "resources: [deployment.yaml, service.yaml]\nlabels:\n- pairs:\n    env: prod\n",
            "deployment.yaml": DEPLOYMENT,
            "service.yaml": SERVICE.replace("    app: orders", "    app: orders\n    env: prod"),
        },
    )
    assert rules(report) == ["kubernetes/service-selects-nothing"]


def test_a_selector_that_labels_make_is_not_missing(repository: Path) -> None:
    deployment = DEPLOYMENT.replace("  selector:\n    matchLabels:\n      app: orders\n", "")
    files = {"kustomization.yaml": "resources: [d.yaml]\ncommonLabels: {app: orders}\n", "d.yaml": deployment}
    assert rules(run(repository, files)) == []


# -- what is not known -------------------------------------------------------------------------------------------------

NEAR_MISS = {
    "deployment.yaml": reading("setings", "LOG_LEVEL"),
    "settings.yaml": settings_map("settings"),
}
KUSTOMIZATION = "resources: [deployment.yaml, settings.yaml]\n"


def test_a_near_miss_is_found_in_a_complete_unit(repository: Path) -> None:
    assert rules(run(repository, {"kustomization.yaml": KUSTOMIZATION} | NEAR_MISS)) == [
        "kubernetes/config-map-not-found"
    ]


@pytest.mark.parametrize(
    "more",
    [
        "bases: [github.com/example/platform//base?ref=v1]\n",
        "bases: [../../elsewhere]\n",
        "bases: ['${BASE}']\n",
        "helmCharts: [{name: redis}]\n",
        "generators: ['{apiVersion: example.com/v1, kind: Generator, metadata: {name: x}}']\n",
        "components: [https://example.com/components//tracing]\n",
        "namePrefix: ${PREFIX}-\n",
        "patches: [{path: https://example.com/patch.yaml}]\n",
    ],
)
def test_nothing_is_called_missing_where_a_part_is_not_known(repository: Path, more: str) -> None:
    report = run(repository, {"kustomization.yaml": KUSTOMIZATION + more} | NEAR_MISS)
    assert unit(report, "").incomplete
    assert rules(report) == []


@pytest.mark.parametrize(
    "more",
    [
        "images: [{name: registry.example.com/orders, newTag: '1.5'}]\n",
        "replicas: [{name: orders, count: 2}]\n",
        "commonAnnotations: {team: shop}\n",
        'patches: [{target: {kind: Deployment}, patch: \'[{"op": "add", "path": "/spec/replicas", "value": 2}]\'}]\n',
        "patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {A: b}}'}]\n",
        "patches: [{path: patch.yaml}]\n",
        "patchesStrategicMerge: [patch.yaml]\n",
        "transformers: ['{apiVersion: builtin, kind: AnnotationsTransformer, metadata: {name: x}}']\n",
    ],
)
def test_what_the_build_knows_leaves_the_unit_complete(repository: Path, more: str) -> None:
    patch = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: orders\nspec:\n  replicas: 2\n  template:\n"
        "    spec:\n      containers:\n      - name: orders\n        image: x:2\n        resources: {limits: {}}\n"
    )
    report = run(repository, {"kustomization.yaml": KUSTOMIZATION + more, "patch.yaml": patch} | NEAR_MISS)
    assert rules(report) == ["kubernetes/config-map-not-found"]


def test_what_lies_elsewhere_is_counted(repository: Path) -> None:
    report = run(
        repository, {"kustomization.yaml": "resources: [https://example.com/all.yaml]\nhelmCharts: [{name: a}]\n"}
    )
    assert report.coverage.unresolved == 2


def test_patches_are_no_objects_whether_used_or_not(repository: Path) -> None:
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: orders\nspec:\n  replicas: 2\n"
    report = run(
        repository,
        {
            "kustomization.yaml": (
                "resources: [deployment.yaml]\npatches:\n- path: used.yaml\n#- path: webhook.yaml\n- half.yaml\n"
            ),
            "deployment.yaml": DEPLOYMENT,
            "used.yaml": patch,
            "half.yaml": patch,
            "webhook.yaml": patch.replace("orders", "manager"),
            "patches/cainjection.yaml": patch.replace("orders", "manager"),
            "partial.yaml": patch,
        },
    )
    assert units(report) == {"": "kustomization"}
    assert objects(unit(report, "")) == {"Deployment/orders"}
    assert rules(report) == ["kustomize/wrong-type"]


# -- files -------------------------------------------------------------------------------------------------------------


def test_what_a_kustomization_names_is_in_the_graph(repository: Path) -> None:
    report = run(
        repository,
        {
            "base/kustomization.yaml": "resources: [account.yaml]\n",
            "base/account.yaml": ACCOUNT,
            "kustomization.yaml": "resources: [base]\nconfigMapGenerator: [{name: ca, files: [ca.pem]}]\n",
            "ca.pem": "-----BEGIN CERTIFICATE-----\n",
        },
    )
    graph = report.built.graph
    assert [str(reference.target) for reference in references(report, "includes")] == [
        "File/base/account.yaml",
        "Kustomization/base",
    ]
    assert [str(reference.target) for reference in references(report, "reads")] == ["File/ca.pem"]
    (base,) = [item for item in graph.subjects(Kustomization) if item.directory == "base"]
    assert [str(reference.span) for reference in graph.incoming(base, "includes")] == ["kustomization.yaml:1:13"]


def test_secrets_that_git_ignores_are_not_missing(repository: Path) -> None:
    files = {
        "kustomization.yaml": (
            "secretGenerator: [{name: a, files: [secret/pasword]}]\n"
            "configMapGenerator: [{name: b, envs: [local.env]}]\n"
        ),
        "secret/password": "x",
        ".gitignore": "pasword\n/local.env\n",
    }
    report = run(repository, files)
    assert rules(report) == []
    (kustomization,) = report.built.graph.subjects(Kustomization)
    assert [use.outcome for use in kustomization.uses] == [Outcome.ABSENT, Outcome.ABSENT]


def test_a_folder_behind_a_link_is_followed_inside_the_repository_only(repository: Path, tmp_path: Path) -> None:
    files = {"apps/kustomization.yaml": "resources: [shared]\n", "shared/kustomization.yaml": "resources: [a.yaml]\n"}
    (repository / "apps").mkdir()
    (repository / "apps" / "shared").symlink_to(repository / "shared")
    report = run(repository, files | {"shared/a.yaml": ACCOUNT})
    assert units(report) == {"apps": "kustomization"}
    assert objects(unit(report, "apps")) == {"ServiceAccount/orders"}


# -- hostile trees -----------------------------------------------------------------------------------------------------


def test_a_circle_is_reported_once_and_its_objects_are_still_there(repository: Path) -> None:
    report = run(
        repository,
        {
            "a/kustomization.yaml": "resources: [../b, account.yaml]\n",
            "a/account.yaml": ACCOUNT,
            "b/kustomization.yaml": "resources: [../a, settings.yaml]\n",
            "b/settings.yaml": settings_map("settings"),
        },
    )
    assert rules(report) == ["kustomize/cycle"]
    assert units(report) == {"a": "kustomization"}
    assert objects(unit(report, "a")) == {"ServiceAccount/orders", "ConfigMap/settings"}


def test_a_chain_of_kustomizations_is_followed_down_to_a_bound(repository: Path) -> None:
    files = {f"k{number}/kustomization.yaml": f"resources: [../k{number + 1}]\n" for number in range(300)}
    report = run(repository, files | {"k300/kustomization.yaml": "resources: []\n"})
    assert unit(report, "k0").incomplete
    assert "repository/bound-reached" in rules(report)


def test_branching_without_end_is_cut_off(repository: Path) -> None:
    files = {"k40/kustomization.yaml": "resources: [account.yaml]\n", "k40/account.yaml": ACCOUNT}
    for number in range(40):
        for side in "ab":
            files[f"{side}{number}/kustomization.yaml"] = f"namePrefix: {side}-\nresources: [../k{number + 1}]\n"
        files[f"k{number}/kustomization.yaml"] = f"resources: [../a{number}, ../b{number}]\n"
    report = run(repository, files)
    assert unit(report, "k0").incomplete
    assert "repository/bound-reached" in rules(report)


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "text\n",
        "resources: {a: b}\n",
        "resources: [[a], {b: c}, null, '', 1]\n",
        "patches: [null, [], 1, {path: [], patch: {}, target: 1}]\npatchesStrategicMerge: [{}, null]\n",
        "configMapGenerator: {name: x}\nsecretGenerator: [null, 1, {name: [x], literals: {a: b}, files: [null, {}]}]\n",
        "labels: [{pairs: [a]}, null]\ncommonLabels: [a]\nnamespace: {a: b}\nnamePrefix: [x]\n",
        "images: x\nreplacements: [{path: {}}, x]\nopenapi: []\nhelmCharts: [null, x]\ncomponents: x\n",
        "configMapGenerator: [{name: x, envs: ['/etc/passwd', '../../../etc/passwd'], files: [/etc/passwd]}]\n",
    ],
)
def test_no_content_makes_it_crash(repository: Path, text: str) -> None:
    report = run(repository, {"kustomization.yaml": text, "account.yaml": ACCOUNT})
    assert "repository/rule-crashed" not in rules(report)


# -- what is built -----------------------------------------------------------------------------------------------------


def test_objects_hold_what_patches_and_transformers_have_made_of_them(repository: Path) -> None:
    overlay = """resources: [../base]
namePrefix: prod-
images: [{name: registry.example.com/orders, newTag: '2'}]
patches:
- target: {kind: Deployment}
  patch: |-
    - {op: replace, path: /spec/template/spec/containers/0/name, value: api}
"""
    report = run(
        repository,
        {
            "base/kustomization.yaml": "resources: [deployment.yaml]\n",
            "base/deployment.yaml": DEPLOYMENT,
            "prod/kustomization.yaml": overlay,
        },
    )
    (item,) = (one for one in unit(report, "prod").resources if isinstance(one, KubernetesObject))
    container = item.root.at("spec", "template", "spec", "containers", 0)
    assert container is not None
    assert container.text_at("image") == "registry.example.com/orders:2"
    assert container.text_at("name") == "api"
    image = container.at("image")
    assert image is not None
    assert str(image.span).startswith("prod/kustomization.yaml:3:")
    assert str(item.key) == "Deployment/orders"


def test_what_a_patch_deletes_is_not_there(repository: Path) -> None:
    patch = "{$patch: delete, apiVersion: v1, kind: ServiceAccount, metadata: {name: orders}}"
    files = {
        "base/kustomization.yaml": "resources: [deployment.yaml, account.yaml]\n",
        "base/deployment.yaml": DEPLOYMENT,
        "base/account.yaml": ACCOUNT,
        "prod/kustomization.yaml": f"resources: [../base]\npatches: [{{patch: '{patch}'}}]\n",
    }
    assert objects(unit(run(repository, files), "prod")) == {"Deployment/orders"}


def test_a_finding_in_a_base_names_the_overlays_in_which_it_holds(repository: Path) -> None:
    """One overlay mends with a patch what the base has wrong; the others do not."""
    wrong = DEPLOYMENT.replace("  selector:\n", "  replicas: two\n  selector:\n", 1)
    files = {"base/kustomization.yaml": "resources: [deployment.yaml]\n", "base/deployment.yaml": wrong}
    for name in ("dev", "stage"):
        files[f"{name}/kustomization.yaml"] = f"resources: [../base]\nnamePrefix: {name}-\n"
    mended = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: orders}, spec: {replicas: 2}}"
    files["prod/kustomization.yaml"] = f"resources: [../base]\npatches: [{{patch: '{mended}'}}]\n"
    (finding,) = run(repository, files).findings
    assert finding.rule == "kubernetes/wrong-type"
    assert str(finding.span) == "base/deployment.yaml:7:13"
    assert finding.holds_in == ("dev", "stage")


def test_a_mistake_in_a_patch_is_reported_in_the_patch(repository: Path) -> None:
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: orders\nspec:\n  replicas: two\n"
    files = {
        "base/kustomization.yaml": "resources: [deployment.yaml]\n",
        "base/deployment.yaml": DEPLOYMENT,
        "prod/kustomization.yaml": "resources: [../base]\npatches: [{path: replicas.yaml}]\n",
        "prod/replicas.yaml": patch,
    }
    (finding,) = run(repository, files).findings
    assert finding.rule == "kubernetes/wrong-type"
    assert str(finding.span) == "prod/replicas.yaml:6:13"
    assert finding.holds_in == ()
