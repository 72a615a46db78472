"""The bundled schemas: complete, compilable, and of the same opinion as their sources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from kubelint.schema import Schema
from kubelint.source import SourceFile
from kubelint.tree.dialect import GO_YAML_V2, GO_YAML_V3
from kubelint.tree.node import Node
from kubelint.tree.yaml import read_yaml
from kubelint_schemas import compose, crds, istio, kubernetes
from kubelint_schemas.kubernetes.lifecycle import lifecycle, lifecycles
from kubelint_schemas.kubernetes.resources import authorization_only, resource, resources

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
VERSIONS = kubernetes.versions()
NEWEST = VERSIONS[-1]


def compiles(schema: dict[str, Any]) -> bool:
    jsonschema_rs.Draft202012Validator(
        schema, validate_formats=False, pattern_options=jsonschema_rs.RegexOptions(), offline=True
    )
    return True


def valid(schema: dict[str, Any] | None, data: object) -> bool:
    assert schema is not None
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=False).is_valid(data)


def roots(folder: Path) -> Iterator[Node]:
    for path in sorted(folder.rglob("*.y*ml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for document in read_yaml(SourceFile(str(path.relative_to(CORPUS)), text)).documents:
            if document.root is not None:
                yield document.root


# Kubernetes: versions and kinds.


def test_the_bundled_versions() -> None:
    assert VERSIONS[0] == "1.25"
    assert {"1.30", "1.37"} <= set(VERSIONS)
    assert list(VERSIONS) == [f"1.{minor}" for minor in range(25, 25 + len(VERSIONS))]


@pytest.mark.parametrize(
    ("target", "version"),
    [
        ("1.30", "1.30"),
        ("v1.30.4", "1.30"),
        ("1.28.9+k3s1", "1.28"),
        ("1.16", "1.25"),
        ("1.99", NEWEST),
        ("2.0", NEWEST),
    ],
)
def test_the_version_that_stands_in_for_a_target(target: str, version: str) -> None:
    assert kubernetes.nearest_version(target) == version


@pytest.mark.parametrize("target", ["", "latest", "1", "1.x", "1.30 or so"])
def test_no_version(target: str) -> None:
    with pytest.raises(ValueError, match="not a Kubernetes version"):
        kubernetes.nearest_version(target)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_kind_of_every_version_compiles(version: str) -> None:
    kinds = kubernetes.kinds(version)
    assert len(kinds) > 100
    together: dict[str, Any] = {"$defs": {}, "anyOf": []}
    for kind in kinds:
        schema = kubernetes.schema(version, *kind) or {}
        together["$defs"] |= schema["$defs"]
        together["anyOf"].append({"$ref": schema["$ref"]})
    assert compiles(together)


def test_kinds_come_and_go_with_the_versions() -> None:
    hpa = ("autoscaling/v2beta2", "HorizontalPodAutoscaler")
    assert hpa in kubernetes.kinds("1.25")
    assert hpa not in kubernetes.kinds("1.26")
    assert kubernetes.schema("1.26", *hpa) is None
    assert ("apps/v1", "Deployment") in kubernetes.kinds(NEWEST)
    assert ("v1", "PodSpec") not in kubernetes.kinds(NEWEST)


def test_fields_come_and_go_with_the_versions() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a"}], "resources": {}}}
    assert not valid(kubernetes.schema("1.31", "v1", "Pod"), pod)
    assert valid(kubernetes.schema("1.32", "v1", "Pod"), pod)


def test_how_lists_are_merged_is_kept_and_descriptions_are_not() -> None:
    schema = kubernetes.schema(NEWEST, "v1", "Pod") or {}
    containers = schema["$defs"]["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"]
    assert containers["x-kubernetes-list-map-keys"] == ["name"]
    assert containers["x-kubernetes-patch-merge-key"] == "name"
    assert containers["x-kubernetes-patch-strategy"] == "merge"
    assert "description" not in json.dumps({name: list(value) for name, value in schema["$defs"].items()})


# Kubernetes: the same verdicts as the source of the pack.

SAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "kubernetes-samples.json").read_text(encoding="utf-8")
)
"""Objects of all common kinds, sound ones and each with one kind of mistake."""


@pytest.mark.parametrize("version", [VERSIONS[0], "1.31", NEWEST])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample["kind"]))
def test_the_verdict_is_that_of_kubernetes_validate(version: str, sample: dict[str, Any]) -> None:
    try:
        kubernetes_validate.validate(sample, version, strict=True)
        expected = True
    except jsonschema.ValidationError:
        expected = False
    kind = {"poddisruptionbudget": "PodDisruptionBudget"}.get(sample["kind"], sample["kind"])
    assert valid(kubernetes.schema(version, sample["apiVersion"], kind), sample) is expected


def test_null_for_a_quantity_is_accepted_as_by_the_api_server() -> None:
    """Here the pack differs from its source, whose ``oneOf`` of two nullable types refuses null."""
    limits = {
        "apiVersion": "v1",
        "kind": "Pod",
        "spec": {"containers": [{"name": "a", "resources": {"limits": {"cpu": None}}}]},
    }
    assert valid(kubernetes.schema(NEWEST, "v1", "Pod"), limits)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample["kind"]))
def test_both_validators_find_the_same_places(sample: dict[str, Any]) -> None:
    schema = kubernetes.schema(NEWEST, sample["apiVersion"], sample["kind"])
    if schema is None:
        pytest.skip("the sample has a misspelt kind")
    fast = jsonschema_rs.Draft202012Validator(schema, validate_formats=False).iter_errors(sample)
    slow = jsonschema.Draft202012Validator(schema).iter_errors(sample)
    assert {tuple(error.instance_path) for error in fast} == {tuple(error.absolute_path) for error in slow}


# Kubernetes: lifecycle and resources.


def test_removals_everybody_met() -> None:
    ingress = lifecycle("extensions/v1beta1", "Ingress")
    assert ingress is not None
    assert (ingress.deprecated_in, ingress.removed_in) == ("1.14", "1.22")
    assert (ingress.replacement, ingress.replacement_since) == ("networking.k8s.io/v1", "1.19")
    assert any("pathType" in note for note in ingress.notes)
    deployment = lifecycle("extensions/v1beta1", "Deployment")
    assert deployment is not None
    assert (deployment.removed_in, deployment.replacement) == ("1.16", "apps/v1")
    assert any("spec.selector" in note for note in deployment.notes)
    policy = lifecycle("policy/v1beta1", "PodSecurityPolicy")
    assert policy is not None
    assert (policy.removed_in, policy.replacement) == ("1.25", None)
    assert policy.notes
    endpoints = lifecycle("v1", "Endpoints")
    assert endpoints is not None
    assert (endpoints.removed_in, endpoints.replacement_kind) == (None, "EndpointSlice")
    cron_job = lifecycle("batch/v1beta1", "CronJob")
    assert cron_job is not None
    assert (cron_job.removed_in, cron_job.notes) == ("1.25", ())
    assert lifecycle("apps/v1", "Deployment") is None


def minor(version: str) -> int:
    return int(version.partition(".")[2])


def test_what_left_the_bundled_versions_is_in_the_lifecycle() -> None:
    for old, new in pairwise(VERSIONS):
        for kind in kubernetes.kinds(old).keys() - kubernetes.kinds(new).keys():
            if kind[1].endswith("List") or kind[0] == "v1":
                continue
            entry = lifecycle(*kind)
            assert entry is not None, (old, kind)
            assert entry.removed_in == new, (old, kind)


@pytest.mark.parametrize("entry", lifecycles().values(), ids=lambda entry: f"{entry.api_version}/{entry.kind}")
def test_a_lifecycle_agrees_with_the_bundled_versions(entry: Any) -> None:
    kind = (entry.api_version, entry.kind)
    served = [version for version in VERSIONS if kind in kubernetes.kinds(version)]
    if entry.removed_in is not None:
        assert all(minor(version) < minor(entry.removed_in) for version in served)
        assert entry.deprecated_in is None or minor(entry.deprecated_in) < minor(entry.removed_in)
    if entry.replacement is not None:
        replaced = (entry.replacement, entry.replacement_kind)
        since = [version for version in VERSIONS if minor(version) >= minor(entry.replacement_since)]
        known = lifecycle(*replaced)
        assert known is not None or all(replaced in kubernetes.kinds(version) for version in since)


def test_resources() -> None:
    deployment = resource("apps/v1", "Deployment")
    assert deployment is not None
    assert (deployment.plural, deployment.namespaced) == ("deployments", True)
    assert {"scale", "status"} <= set(deployment.subresources)
    role = resource("rbac.authorization.k8s.io/v1", "ClusterRole")
    assert role is not None
    assert not role.namespaced
    ingress = resource("extensions/v1beta1", "Ingress")
    assert ingress is not None
    assert ingress.plural == "ingresses"
    assert resource("v1", "Deployment") is None
    assert any("impersonate" in entry.verbs for entry in authorization_only())


def test_every_kind_with_metadata_has_a_resource() -> None:
    apart = {"Eviction", "Scale", "TokenRequest"}  # bodies of subresources
    for version in VERSIONS:
        for api_version, kind in kubernetes.kinds(version):
            schema = kubernetes.schema(version, api_version, kind) or {}
            name = schema["$ref"].rpartition("/")[2]
            metadata = schema["$defs"][name]["properties"].get("metadata", {})
            if metadata.get("$ref", "").endswith("ObjectMeta") and kind not in apart:
                assert resource(api_version, kind) is not None, (api_version, kind)
    assert len({(entry.group, entry.plural) for entry in resources().values()}) == len(resources())


# Istio and other custom resources.

CUSTOM = [(istio, kind) for kind in istio.kinds()] + [(crds, kind) for kind in crds.kinds()]


@pytest.mark.parametrize(
    ("pack", "kind"), CUSTOM, ids=lambda value: "/".join(value) if isinstance(value, tuple) else ""
)
def test_every_custom_resource_compiles_and_has_strict_metadata(pack: Any, kind: tuple[str, str]) -> None:
    schema = pack.schema(*kind)
    assert compiles(schema)
    assert kubernetes.OBJECT_META in schema["$defs"]
    mapped = {"apiVersion": kind[0], "kind": kind[1], "metadata": {"annotations": {"a": 1}}}
    errors = Schema(schema).errors(node(mapped), GO_YAML_V2)
    assert ("metadata", "annotations", "a") in [error.path for error in errors]
    group = kind[0].rpartition("/")[0]
    assert pack.resources()[group, kind[1]].plural


def node(data: object) -> Node:
    root = read_yaml(SourceFile("test.yaml", json.dumps(data))).documents[0].root
    assert root is not None
    return root


def test_istio_serves_what_its_definitions_say() -> None:
    kinds = set(istio.kinds())
    assert len({kind for _, kind in kinds}) == 15
    assert ("networking.istio.io/v1alpha3", "VirtualService") in kinds
    assert ("networking.istio.io/v1alpha3", "EnvoyFilter") in kinds
    assert istio.schema("networking.istio.io/v1", "EnvoyFilter") is None
    assert istio.schema("networking.istio.io/v1", "VirtualServce") is None


def test_istio_schemas_are_strict_where_the_definitions_are() -> None:
    route = {"destination": {"host": "a"}}
    service = {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": "a"}}
    schema = istio.schema("networking.istio.io/v1", "VirtualService")
    assert valid(schema, {**service, "spec": {"hosts": ["a"], "http": [{"timeout": "5s", "route": [route]}]}})
    assert not valid(schema, {**service, "spec": {"hosts": ["a"], "http": [{"timout": "5s", "route": [route]}]}})
    envoy_filter = {
        "apiVersion": "networking.istio.io/v1alpha3",
        "kind": "EnvoyFilter",
        "spec": {"configPatches": [{"patch": {"operation": "MERGE", "value": {"anything": {"goes": [1]}}}}]},
    }
    assert valid(istio.schema("networking.istio.io/v1alpha3", "EnvoyFilter"), envoy_filter)


def test_null_is_dropped_from_optional_fields_of_custom_resources() -> None:
    schema = istio.schema("networking.istio.io/v1", "VirtualService")
    service = {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService"}
    match = {"uri": None, "headers": {"a": None}}
    assert valid(schema, {**service, "spec": {"http": [{"timeout": None, "match": [match]}], "tls": None}})
    assert not valid(schema, {**service, "spec": {"http": [None]}})
    assert not valid(schema, {**service, "spec": {"http": [{"route": [{"destination": None}]}]}})


def test_the_rules_of_istio_are_kept_as_data() -> None:
    rules = istio.cel_rules("AuthorizationPolicy")
    assert any(rule.path == ("spec",) and "targetRefs" in rule.rule for rule in rules)
    assert sum(len(istio.cel_rules(kind)) for kind in {kind for _, kind in istio.kinds()}) > 150
    assert istio.cel_rules("Pod") == ()


def test_scope_and_plural_of_custom_resources() -> None:
    known = crds.resources()
    assert not known["cert-manager.io", "ClusterIssuer"].namespaced
    assert known["gateway.networking.k8s.io", "BackendTLSPolicy"].plural == "backendtlspolicies"
    assert known["monitoring.coreos.com", "Prometheus"].plural == "prometheuses"
    assert "scale" in known["argoproj.io", "Rollout"].subresources
    assert istio.resources()["networking.istio.io", "Gateway"].namespaced


@pytest.mark.parametrize("folder", ["istio", "kube-prometheus"])
def test_published_custom_resources_are_accepted(folder: str) -> None:
    if not (CORPUS / folder).is_dir():
        pytest.skip(f"no corpus of {folder} here")
    checked = 0
    for root in roots(CORPUS / folder):
        kind = (root.text_at("apiVersion") or "", root.text_at("kind") or "")
        schema = istio.schema(*kind) or crds.schema(*kind) or kubernetes.schema(NEWEST, *kind)
        if schema is not None:
            checked += 1
            assert Schema(schema).errors(root, GO_YAML_V2) == [], root.span
    assert checked > 50


# CustomResourceDefinitions of the linted repository.


def definition(schema: object, **spec: object) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "spec": {
            "group": "example.com",
            "names": {"kind": "Thing", "plural": "things"},
            "scope": "Namespaced",
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}},
                {"name": "v0", "served": False, "storage": False},
            ],
            **spec,
        },
    }


def thing(**fields: object) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}, **fields}


def test_a_definition_becomes_a_strict_schema() -> None:
    found = crds.from_crd(
        definition(
            {
                "type": "object",
                "required": ["spec"],
                "properties": {
                    "spec": {
                        "type": "object",
                        "required": ["size"],
                        "properties": {
                            "size": {
                                "type": "integer",
                                "minimum": 1,
                                "exclusiveMinimum": True,
                                "description": "x",
                            },
                            "port": {
                                "x-kubernetes-int-or-string": True,
                                "anyOf": [{"type": "integer"}, {"type": "string"}],
                            },
                            "free": {
                                "type": "object",
                                "x-kubernetes-preserve-unknown-fields": True,
                                "properties": {},
                            },
                            "raw": {
                                "type": "object",
                                "x-kubernetes-embedded-resource": True,
                                "properties": {},
                            },
                            "mode": {"type": "string", "enum": ["a", "b"], "default": "a"},
                        },
                        "oneOf": [
                            {"required": ["port"]},
                            {"required": ["free"]},
                            {"not": {"required": ["port"]}},
                        ],
                    }
                },
            }
        )
    )
    assert list(found) == [("example.com/v1", "Thing")]
    schema = found["example.com/v1", "Thing"]
    assert valid(schema, thing(spec={"size": 2, "port": "http", "mode": None}))
    assert valid(schema, thing(spec={"size": 2, "raw": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}}))
    assert not valid(schema, thing(spec={"size": 1}))
    assert not valid(schema, thing(spec={"size": 2, "port": 1.5}))
    assert not valid(schema, thing(spec={"size": 2, "mode": "c"}))
    assert not valid(schema, thing(spec={"size": 2, "sise": 3}))
    assert not valid(schema, thing(spec={"size": None}))
    assert not valid(schema, thing())
    assert not valid(schema, {**thing(spec={"size": 2}), "kind": "thing"})


def test_one_of_accepts_null_where_null_is_dropped() -> None:
    branches = [{"required": ["a"]}, {"required": ["b"]}]
    choice = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "oneOf": branches,
    }
    schema = crds.from_crd(definition({"type": "object", "properties": {"choice": choice}}))["example.com/v1", "Thing"]
    assert valid(schema, thing(choice=None))
    assert valid(schema, thing(choice={"a": "x"}))
    assert not valid(schema, thing(choice={}))
    assert not valid(schema, thing(choice={"a": "x", "b": "y"}))


def test_a_definition_without_a_schema_says_nothing_about_fields() -> None:
    schema = crds.from_crd(definition({}))["example.com/v1", "Thing"]
    assert valid(schema, thing(anything={"goes": 1}))
    assert not valid(schema, thing(metadata={"nme": "a"}))


def test_old_definitions_keep_unknown_fields() -> None:
    old: dict[str, Any] = {
        "apiVersion": "apiextensions.k8s.io/v1beta1",
        "spec": {
            "group": "example.com",
            "version": "v1",
            "names": {"kind": "Thing"},
            "validation": {"openAPIV3Schema": {"properties": {"size": {"type": "integer"}}}},
        },
    }
    schema = crds.from_crd(old)["example.com/v1", "Thing"]
    assert valid(schema, thing(size=1, more=2))
    assert not valid(schema, thing(size="1"))
    old["spec"]["preserveUnknownFields"] = False
    assert not valid(crds.from_crd(old)["example.com/v1", "Thing"], thing(size=1, more=2))


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


def bomb(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": dict.fromkeys("abcdefghij", schema)}
    return schema


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"spec": None},
        {"spec": []},
        {"spec": {"group": "g", "names": {"kind": ""}}},
        {"spec": {"group": 1, "names": {"kind": "K"}}},
        {"spec": {"group": "g", "names": {"kind": "K"}, "versions": None}},
        {"spec": {"group": "g", "names": {"kind": "K"}, "versions": ["v1"]}},
        {"spec": {"group": "g", "names": {"kind": "K"}, "versions": [{"served": True}]}},
        definition([]),
        definition({"type": "strng"}),
        definition({"type": 1}),
        definition({"type": "object", "properties": ["a"]}),
        definition({"type": "object", "properties": {"a": "string"}}),
        definition({"type": "string", "minLength": -1}),
        definition({"type": "string", "maxLength": "many"}),
        definition({"type": "number", "multipleOf": 0}),
        definition({"oneOf": {"a": 1}}),
        definition({"anyOf": [1]}),
        definition({"not": 1}),
        definition({"items": [{}]}),
        definition(nested(500)),
        definition(bomb(8)),
    ],
)
def test_a_broken_definition_is_a_value_error(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=":"):
        crds.from_crd(broken)


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "object", "properties": {"a": {"type": "string", "pattern": "(?=x)("}}},
        {"type": "object", "properties": {"a": {"enum": [], "required": "a", "default": object}}},
        {"type": "object", "properties": {"a": {"$ref": "#/nowhere", "type": "string"}}},
        {"type": None, "properties": None, "oneOf": None, "not": None, "items": None, "additionalProperties": None},
        {"type": "string", "format": 3, "x-kubernetes-list-map-keys": 7, "x-kubernetes-list-type": []},
    ],
)
def test_an_odd_definition_never_breaks_validation(odd: dict[str, Any]) -> None:
    schema = Schema(crds.from_crd(definition(odd))["example.com/v1", "Thing"])
    assert not any(key.startswith("x-") for key in schema.document)
    schema.errors(node(thing(a=1)), GO_YAML_V2)


# Compose.


def test_the_compose_schema_compiles_and_holds_no_prose() -> None:
    assert compiles(compose.schema())
    assert '"description":' not in json.dumps(compose.schema()["$defs"]["service"]).replace('"description": {', "")


def test_compose_extensions_are_free_and_typos_are_not() -> None:
    good = {"x-common": {"a": 1}, "services": {"web": {"image": "a", "x-note": [1], "ports": ["80:80", 81]}}}
    assert valid(compose.schema(), good)
    assert not valid(compose.schema(), {"services": {"web": {"imgae": "a"}}})
    assert not valid(compose.schema(), {"servics": {}})


def test_published_compose_files_are_accepted() -> None:
    if not (CORPUS / "awesome-compose").is_dir():
        pytest.skip("no corpus of compose files here")
    schema = Schema(compose.schema())
    found = [root for root in roots(CORPUS / "awesome-compose") if root.mapping("services") is not None]
    assert len(found) > 30
    for root in found:
        assert schema.errors(root, GO_YAML_V3) == [], root.span
