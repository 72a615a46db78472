"""What the links and the semantics below the cross-resource rules say, where no rule shows it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from kubelint.build import build
from kubelint.config import Settings
from kubelint.discovery import systems
from kubelint.graph.model import Resolution
from kubelint.graph.query import Graph
from kubelint.repository import Repository
from kubelint.systems.kubernetes.alternatives import side_by_side, together
from kubelint.systems.kubernetes.autoscaling import VerticalPodAutoscaler
from kubelint.systems.kubernetes.budgets import allowance
from kubelint.systems.kubernetes.exposure import covers
from kubelint.systems.kubernetes.gateway import hosts_meet
from kubelint.systems.kubernetes.image import parse_image
from kubelint.systems.kubernetes.model import ConfigMap, KubernetesObject, PodDisruptionBudget, Secret
from kubelint.systems.kubernetes.peers import VERB
from kubelint.systems.kubernetes.producers import made_by_operator, made_claim
from kubelint.systems.kubernetes.registries import is_for, registries

WORKLOAD = """\
apiVersion: apps/v1
kind: {kind}
metadata:
  name: {name}
spec:
  replicas: {replicas}
  serviceName: {name}
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      containers:
      - name: main
        image: registry.example.com/main:1
"""


def graph_of(folder: Path, **files: str) -> Graph:
    """Return the graph of a repository with these YAML files; ``__`` in a name stands for a slash."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return build(Repository(folder), Settings(), systems()).graph


def workload(name: str, kind: str = "Deployment", replicas: int | str = 3) -> str:
    return WORKLOAD.format(name=name, kind=kind, replicas=replicas)


def config_map(name: str, value: str = "a") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  KEY: {value}\n"


def config_maps(graph: Graph) -> dict[tuple[str, str], ConfigMap]:
    return {(item.root.source.path, item.name): item for item in graph.subjects(ConfigMap)}


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("shop.example.com", "shop.example.com", True),
        ("Shop.Example.com", "shop.example.com", True),
        ("*.example.com", "shop.example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "*.shop.example.com", True),
        ("*.example.com", "*.example.net", False),
        ("*.example.com", "badexample.com", False),
    ],
)
def test_hosts_of_listeners_and_routes_meet_below_any_depth(one: str, other: str, meet: bool) -> None:
    assert hosts_meet(one, other) is hosts_meet(other, one) is meet


@pytest.mark.parametrize(
    ("pattern", "host", "covered"),
    [
        ("*.example.com", "shop.example.com", True),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", "example.com", False),
        ("*.example.com", "*.example.com", True),
        ("shop.example.com", "*.example.com", False),
        ("*.example.com", "*.b.example.com", False),
    ],
)
def test_a_star_in_a_certificate_is_one_label(pattern: str, host: str, covered: bool) -> None:
    assert covers(pattern, host) is covered


@pytest.mark.parametrize(
    ("field", "value", "replicas", "allowed"),
    [
        ("minAvailable", "2", 3, 1),
        ("minAvailable", "3", 3, 0),
        ("minAvailable", "50%", 3, 1),
        ("minAvailable", "90%", 3, 0),
        ("minAvailable", "5", 3, 0),
        ("maxUnavailable", "10%", 3, 1),
        ("maxUnavailable", "1", 3, 1),
        ("maxUnavailable", "7", 3, 3),
    ],
)
def test_percentages_of_budgets_are_rounded_up(
    tmp_path: Path, field: str, value: str, replicas: int, allowed: int
) -> None:
    budget = (
        f"apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: web\nspec:\n  {field}: {value}\n"
        "  selector:\n    matchLabels:\n      app: web\n"
    )
    graph = graph_of(tmp_path, web=f"{workload('web', replicas=replicas)}---\n{budget}")
    found = allowance(graph, graph.subjects(PodDisruptionBudget)[0])
    assert found is not None
    assert found.allowed == allowed


def test_files_that_define_an_object_differently_are_not_applied_together(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        one=f"{config_map('shared')}---\n{config_map('first')}",
        two=f"{config_map('shared', 'b')}---\n{config_map('second')}",
        three=config_map("third"),
    )
    maps = config_maps(graph)
    first, second, third = maps["one.yaml", "first"], maps["two.yaml", "second"], maps["three.yaml", "third"]
    assert not together(graph, first, second)
    assert together(graph, first, third)
    assert together(graph, second, third)
    assert side_by_side(graph, [first, second, third]) == [first, third]


def test_files_that_repeat_an_object_word_for_word_are_applied_together(tmp_path: Path) -> None:
    namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n"
    graph = graph_of(
        tmp_path,
        one=f"{namespace}---\n{config_map('first')}",
        two=f"{namespace}---\n{config_map('second')}",
    )
    maps = config_maps(graph)
    assert together(graph, maps["one.yaml", "first"], maps["two.yaml", "second"])


def test_files_of_examples_stand_alone(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, docs__examples__one=config_map("first"), docs__examples__two=config_map("second"))
    maps = list(config_maps(graph).values())
    assert not together(graph, maps[0], maps[1])
    assert side_by_side(graph, maps) == maps[:1]


def test_a_host_in_a_block_scalar_has_its_own_place(tmp_path: Path) -> None:
    text = (
        f"{workload('kafka', 'StatefulSet', 2)}---\n"
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\ndata:\n  brokers: |\n"
        "    kafka-1.kafka:9092\n    kafka-4.kafka:9092\n    kafka-1.kafka:9092\n"
    )
    graph = graph_of(tmp_path, kafka=text)
    found = graph.outgoing(graph.subjects(ConfigMap)[0], VERB)
    assert [(each.span.text, each.resolution) for each in found] == [
        ("kafka-1.kafka", Resolution.RESOLVED),
        ("kafka-4.kafka", Resolution.MISSING),
        ("kafka-1.kafka", Resolution.RESOLVED),
    ]
    lines = [each.span.line for each in found]
    assert lines == [lines[0], lines[0] + 1, lines[0] + 2]


def test_claims_of_templates_exist(tmp_path: Path) -> None:
    text = workload("db", "StatefulSet").replace(
        "  selector:", "  volumeClaimTemplates:\n  - metadata:\n      name: data\n  selector:", 1
    )
    graph = graph_of(tmp_path, db=text)
    assert made_claim(graph, "data-db-0")
    assert made_claim(graph, "data-db-17")
    assert not made_claim(graph, "data-db")
    assert not made_claim(graph, "data-dbx-0")


def test_operators_make_what_bears_the_name_of_their_resource(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        orders="apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: orders-db\nspec: {}\n",
        scaled="apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata:\n  name: worker\nspec: {}\n",
    )
    unit = graph.units[0]
    assert made_by_operator(graph, unit, "orders-db")
    assert made_by_operator(graph, unit, "orders-db-rw")
    assert not made_by_operator(graph, unit, "orders")
    assert not made_by_operator(graph, unit, "orders-dbx")
    assert not made_by_operator(graph, unit, "worker")


@pytest.mark.parametrize(
    ("policies", "container", "controls"),
    [
        ("", None, True),
        ('{containerName: "*", mode: "Off"}', None, False),
        ('{containerName: "*", controlledResources: [memory]}', None, False),
        ('{containerName: "*", controlledResources: [cpu]}', None, True),
        ('{containerName: main, mode: "Off"}', "main", False),
        ('{containerName: main, mode: "Off"}', "side", True),
        ('{containerName: main, mode: "Off"}', None, True),
    ],
)
def test_what_a_vertical_autoscaler_controls(
    tmp_path: Path, policies: str, container: str | None, controls: bool
) -> None:
    text = (
        "apiVersion: autoscaling.k8s.io/v1\nkind: VerticalPodAutoscaler\nmetadata:\n  name: web\nspec:\n"
        f"  resourcePolicy:\n    containerPolicies: [{policies}]\n"
    )
    scaler = graph_of(tmp_path, web=text).subjects(VerticalPodAutoscaler)[0]
    assert scaler.controls("cpu", container) is controls


def pull_secret(content: str) -> str:
    encoded = base64.b64encode(content.encode()).decode()
    return (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: registry\ntype: kubernetes.io/dockerconfigjson\n"
        f"data:\n  .dockerconfigjson: {encoded}\n"
    )


def test_credentials_are_for_a_host_and_what_is_below_its_path(tmp_path: Path) -> None:
    auths: dict[str, dict[str, str]] = {"https://index.docker.io/v1/": {}, "quay.io/shop": {}, "*.ecr.example.com": {}}
    graph = graph_of(tmp_path, registry=pull_secret(json.dumps({"auths": auths})))
    entries = registries(graph, graph.subjects(Secret)[0])
    assert entries is not None
    assert sorted(entries) == ["*.ecr.example.com", "docker.io", "quay.io/shop"]
    for image in ("nginx", "example/web:1", "quay.io/shop/web", "eu.ecr.example.com/web@sha256:0"):
        assert is_for(entries, parse_image(image)), image
    for image in ("quay.io/shopping/web", "ghcr.io/example/web", "ecr.example.com/web"):
        assert not is_for(entries, parse_image(image)), image


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"auths": []}', '{"auths": {}}', "[" * 100_000])
def test_credentials_that_cannot_be_read_are_unknown(tmp_path: Path, content: str) -> None:
    graph = graph_of(tmp_path, registry=pull_secret(content))
    assert registries(graph, graph.subjects(Secret)[0]) is None


def test_every_custom_kind_with_a_view_is_keyed_with_its_group(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        gateway="apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata:\n  name: edge\nspec: {}\n",
        ingress="apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n  name: nginx\nspec: {}\n",
    )
    kinds = {item.name: item.key.kind for item in graph.subjects(KubernetesObject)}
    assert kinds == {"edge": "Gateway.gateway.networking.k8s.io", "nginx": "IngressClass"}
