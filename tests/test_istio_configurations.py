"""Whole Istio configurations: each is silent as it stands, and each plausible slip in it is found where it was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.finding import Finding

CONFIGURATIONS = Path(__file__).resolve().parent / "istio_configurations"
NAMES = sorted(path.stem for path in CONFIGURATIONS.glob("*.yaml"))

#: Configuration, what is written, what a tired person writes instead, the rule, and the text that is underlined.
SLIPS = [
    ("canary", "        subset: v2\n      weight: 10", "        subset: v3\n      weight: 10", "subset-not-found", "v3"),
    ("canary", "      weight: 10", "      weight: 20", "odd-weights", "20"),
    ("canary", "gateway-error,reset", "gateway-error, reset", "wrong-value", "connect-failure,refused-stream,gateway-error, reset"),
    ("canary", "connectTimeout: 500ms", "connectTimeout: 500", "kubernetes/wrong-type", "500"),
    ("canary", "maxEjectionPercent: 50", "maxEjectionPercent: 500", "wrong-value", "500"),
    ("canary", "  hosts:\n  - reviews", "  hosts:\n  - reveiws", "host-not-found", "reveiws"),
    ("canary", "(canary=always)(", "(canary=always(", "malformed-regex", "^(.*?;)?(canary=always(;.*)?$"),
    ("canary", "  - name: testers\n    match:", "  - route:\n    - destination:\n        host: reviews\n  - match:",
     "unreachable-route", "match"),
    ("ingress", "    - shop/shop.example.com\n    tls:\n      mode", "    - shop/shop.example.org\n    tls:\n      mode",
     "redirect-without-https", "true"),
    ("ingress", "credentialName: shop-tls", "credentialName: shop-tsl", "credential-not-found", "shop-tsl"),
    ("ingress", "      number: 8443", "      number: 9443", "gateway-port-not-exposed", "9443"),
    ("ingress", "      mode: SIMPLE\n", "      mode: PASSTHROUGH\n", "field-without-effect", "credentialName"),
    ("ingress", "  gateways:\n  - ingress/edge", "  gateways:\n  - edge", "gateway-not-found", "edge"),
    ("ingress", "redirectCode: 301", "redirectCode: 200", "wrong-value", "200"),
    ("ingress", "allowMethods: [GET,", "allowMethods: [GETT,", "wrong-value", "GETT"),
    ("ingress", "        host: api\n        port:\n          number: 80", "        host: api\n        port:\n          number: 8080",
     "destination-port-not-found", "8080"),
    ("ingress", "x-forwarded-proto: https", '":path": /', "header-not-settable", '":path"'),
    ("egress-gateway", "    - api.bank.example\n    tls:", "    - bank\n    tls:", "malformed-host", "bank"),
    ("egress-gateway", "  - istio-system/egress\n  tls:", "  - istio-system/egres\n  tls:", "gateway-not-found", "istio-system/egres"),
    ("egress-gateway", "      sniHosts:\n      - api.bank.example\n    route:\n    - destination:\n        host: istio",
     "      sniHosts:\n      - bank.example\n    route:\n    - destination:\n        host: istio", "wrong-value", "bank.example"),
    ("egress-gateway", "resolution: DNS", "resolution: DSN", "kubernetes/wrong-value", "DSN"),
    ("tls-origination", "        number: 80\n      tls", "        number: 443\n      tls", "port-settings-unused", "443"),
    ("tls-origination", "    protocol: HTTP\n", "    protocol: HTTPS\n", "requests-encrypted-twice", "SIMPLE"),
    ("tokens", "request.auth.claims[groups]", "request.auth.claim[groups]", "malformed-policy", "request.auth.claim[groups]"),
    ("tokens", '"192.0.2.0/24"', '"192.0.2.0/240"', "malformed-policy", '"192.0.2.0/240"'),
    ("tokens", '"/orders/{*}"', '"/orders/{id}"', "malformed-policy", '"/orders/{id}"'),
    ("tokens", "jwksUri: https", "jwksUri: ftp", "wrong-value", "ftp://login.example.com/.well-known/jwks.json"),
    ("tokens", "      app: orders\n  action", "      app: order\n  action", "selector-selects-nothing", "order"),
    ("callers", "sa/frontend", "sa/fronted", "policy-source-not-found", '"cluster.local/ns/shop/sa/fronted"'),
    ("callers", 'ports: ["9000"]', 'ports: ["grpc"]', "malformed-policy", '"grpc"'),
    ("callers", "sa/frontend", "sa/checkout", "caller-not-admitted", "cart:9000"),
    ("peers", "  portLevelMtls:\n    9090:", "  portLevelMtls:\n    80:", "policy-port-of-service", "80"),
    ("peers", "  selector:\n    matchLabels:\n      app: metrics\n  mtls", "  mtls", "missing-field", "portLevelMtls"),
    ("sidecars", "    - ./*\n    - accounts/*\n", "    - ./*\n", "sidecar-hides-host", "http://users.accounts.svc.cluster.local"),
    ("sidecars", "accounts/users.accounts", "accounts/user.accounts", "imported-host-not-found",
     "accounts/user.accounts.svc.cluster.local"),
    ("sidecars", "    - istio-system/*\n", "    - istio-system\n", "malformed-host", "istio-system"),
    ("sidecars", "defaultEndpoint: 127.0.0.1:9000", "defaultEndpoint: localhost:9000", "wrong-value", "localhost:9000"),
    ("sidecars", "      number: 8080\n", "      number: 80\n", "sidecar-port-not-found", "80"),
    ("machines", "  address: 192.0.2.11\n", "", "missing-field", "spec"),
    ("machines", "      scheme: HTTP\n", "      scheme: http\n", "wrong-value", "http"),
    ("machines", "serviceAccount: billing\n    network", "serviceAccount: biling\n    network", "group-account-not-found", "biling"),
    ("envoy-filters", "      operation: MERGE", "      operation: REPLACE", "envoy-patch-ignored", "REPLACE"),
    ("envoy-filters", "      context: SIDECAR_OUTBOUND\n      cluster:\n        service: cart.shop.svc.cluster.local",
     "      context: SIDECAR_OUTBOUND\n      listener:\n        portNumber: 80", "envoy-patch-ignored", "listener"),
    ("telemetry", "    - name: otel\n    random", "    - name: otell\n    random", "provider-not-found", "otell"),
    ("telemetry", "          operation: REMOVE", "          operation: REMOVE\n          value: none", "exclusive-fields", "value"),
    ("plugins", "url: oci://", "url: ocl://", "wrong-value", "ocl://registry.example.com/wasm/basic-auth:1.12.0"),
    ("plugins", "      valueFrom: HOST", "      valueFrom: HOST\n      value: x", "exclusive-fields", "value"),
    ("delegates", "      name: orders\n      namespace", "      name: order\n      namespace", "delegate-not-found", "order"),
    ("delegates", "  exportTo:\n  - ingress", "  exportTo:\n  - .", "delegate-unusable", "catalog"),
    ("delegates", "        prefix: /orders/history", "        prefix: /history", "delegate-unusable", "/history"),
    ("databases", "    name: tcp-postgres", "    name: http-postgres", "route-kind-unused", "tcp"),
    ("mirroring", "      subset: v2\n    mirrorPercentage:\n      value: 5", "      subset: v1\n    mirrorPercentage:\n      value: 5",
     "mirror-to-itself", "v1"),
    ("mirroring", "      value: 5", "      value: 500", "wrong-value", "500"),
    ("localities", "to: eu-central", "to: eu-west", "wrong-value", "eu-west"),
    ("localities", "  - route:\n    - destination:\n        host: search\n", "", "no-default-route", "match"),
    ("entries", '"*.wikipedia.org"', '"*"', "malformed-host", '"*"'),
    ("entries", "  resolution: NONE", "  resolution: DNS", "wrong-value", '"*.wikipedia.org"'),
    ("entries", "      tcp: 6432", "      tpc: 6432", "wrong-value", "tpc"),
    ("entries", "  - address: 192.0.2.21", "  - address: db-1.internal", "wrong-value", "db-1.internal"),
]  # fmt: skip


def findings(folder: Path, name: str, text: str) -> list[Finding]:
    place = folder / "mesh"
    place.mkdir()
    (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    return check(folder).findings


def text_of(name: str) -> str:
    return (CONFIGURATIONS / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_right_is_silent(tmp_path: Path, name: str) -> None:
    assert [f"{f.rule} {f.span} {f.headline}" for f in findings(tmp_path, name, text_of(name))] == []


@pytest.mark.parametrize(
    ("name", "right", "wrong", "rule", "shown"), SLIPS, ids=[f"{s[0]}-{s[3]}-{s[4]}" for s in SLIPS]
)
def test_a_slip_is_found_where_it_was_made(
    tmp_path: Path, name: str, right: str, wrong: str, rule: str, shown: str
) -> None:
    text = text_of(name)
    assert right in text, "the configuration has changed"
    identity = rule if "/" in rule else f"istio/{rule}"
    found = findings(tmp_path, name, text.replace(right, wrong, 1))
    assert (identity, shown) in {(f.rule, f.span.text) for f in found}, [
        (f.rule, f.span.text, f.headline) for f in found
    ]
