"""Istio: how hosts, gateways and DestinationRules are looked up."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubelint.build import build
from kubelint.config import Settings
from kubelint.discovery import systems
from kubelint.graph.model import Resolution
from kubelint.graph.query import Graph
from kubelint.repository import Repository
from kubelint.systems.istio.destinations import destination_rules
from kubelint.systems.istio.hosts import (
    Host,
    Mesh,
    covers,
    gateway_name,
    matches,
    most_specific,
    partial_service,
    resolve_host,
    server_host,
    subset_of,
)
from kubelint.systems.istio.model import VirtualService

MESH = Mesh()


@pytest.mark.parametrize(
    ("text", "namespace", "expected"),
    [
        ("reviews", "prod", Host("reviews", "prod")),
        ("reviews", "", Host("reviews", "")),
        ("reviews.prod.svc.cluster.local", "other", Host("reviews", "prod")),
        # Everything else with a dot is taken as it stands.
        ("reviews.prod", "prod", Host("reviews.prod")),
        ("reviews.prod.svc", "prod", Host("reviews.prod.svc")),
        ("reviews.prod.svc.example.org", "prod", Host("reviews.prod.svc.example.org")),
        ("redis-0.redis.prod.svc.cluster.local", "prod", Host("redis-0.redis.prod.svc.cluster.local")),
        ("www.example.com", "prod", Host("www.example.com")),
        ("*", "prod", Host("*")),
        ("*.prod.svc.cluster.local", "prod", Host("*.prod.svc.cluster.local")),
        ("10.0.0.1", "prod", Host("10.0.0.1")),
        ("2001:db8::1", "prod", Host("2001:db8::1")),
    ],
)
def test_short_names_are_completed_and_nothing_else(text: str, namespace: str, expected: Host) -> None:
    assert resolve_host(text, namespace, MESH) == expected


def test_the_cluster_domain_comes_from_the_configuration() -> None:
    mesh = Mesh.of(Settings(targets={"istio": {"cluster-domain": "shop.internal", "root-namespace": "mesh-config"}}))
    assert (mesh.cluster_domain, mesh.root_namespace) == ("shop.internal", "mesh-config")
    assert resolve_host("reviews.prod.svc.shop.internal", "", mesh) == Host("reviews", "prod")
    assert not resolve_host("reviews.prod.svc.cluster.local", "", mesh).of_service


@pytest.mark.parametrize("target", [{}, {"istio": "1.26"}, {"istio": {"cluster-domain": None}}])
def test_a_target_that_says_nothing_leaves_the_defaults(target: dict[str, object]) -> None:
    assert Mesh.of(Settings(targets=target)) == Mesh("cluster.local", "istio-system")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reviews.prod", ("reviews", "prod")),
        ("reviews.prod.svc", ("reviews", "prod")),
        ("reviews.prod.svc.cluster", ("reviews", "prod")),
        ("reviews.prod.svc.cluster.local", None),
        ("reviews", None),
        ("api.eu.example.com", None),
        ("*.prod", None),
        ("10.0.0.1", None),
        (".prod", None),
    ],
)
def test_partial_names_are_recognised(text: str, expected: tuple[str, str] | None) -> None:
    assert partial_service(text, MESH) == expected


@pytest.mark.parametrize(
    ("one", "other", "common", "subset"),
    [
        ("foo.com", "foo.com", True, True),
        ("foo.com", "*.com", True, True),
        ("foo.com", "*.foo.com", False, False),  # a wildcard does not stand for the bare domain
        ("*.foo.com", "*.com", True, True),
        ("*.com", "*.foo.com", True, False),
        ("*.foo.com", "*.bar.com", False, False),
        ("foo.com", "*", True, True),
        ("*", "foo.com", True, False),
        ("*", "*", True, True),
        ("foo.com", "bar.com", False, False),
    ],
)
def test_wildcards_match_by_suffix(one: str, other: str, common: bool, subset: bool) -> None:
    assert matches(one, other) is common
    assert matches(other, one) is common
    assert subset_of(one, other) is subset


def test_the_most_specific_host_wins() -> None:
    patterns = ["*", "*.example.com", "*.shop.example.com", "api.shop.example.com"]
    assert most_specific("api.shop.example.com", patterns) == "api.shop.example.com"
    assert most_specific("web.shop.example.com", patterns) == "*.shop.example.com"
    assert most_specific("shop.example.com", patterns) == "*.example.com"
    assert most_specific("example.org", patterns) == "*"
    assert most_specific("example.org", patterns[1:]) is None


@pytest.mark.parametrize(
    ("pattern", "host", "expected"),
    [
        ("*.prod.svc.cluster.local", Host("reviews", "prod"), True),
        ("*.prod.svc.cluster.local", Host("reviews", "test"), False),
        ("*.prod.svc.cluster.local", Host("reviews", ""), True),  # nobody says which namespace it is
        ("*.svc.cluster.local", Host("reviews", ""), True),
        ("*", Host("reviews", ""), True),
        ("*.example.com", Host("reviews", ""), False),
        ("*.example.com", Host("api.example.com"), True),
    ],
)
def test_a_wildcard_covers_hosts_whose_namespace_is_not_written_down(pattern: str, host: Host, expected: bool) -> None:
    assert covers(pattern, host, MESH) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("public", ("shop", "public")),
        ("./public", ("shop", "public")),
        ("istio-system/public", ("istio-system", "public")),
        ("public.istio-system", ("istio-system", "public")),
        ("public.istio-system.svc.cluster.local", ("istio-system", "public")),
    ],
)
def test_names_of_gateways(text: str, expected: tuple[str, str]) -> None:
    assert gateway_name(text, "shop") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shop.example.com", ("*", "shop.example.com")),
        ("*/shop.example.com", ("*", "shop.example.com")),
        ("./shop.example.com", ("edge", "shop.example.com")),
        ("shop/*", ("shop", "*")),
    ],
)
def test_hosts_of_servers_carry_a_namespace(text: str, expected: tuple[str, str]) -> None:
    assert server_host(text, "edge") == expected


# -- with a repository ---------------------------------------------------------------------------------------------


def graph_of(root: Path, settings: Settings | None = None, **files: str) -> Graph:
    for name, text in files.items():
        path = root / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = settings or Settings()
    return build(Repository(root), settings, systems()).graph


def service(name: str, namespace: str = "") -> str:
    where = f"\n  namespace: {namespace}" if namespace else ""
    return f"---\napiVersion: v1\nkind: Service\nmetadata:\n  name: {name}{where}\nspec:\n  ports:\n  - port: 80\n"


def route(host: str, namespace: str = "", subset: str = "") -> str:
    where = f"\n  namespace: {namespace}" if namespace else ""
    tail = f"\n        subset: {subset}" if subset else ""
    return (
        f"---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: route{where}\n"
        f'spec:\n  hosts:\n  - "*"\n  http:\n  - route:\n    - destination:\n        host: "{host}"{tail}\n'
    )


def rule(host: str, namespace: str, *subsets: str, export_to: str = "", name: str = "rule") -> str:
    exported = f"  exportTo:\n  - {export_to!r}\n" if export_to else ""
    listed = "".join(f"  - name: {subset}\n    labels:\n      version: {subset}\n" for subset in subsets)
    return (
        f"---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: {name}\n"
        f"  namespace: {namespace}\nspec:\n  host: {host!r}\n{exported}" + (f"  subsets:\n{listed}" if listed else "")
    )


def resolution(graph: Graph, verb: str) -> tuple[Resolution, list[str], list[str]]:
    (virtual_service,) = graph.subjects(VirtualService)
    (reference,) = graph.outgoing(virtual_service, verb)
    return (
        reference.resolution,
        [str(target) for target in reference.targets],
        [str(candidate) for candidate in reference.candidates],
    )


@pytest.mark.parametrize(
    ("host", "namespace", "services", "expected"),
    [
        ("reviews", "prod", [("reviews", "prod")], "resolved"),
        ("reviews", "", [("reviews", "prod")], "resolved"),
        ("reviews", "prod", [("reviews", "")], "resolved"),
        ("reviews.prod.svc.cluster.local", "edge", [("reviews", "prod")], "resolved"),
        ("reviews", "edge", [("reviews", "prod")], "near-miss"),
        ("reviews.prod", "prod", [("reviews", "prod")], "near-miss"),
        ("reviews.prod.svc", "prod", [("reviews", "prod")], "near-miss"),
        ("reviews.prod.svc", "prod", [], "missing"),
        ("reveiws", "prod", [("reviews", "prod")], "near-miss"),
        ("reveiws", "prod", [("reviews", "test")], "unknown"),
        ("reviews.porduction.svc.cluster.local", "edge", [("reviews", "production")], "near-miss"),
        ("reviews.staging.svc.cluster.local", "edge", [("reviews", "production")], "unknown"),
        ("reviews.example.com", "prod", [("reviews", "prod")], "unknown"),
        ("kubernetes", "default", [], "external"),
        ("*", "prod", [("reviews", "prod")], "unknown"),
        ("{{ .Values.host }}", "prod", [("reviews", "prod")], "unknown"),
    ],
)
def test_destinations_in_one_folder(
    tmp_path: Path, host: str, namespace: str, services: list[tuple[str, str]], expected: str
) -> None:
    text = "".join(service(*entry) for entry in services) + route(host, namespace)
    assert resolution(graph_of(tmp_path, mesh=text), "routes-to")[0].value == expected


def test_a_service_in_another_folder_is_found_but_its_namespace_is_not_guessed(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, apps__reviews=service("reviews", "prod"), mesh__route=route("reviews", "edge"))
    assert resolution(graph, "routes-to")[0] is Resolution.UNKNOWN
    graph = graph_of(tmp_path, mesh__route=route("reviews.prod.svc.cluster.local", "edge"))
    assert resolution(graph, "routes-to") == (Resolution.RESOLVED, ["Service/prod/reviews"], [])


def test_near_names_come_from_the_nearest_folder_that_has_services(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        shop__apps__reviews=service("reviews"),
        shop__mesh__route=route("reveiws"),
        other__apps__reveiw=service("reveiw"),
    )
    assert resolution(graph, "routes-to") == (Resolution.NEAR_MISS, [], ["Service/reviews"])


def test_a_declared_host_is_external(tmp_path: Path) -> None:
    settings = Settings(externals=("Service/reveiws",))
    graph = graph_of(tmp_path, settings, mesh=service("reviews") + route("reveiws"))
    assert resolution(graph, "routes-to")[0] is Resolution.EXTERNAL


def subset(graph: Graph) -> tuple[str, list[str]]:
    found, targets, candidates = resolution(graph, "uses-subset")
    return found.value, targets or candidates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rule("reviews", "prod", "v1"), ("resolved", ["subset/prod/reviews/v1"])),
        (rule("reviews", "prod", "v2", "v3"), ("missing", [])),
        (rule("reviews", "prod"), ("missing", [])),
        (rule("reviews", "prod", "v1x"), ("missing", [])),
        # The rules of all namespaces count: some client gets them.
        (rule("reviews.prod.svc.cluster.local", "edge", "v1"), ("resolved", ["subset/prod/reviews/v1"])),
        (rule("*.prod.svc.cluster.local", "istio-system", "v1"), ("resolved", ["subset/*.prod.svc.cluster.local/v1"])),
        (rule("reviews", "test", "v2"), ("missing", [])),
    ],
)
def test_subsets_come_from_the_rules_for_the_host(tmp_path: Path, text: str, expected: tuple[str, list[str]]) -> None:
    assert (
        subset(graph_of(tmp_path, mesh=service("reviews", "prod") + text + route("reviews", "prod", "v1"))) == expected
    )


def test_a_subset_is_unknown_where_rule_and_service_may_be_elsewhere(tmp_path: Path) -> None:
    assert subset(graph_of(tmp_path, mesh=route("reviews", "prod", "v1")))[0] == "unknown"
    graph = graph_of(tmp_path, example__mesh=service("reviews", "prod") + rule("reviews", "prod", "v2"))
    assert subset(graph)[0] == "missing"  # the one Service of that name has a rule without the subset


def test_a_broken_neighbour_makes_subsets_unknown(tmp_path: Path) -> None:
    text = rule("reviews", "prod", "v2") + route("reviews", "prod", "v1")
    assert subset(graph_of(tmp_path, mesh=text))[0] == "missing"
    assert subset(graph_of(tmp_path, broken="apiVersion: v1\nkind: Service\nmetadata: {name: x\n"))[0] == "unknown"


def test_destination_rules_are_looked_up_at_the_client_then_the_service_then_the_root(tmp_path: Path) -> None:
    host = "reviews.prod.svc.cluster.local"
    graph = graph_of(
        tmp_path,
        rules=rule(host, "client", "c", name="client")
        + rule(host, "prod", "s", name="service")
        + rule("*.svc.cluster.local", "prod", "w", name="wide")
        + rule(host, "istio-system", "r", name="root")
        + rule(host, "bystander", "b", name="bystander"),
    )
    index = destination_rules(graph)

    def effective(namespace: str) -> list[str]:
        return [found.name for found in index.effective(Host("reviews", "prod"), namespace)]

    assert effective("client") == ["client"]
    assert effective("prod") == ["service"]
    assert effective("elsewhere") == ["service"]
    assert effective("bystander") == ["bystander"]
    assert [found.name for found in index.effective(Host("details", "prod"), "elsewhere")] == ["wide"]
    assert [found.name for found in index.about(Host("details", "prod"))] == ["wide"]


def test_a_rule_that_is_not_exported_is_passed_over(tmp_path: Path) -> None:
    host = "reviews.prod.svc.cluster.local"
    graph = graph_of(
        tmp_path,
        rules=rule(host, "prod", "s", export_to=".", name="service") + rule(host, "istio-system", "r", name="root"),
    )
    index = destination_rules(graph)
    assert [found.name for found in index.effective(Host("reviews", "prod"), "prod")] == ["service"]
    assert [found.name for found in index.effective(Host("reviews", "prod"), "client")] == ["root"]
