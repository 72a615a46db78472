"""What Istio refuses in one object: the CEL rules of its definitions as code, names, expressions, effective settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.source import SourceFile
from kubelint.systems.istio.fields.cel import CHECKS, DURATION
from kubelint.systems.istio.fields.names import host_fault
from kubelint.systems.istio.fields.regex import regex_fault
from kubelint.systems.istio.protocols import by_name, service_protocol
from kubelint.tree.node import Node
from kubelint.tree.yaml import read_yaml
from kubelint_schemas.istio import cel_rules, kinds

NETWORKING, SECURITY = "networking.istio.io/v1", "security.istio.io/v1"
EXTENSIONS, TELEMETRY = "extensions.istio.io/v1alpha1", "telemetry.istio.io/v1"


def node(text: str) -> Node:
    root = read_yaml(SourceFile("a.yaml", text)).documents[0].root
    assert root is not None
    return root


def found(folder: Path, api_version: str, kind: str, spec: str) -> set[str]:
    text = f"apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: example\nspec: {spec}\n"
    (folder / "object.yaml").write_text(text, encoding="utf-8")
    return {finding.rule for finding in check(folder).findings}


def test_every_cel_rule_of_the_definitions_is_known() -> None:
    texts = {rule.rule for _, kind in kinds() for rule in cel_rules(kind)}
    assert texts == {*CHECKS, DURATION}


TWO_CREDENTIALS = """{selector: {app: a}, servers: [{port: {number: 443, name: a, protocol: HTTPS}, hosts: [a.example],
  tls: {mode: SIMPLE, credentialName: a, credentialNames: [b]}}]}"""
REFUSED = [
    (SECURITY, "AuthorizationPolicy", '{selector: {matchLabels: {"app": "a*"}}}', "wrong-value"),
    (SECURITY, "AuthorizationPolicy", '{selector: {matchLabels: {"a*": "app"}}}', "wrong-value"),
    (SECURITY, "AuthorizationPolicy", '{selector: {matchLabels: {"": "app"}}}', "wrong-value"),
    (SECURITY, "AuthorizationPolicy",
     '{targetRefs: [{kind: Service, group: "", name: a, namespace: b}]}', "wrong-value"),
    (SECURITY, "AuthorizationPolicy",
     '{selector: {matchLabels: {app: a}}, targetRefs: [{kind: Service, group: "", name: a}]}', "exclusive-fields"),
    (SECURITY, "AuthorizationPolicy",
     '{rules: [{from: [{source: {serviceAccounts: ["a"], namespaces: ["b"]}}]}]}', "exclusive-fields"),
    (SECURITY, "PeerAuthentication", "{portLevelMtls: {8080: {mode: STRICT}}}", "missing-field"),
    (SECURITY, "PeerAuthentication",
     "{selector: {matchLabels: {app: a}}, portLevelMtls: {80808: {mode: STRICT}}}", "wrong-value"),
    (SECURITY, "RequestAuthentication", "{jwtRules: [{issuer: a, jwksUri: a.example.com}]}", "wrong-value"),
    (SECURITY, "RequestAuthentication",
     "{jwtRules: [{issuer: a, jwksUri: https://a.example.com, jwks: '{\"keys\": []}'}]}", "exclusive-fields"),
    (NETWORKING, "ServiceEntry", '{hosts: ["*"], ports: [{number: 80, name: http, protocol: HTTP}]}', "malformed-host"),
    (NETWORKING, "ServiceEntry",
     "{hosts: [a.example], ports: [{number: 80, name: a}, {number: 80, name: b}]}", "duplicate-entry"),
    (NETWORKING, "ServiceEntry", "{hosts: [a.example], addresses: [10.0.0.0/8], resolution: DNS}", "wrong-value"),
    (NETWORKING, "ServiceEntry", "{hosts: [a.example], endpoints: [{address: 192.0.2.1}]}", "exclusive-fields"),
    (NETWORKING, "ServiceEntry",
     "{hosts: [a.example], resolution: DNS_ROUND_ROBIN, endpoints: [{address: a.example}, {address: b.example}]}",
     "wrong-value"),
    (NETWORKING, "ServiceEntry",
     "{hosts: [a.example], resolution: STATIC, workloadSelector: {labels: {app: a}}, endpoints: [{address: 192.0.2.1}]}",
     "exclusive-fields"),
    (NETWORKING, "ServiceEntry", "{hosts: [a.example], resolution: STATIC, endpoints: [{weight: 1}]}", "missing-field"),
    (NETWORKING, "WorkloadEntry", "{labels: {app: a}}", "missing-field"),
    (NETWORKING, "WorkloadEntry", "{address: 'unix:///a', ports: {http: 80}}", "exclusive-fields"),
    (NETWORKING, "WorkloadEntry", "{address: 'unix://a'}", "wrong-value"),
    (NETWORKING, "WorkloadEntry", "{address: 'unix:///a/'}", "wrong-value"),
    (NETWORKING, "WorkloadEntry", "{address: 192.0.2.1, ports: {http_1: 80}}", "wrong-value"),
    (NETWORKING, "WorkloadEntry", "{address: 192.0.2.1, ports: {http: 0}}", "wrong-value"),
    (NETWORKING, "WorkloadGroup", "{template: {}, probe: {httpGet: {port: 80, scheme: http}}}", "wrong-value"),
    (NETWORKING, "WorkloadGroup", "{template: {}, probe: {tcpSocket: {port: 70000}}}", "wrong-value"),
    (NETWORKING, "Gateway",
     TWO_CREDENTIALS, "exclusive-fields"),
    ("networking.istio.io/v1alpha3", "EnvoyFilter",
     "{configPatches: [{applyTo: CLUSTER, match: {waypoint: {portNumber: 80}}, patch: {operation: MERGE, value: {}}}]}",
     "exclusive-fields"),
    (TELEMETRY, "Telemetry",
     "{metrics: [{overrides: [{tagOverrides: {a: {operation: UPSERT}}}]}]}", "missing-field"),
    (TELEMETRY, "Telemetry",
     "{metrics: [{overrides: [{tagOverrides: {a: {operation: REMOVE, value: b}}}]}]}", "exclusive-fields"),
    (EXTENSIONS, "WasmPlugin", "{url: 'ftp://a.example/b'}", "wrong-value"),
    (EXTENSIONS, "WasmPlugin", "{url: a, vmConfig: {env: [{name: a, valueFrom: HOST, value: b}]}}", "exclusive-fields"),
    (EXTENSIONS, "TrafficExtension", "{phase: AUTHN}", "missing-field"),
]  # fmt: skip


@pytest.mark.parametrize(("api_version", "kind", "spec", "rule"), REFUSED)
def test_what_the_definitions_refuse_is_found(
    tmp_path: Path, api_version: str, kind: str, spec: str, rule: str
) -> None:
    assert f"istio/{rule}" in found(tmp_path, api_version, kind, spec)


TAKEN = [
    (SECURITY, "AuthorizationPolicy", "{}"),
    (
        SECURITY,
        "AuthorizationPolicy",
        "{targetRefs: [{kind: GatewayClass, group: gateway.networking.k8s.io, name: a}]}",
    ),
    (NETWORKING, "ServiceEntry", "{hosts: [a.example], addresses: [10.0.0.0/8], resolution: NONE}"),
    (NETWORKING, "WorkloadEntry", "{network: vm}"),
    (NETWORKING, "WorkloadEntry", '{address: "2001:db8::1", ports: {http: 80}}'),
    (NETWORKING, "WorkloadGroup", "{template: {serviceAccount: default}}"),
    (EXTENSIONS, "WasmPlugin", "{url: 'registry.example.com:5000/a:1'}"),
    (EXTENSIONS, "WasmPlugin", "{url: '${PLUGIN}'}"),
    (TELEMETRY, "Telemetry", "{metrics: [{overrides: [{tagOverrides: {a: {value: b}}}]}]}"),
]


@pytest.mark.parametrize(("api_version", "kind", "spec"), TAKEN)
def test_what_the_definitions_take_is_silent(tmp_path: Path, api_version: str, kind: str, spec: str) -> None:
    assert found(tmp_path, api_version, kind, spec) == set()


@pytest.mark.parametrize("text", ["reviews", "*.example.com", "*-eu.example.com", "*", "a.example.", "A.Example.com"])
def test_hosts_that_istio_takes(text: str) -> None:
    assert host_fault(text) is None


@pytest.mark.parametrize("text", ["", "a..b", "a.*.b", "a_b.example", "http://a", "192.0.2.1", "a:80", "-a", "x" * 256])
def test_hosts_that_istio_refuses(text: str) -> None:
    assert host_fault(text) is not None


@pytest.mark.parametrize(
    "text", [".*", "a{2,3}", "[^]]+", "(?i)a", "(?P<n>a)", r"\d+\.\pL", "a|b", "^(a(b)?)+$", "x{,3}", r"\Q(\E", "a*?"]
)
def test_expressions_that_re2_reads(text: str) -> None:
    assert regex_fault(text) is None


@pytest.mark.parametrize(
    "text", ["*", "a**", "(a", "a)", "[a", "(?=a)", "(?<!a)", r"(a)\1", "a++", "(?>a)", "a{1001}", "\\", "a" * 1025]
)
def test_expressions_that_re2_refuses(text: str) -> None:
    assert regex_fault(text) is not None


@pytest.mark.parametrize(
    ("port", "protocol"),
    [
        ("{port: 80, name: http-web}", "http"),
        ("{port: 80, name: HTTP2}", "http2"),
        ("{port: 80, name: grpc-web-ui}", "grpc-web"),
        ("{port: 80, name: web}", ""),
        ("{port: 80}", ""),
        ("{port: 3306}", "tcp"),
        ("{port: 3306, name: mysql}", "mysql"),
        ("{port: 80, name: tcp, appProtocol: kubernetes.io/h2c}", "http2"),
        ("{port: 80, name: http, appProtocol: amqp}", ""),
        ("{port: 80, name: http, protocol: UDP}", "udp"),
    ],
)
def test_the_protocol_of_a_port(port: str, protocol: str) -> None:
    assert service_protocol(node(port))[0] == protocol


def test_a_prefix_needs_its_dash() -> None:
    assert by_name("httpx") == ""
    assert by_name("https") == "https"
