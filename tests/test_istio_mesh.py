"""Settings of the mesh, what a DestinationRule says in effect, and which mode of mutual TLS a workload has."""

from __future__ import annotations

from pathlib import Path

from kubelint.build import build
from kubelint.config import Settings
from kubelint.discovery import systems
from kubelint.graph.query import Graph
from kubelint.repository import Repository
from kubelint.systems.istio.mesh import automatic_mutual_tls, mesh, providers, registry_only
from kubelint.systems.istio.model import DestinationRule
from kubelint.systems.istio.mutual_tls import effective_mode
from kubelint.systems.istio.traffic_policy import effective_policy
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.tree.node import Mapping

OPERATOR = """
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: mesh}
spec:
  values: {global: {proxy: {clusterDomain: shop.internal}}}
  meshConfig:
    rootNamespace: istio-config
    enableAutoMtls: false
    outboundTrafficPolicy: {mode: REGISTRY_ONLY}
    extensionProviders:
    - name: opa
      envoyExtAuthzGrpc: {service: opa.opa.svc.shop.internal, port: 9191}
"""
ANY_POLICY = """
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-config}
spec: {mtls: {mode: STRICT}}
"""
RULE = """
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews}
spec:
  host: reviews
  trafficPolicy:
    connectionPool: {tcp: {connectTimeout: 1s}}
    outlierDetection: {consecutive5xxErrors: 3}
    retryBudget: {percent: 20}
    portLevelSettings:
    - port: {number: 80}
      loadBalancer: {simple: RANDOM}
  subsets:
  - name: v1
    labels: {version: v1}
    trafficPolicy:
      connectionPool: {tcp: {connectTimeout: 2s}}
"""
WORKLOAD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec: {containers: [{name: cart, image: "registry.example.com/cart:1"}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  mtls: {mode: UNSET}
  portLevelMtls: {9090: {mode: DISABLE}}
"""


def graph_of(folder: Path, text: str, settings: Settings | None = None) -> Graph:
    (folder / "all.yaml").write_text(text, encoding="utf-8")
    return build(Repository(folder), settings or Settings(), systems()).graph


def test_settings_come_from_an_installation_in_the_repository(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, OPERATOR + ANY_POLICY)
    assert (mesh(graph).cluster_domain, mesh(graph).root_namespace) == ("shop.internal", "istio-config")
    assert registry_only(graph)
    assert not automatic_mutual_tls(graph)
    assert set(providers(graph) or {}) == {"opa"}


def test_the_configuration_comes_first(tmp_path: Path) -> None:
    said = {"istio": {"root-namespace": "mesh", "outbound-traffic-policy": "ALLOW_ANY", "auto-mtls": True}}
    graph = graph_of(tmp_path, OPERATOR + ANY_POLICY, Settings(targets=said))
    assert (mesh(graph).cluster_domain, mesh(graph).root_namespace) == ("shop.internal", "mesh")
    assert not registry_only(graph)
    assert automatic_mutual_tls(graph)


def test_without_any_word_the_defaults_hold(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, ANY_POLICY)
    assert (mesh(graph).cluster_domain, mesh(graph).root_namespace) == ("cluster.local", "istio-system")
    assert not registry_only(graph)
    assert automatic_mutual_tls(graph)
    assert providers(graph) is None


def test_settings_of_a_port_take_the_place_of_the_rules(tmp_path: Path) -> None:
    rule = graph_of(tmp_path, RULE).subjects(DestinationRule)[0]
    assert set(effective_policy(rule)) == {"connectionPool", "outlierDetection", "retryBudget"}
    assert set(effective_policy(rule, port="80")) == {"loadBalancer", "retryBudget"}
    assert set(effective_policy(rule, port="81")) == {"connectionPool", "outlierDetection", "retryBudget"}


def test_a_subset_replaces_whole_blocks(tmp_path: Path) -> None:
    rule = graph_of(tmp_path, RULE).subjects(DestinationRule)[0]
    subset = rule.root.at("spec", "subsets", 0)
    assert isinstance(subset, Mapping)
    policy = effective_policy(rule, subset)
    assert policy["connectionPool"].text_at("tcp", "connectTimeout") == "2s"
    assert policy["outlierDetection"].text_at("consecutive5xxErrors") == "3"


def test_the_mode_of_a_port_counts_before_that_of_the_namespace(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, WORKLOAD)
    template = graph.subjects(PodTemplate)[0]
    modes = [effective_mode(graph, template, port) for port in (None, "8080", "9090")]
    assert [mode.name if mode is not None else None for mode in modes] == ["STRICT", "STRICT", "DISABLE"]
