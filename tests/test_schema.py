"""Validation with positions: what a person is told, and where the finger points."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from kubelint.schema import Fault, Schema, SchemaError
from kubelint.source import SourceFile
from kubelint.tree.dialect import GO_YAML_V2, GO_YAML_V3, Dialect
from kubelint.tree.node import Node
from kubelint.tree.yaml import read_yaml
from kubelint_schemas import compose, istio, kubernetes

DEPLOYMENT = kubernetes.schema("1.37", "apps/v1", "Deployment") or {}
SERVICE = kubernetes.schema("1.37", "v1", "Service") or {}
VIRTUAL_SERVICE = istio.schema("networking.istio.io/v1", "VirtualService") or {}


def tree(text: str) -> Node:
    root = read_yaml(SourceFile("test.yaml", textwrap.dedent(text).lstrip("\n"))).documents[0].root
    assert root is not None
    return root


def errors(schema: dict[str, Any], text: str, dialect: Dialect = GO_YAML_V2) -> list[SchemaError]:
    return Schema(schema).errors(tree(text), dialect)


def shown(found: list[SchemaError]) -> list[tuple[str, str, str, str]]:
    """Return what identifies an error to a reader: fault, path, place and the text at the place."""
    return [
        (error.fault.name, ".".join(map(str, error.path)), str(error.node.span), error.node.span.text)
        for error in found
    ]


def test_a_valid_document_has_no_errors() -> None:
    text = """
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec:
      ports: [{port: 80, targetPort: http}, {name: b, port: 81, targetPort: 8081}]
    """
    assert errors(SERVICE, text) == []


def test_all_errors_of_a_document_each_at_its_very_scalar() -> None:
    text = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: "3"
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
          - name: web
            imagePullPolcy: Always
            ports: [{containerPort: http}]
          restartPolicy: [Always]
    """
    assert shown(errors(DEPLOYMENT, text)) == [
        ("WRONG_TYPE", "spec.replicas", "test.yaml:6:13", '"3"'),
        (
            "UNKNOWN_FIELD",
            "spec.template.spec.containers.0.imagePullPolcy",
            "test.yaml:13:9",
            "imagePullPolcy",
        ),
        ("WRONG_TYPE", "spec.template.spec.containers.0.ports.0.containerPort", "test.yaml:14:33", "http"),
        ("WRONG_TYPE", "spec.template.spec.restartPolicy", "test.yaml:15:22", "[Always]"),
    ]


def test_an_unknown_field_names_the_near_miss_and_what_is_allowed() -> None:
    (error,) = errors(SERVICE, "{apiVersion: v1, kind: Service, spec: {selectr: {app: web}}}")
    assert error.fault is Fault.UNKNOWN_FIELD
    assert error.name == "selectr"
    assert error.candidates == ["selector"]
    assert {"clusterIP", "ports", "selector", "type"} <= set(error.allowed)
    assert error.actual == "`selectr`"
    assert error.expected.startswith("one of `allocateLoadBalancerNodePorts`, ")
    assert "in all)" in error.expected


def test_a_field_that_resembles_nothing_has_no_candidates() -> None:
    (error,) = errors(SERVICE, "{apiVersion: v1, kind: Service, spec: {wibble: 1}}")
    assert error.candidates == []


@pytest.mark.parametrize(
    ("value", "actual"),
    [
        ("true", "a boolean (`true`)"),
        ("yes", "a boolean (`yes`)"),
        ("on", "a boolean (`on`)"),
        ("8080", "an integer (`8080`)"),
        ("0o17", "an integer (`0o17`)"),
        ("1.5", "a number (`1.5`)"),
        ("[a]", "a list"),
        ("{a: b}", "a mapping"),
    ],
)
def test_an_annotation_that_yaml_does_not_read_as_text(value: str, actual: str) -> None:
    found = errors(SERVICE, f"{{apiVersion: v1, kind: Service, metadata: {{annotations: {{key: {value}}}}}}}")
    assert [(error.fault, error.expected, error.actual) for error in found] == [(Fault.WRONG_TYPE, "a string", actual)]


@pytest.mark.parametrize("value", ['"true"', "'8080'", "!!str yes", "text", "~", "null"])
def test_an_annotation_that_is_text_or_left_out(value: str) -> None:
    assert errors(SERVICE, f"{{apiVersion: v1, kind: Service, metadata: {{annotations: {{key: {value}}}}}}}") == []


def test_the_dialect_decides_what_a_plain_scalar_is() -> None:
    schema = {"type": "object", "properties": {"restart": {"type": "string"}}}
    assert len(errors(schema, "restart: no", GO_YAML_V2)) == 1
    assert errors(schema, "restart: no", GO_YAML_V3) == []


def test_an_empty_string_and_a_list_of_nothing() -> None:
    (error,) = errors({"type": "object", "properties": {"a": {"enum": [None]}}}, 'a: ""')
    assert (error.expected, error.actual) == ("nothing", "an empty string")


def test_a_long_text_is_shortened() -> None:
    (error,) = errors({"type": "object", "properties": {"a": {"type": "integer"}}}, f"a: {'x' * 300}")
    assert len(error.actual) < 60
    assert error.actual.endswith("…`)")


def test_a_missing_field_points_at_the_key_of_the_mapping_that_lacks_it() -> None:
    text = """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: reviews}
    spec:
      http:
      - route:
        - destination: {subset: v1}
    """
    (error,) = errors(VIRTUAL_SERVICE, text)
    assert shown([error]) == [("MISSING_FIELD", "spec.http.0.route.0.destination.host", "test.yaml:7:7", "destination")]
    assert (error.name, error.expected, error.actual) == ("host", "a string", "nothing")
    assert error.allowed == ("host", "port", "subset")


def test_a_missing_field_of_a_list_item_points_at_the_item() -> None:
    (error,) = errors(SERVICE, "{apiVersion: v1, kind: Service, spec: {ports: [{name: http}]}}")
    assert error.node.span.text == "{name: http}"
    assert error.path == ("spec", "ports", 0, "port")


def test_a_misspelt_required_field_is_one_error_not_two() -> None:
    (error,) = errors(SERVICE, "{apiVersion: v1, kind: Service, spec: {ports: [{prot: 80}]}}")
    assert (error.fault, error.candidates) == (Fault.UNKNOWN_FIELD, ["port"])


def test_a_required_field_left_empty_points_at_its_key() -> None:
    text = """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    spec:
      http:
      - route:
        - destination:
    """
    (error,) = errors(VIRTUAL_SERVICE, text)
    assert shown([error]) == [("WRONG_TYPE", "spec.http.0.route.0.destination", "test.yaml:6:7", "destination")]
    assert (error.expected, error.actual) == ("a mapping", "nothing")


def test_a_value_off_the_list_names_the_list_and_the_near_miss() -> None:
    schema = {"type": "object", "properties": {"type": {"enum": ["ClusterIP", "NodePort", None]}}}
    (error,) = errors(schema, "type: Clusterip")
    assert error.fault is Fault.WRONG_VALUE
    assert error.expected == "one of `ClusterIP`, `NodePort`"
    assert error.actual == "a string (`Clusterip`)"
    assert error.candidates == ["ClusterIP"]


def test_a_wrong_type_is_not_reported_as_a_wrong_value_too() -> None:
    (error,) = errors(SERVICE, "{apiVersion: 1, kind: Service}")
    assert (error.fault, error.expected) == (Fault.WRONG_TYPE, "a string")


@pytest.mark.parametrize(
    ("schema", "text", "expected"),
    [
        ({"maximum": 65535}, "a: 99999", "at most 65535"),
        ({"minimum": 1}, "a: 0", "at least 1"),
        ({"exclusiveMinimum": 0}, "a: 0", "more than 0"),
        ({"multipleOf": 5}, "a: 3", "a multiple of 5"),
        ({"minLength": 1}, 'a: ""', "at least 1 character"),
        ({"maxLength": 2}, "a: abc", "at most 2 characters"),
        ({"minItems": 1}, "a: []", "at least 1 item"),
        ({"maxProperties": 1}, "a: {b: 1, c: 2}", "at most 1 field"),
        ({"pattern": "^[a-z]+$"}, "a: A1", "a text that matches `^[a-z]+$`"),
        ({"const": "x"}, "a: y", "`x`"),
    ],
)
def test_bounds_in_words(schema: dict[str, Any], text: str, expected: str) -> None:
    (error,) = errors({"type": "object", "properties": {"a": schema}}, text)
    assert (error.fault, error.expected) == (Fault.WRONG_VALUE, expected)


def test_a_repeated_item_is_the_one_to_blame() -> None:
    found = errors({"type": "object", "properties": {"a": {"uniqueItems": True}}}, "a: [1, true, 2, 1]")
    assert shown(found) == [("WRONG_VALUE", "a.3", "test.yaml:1:17", "1")]


def test_a_key_that_is_no_name() -> None:
    (error,) = errors(compose.schema(), 'services: {"we b": {image: x}}', GO_YAML_V3)
    assert shown([error]) == [("WRONG_VALUE", "services.we b", "test.yaml:1:12", '"we b"')]
    assert error.expected == "a text that matches `^[a-zA-Z0-9._-]+$`"


def test_keys_that_look_like_numbers() -> None:
    schema = {"type": "object", "additionalProperties": {"type": "object", "required": ["mode"]}}
    (error,) = errors(schema, "8080: {}")
    assert error.path == ("8080", "mode")
    assert error.node.span.text == "8080"


def test_a_field_behind_a_merge_key_is_blamed_where_it_is_written() -> None:
    text = """
    apiVersion: v1
    kind: Service
    metadata: &base {labels: {app: 1}}
    spec: {ports: [{port: 80}]}
    status: {<<: *base}
    """
    assert shown(errors(SERVICE, text)) == [
        ("UNKNOWN_FIELD", "status.labels", "test.yaml:3:18", "labels"),
        ("WRONG_TYPE", "metadata.labels.app", "test.yaml:3:32", "1"),
    ]


# Opaque values match anything.


@pytest.mark.parametrize(
    "spec",
    [
        "{ports: '{{ .Values.ports }}'}",
        "{ports: [{port: '${PORT}'}]}",
        "{type: '{{ .Values.type }}', ports: [{port: __PORT__}]}",
        "{'{{ .Values.key }}': {port: x}}",
        "'{{ toYaml .Values.service }}'",
        "{<<: '{{ .Values.base }}', ports: [{'{{ .Values.port }}': 80}]}",
    ],
)
def test_opaque_values_are_silent(spec: str) -> None:
    assert errors(SERVICE, f"{{apiVersion: v1, kind: Service, spec: {spec}}}") == []


def test_opaque_values_hide_nothing_else() -> None:
    text = "{apiVersion: v1, kind: Service, spec: {ports: '{{ .Values.ports }}', selectr: {}, type: [a]}}"
    assert [error.name for error in errors(SERVICE, text)] == ["selectr", "type"]


def test_a_branch_that_only_an_opaque_value_stands_against_may_match() -> None:
    schema = {"anyOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}, {"type": "string"}]}
    assert errors(schema, "a: ${A}") == []
    assert len(errors(schema, "a: A")) == 1


# Alternatives: the branch that was meant.

STEP = {
    "oneOf": [
        {
            "type": "object",
            "properties": {"type": {"const": "docker"}, "image": {"type": "string"}},
            "required": ["type", "image"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"type": {"const": "exec"}, "commands": {"type": "array"}},
            "required": ["type", "commands"],
            "additionalProperties": False,
        },
        {"type": "string"},
    ]
}


def test_a_type_field_chooses_the_branch() -> None:
    found = errors(STEP, "{type: exec, comands: [], image: x}")
    assert [(error.fault, error.name, error.candidates) for error in found] == [
        (Fault.UNKNOWN_FIELD, "comands", ["commands"]),
        (Fault.UNKNOWN_FIELD, "image", []),
    ]


def test_a_type_field_with_no_branch_lists_the_types() -> None:
    (error,) = errors(STEP, "{type: dokcer, image: x}")
    assert (error.fault, error.path) == (Fault.WRONG_VALUE, ("type",))
    assert error.expected == "one of `docker`, `exec`"
    assert error.candidates == ["docker"]
    assert error.node.span.text == "dokcer"


def test_no_branch_takes_the_type() -> None:
    (error,) = errors(STEP, "[a]")
    assert (error.fault, error.expected, error.actual) == (
        Fault.WRONG_TYPE,
        "a mapping or a string",
        "a list",
    )


def test_the_branch_of_the_right_type_is_the_one_that_was_meant() -> None:
    text = "services: {web: {ports: [{target: 80, publishd: 8080}], build: {contxt: .}}}"
    found = errors(compose.schema(), text, GO_YAML_V3)
    assert [(error.name, error.candidates) for error in found] == [
        ("publishd", ["published"]),
        ("contxt", ["context"]),
    ]


def test_one_of_several_fields_is_missing() -> None:
    schema = {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    (error,) = errors(schema, "c: 1")
    assert (error.fault, error.expected, error.actual) == (
        Fault.MISSING_FIELD,
        "one of `a`, `b`",
        "none of them",
    )


def test_two_fields_of_which_only_one_may_be_there() -> None:
    text = """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    spec:
      http:
      - match: [{uri: {exact: /a, prefix: /b}}]
    """
    (error,) = errors(VIRTUAL_SERVICE, text)
    assert shown([error]) == [("WRONG_VALUE", "spec.http.0.match.0.uri.prefix", "test.yaml:5:31", "prefix")]
    assert error.expected == "only one of `exact`, `prefix`, `regex`"
    assert error.actual == "`exact` and `prefix` together"


def test_listed_values_of_all_branches() -> None:
    (error,) = errors({"oneOf": [{"const": "A"}, {"enum": ["B", "C"]}]}, "'D'")
    assert error.expected == "one of `A`, `B`, `C`"


def test_fields_that_a_failing_branch_knows_are_not_unknown() -> None:
    schema = {
        "type": "object",
        "allOf": [{"properties": {"a": {"type": "integer"}}}],
        "properties": {"b": {}},
        "unevaluatedProperties": False,
    }
    found = errors(schema, "{a: x, b: 1, c: 2}")
    assert [(error.fault, error.name) for error in found] == [
        (Fault.WRONG_TYPE, "a"),
        (Fault.UNKNOWN_FIELD, "c"),
    ]


def test_wording_is_our_own() -> None:
    web = "{ports: [[a]], build: [a], depends_on: {db: {condition: up}}, foo: 1}"
    text = f"services: {{web: {web}, x: {{image: 1}}}}"
    found = errors(compose.schema(), text, GO_YAML_V3)
    assert found
    for error in found:
        words = f"{error.expected} {error.actual}"
        assert "schemas" not in words
        assert "is not" not in words
        assert not words.endswith(".")


# Schemas from outside.


def test_kubernetes_extensions_mean_nothing_to_validation() -> None:
    schema = {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
    assert errors(schema, "[{name: a}, {name: a}]") == []


def test_a_pattern_that_needs_backtracking_is_left_out_and_said() -> None:
    schema = Schema(
        {
            "type": "object",
            "properties": {
                "a": {"pattern": "(?=x)y"},
                "b": {"type": "integer"},
                "pattern": {"type": "integer"},
            },
        }
    )
    found = schema.errors(tree("{a: z, b: z, pattern: z}"), GO_YAML_V2)
    assert [error.name for error in found] == ["b", "pattern"]
    assert schema.problem is not None


def test_fields_named_by_a_pattern_that_is_left_out_are_not_unknown() -> None:
    inner = {"patternProperties": {"(?=x)x": {}}, "additionalProperties": False, "required": ["y"]}
    schema = Schema({"type": "object", "properties": {"a": inner}})
    assert [error.name for error in schema.errors(tree("a: {x: 1}"), GO_YAML_V2)] == ["y"]


def test_a_broken_schema_finds_nothing_and_says_so() -> None:
    schema = Schema({"type": "no such type"})
    assert schema.errors(tree("a: 1"), GO_YAML_V2) == []
    assert schema.problem is not None


def test_a_good_schema_has_no_problem() -> None:
    schema = Schema(SERVICE)
    schema.errors(tree("a: 1"), GO_YAML_V2)
    assert schema.problem is None


def test_a_deep_document_is_no_error_of_the_validator() -> None:
    deep = tree("[" * 150 + "]" * 150)
    assert Schema({"type": "array"}).errors(deep, GO_YAML_V2) == []
    assert [error.expected for error in Schema({"type": "object"}).errors(deep, GO_YAML_V2)] == ["a mapping"]


@pytest.mark.parametrize("value", [".nan", ".inf", "1" * 60, "-1e400", "0x" + "f" * 40])
def test_numbers_that_json_does_not_have(value: str) -> None:
    found = errors({"type": "object", "properties": {"a": {"type": "string"}}}, f"a: {value}")
    assert [error.fault for error in found] == [Fault.WRONG_TYPE]
