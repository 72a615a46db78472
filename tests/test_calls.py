"""The annotation ``kubelint.io/calls`` and call edges from the environment."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kubelint.build import build
from kubelint.check import check
from kubelint.cli.refs import command
from kubelint.config import Settings, find_configuration, load
from kubelint.discovery import systems
from kubelint.graph.model import Resolution
from kubelint.graph.query import Graph
from kubelint.repository import Repository
from kubelint.source import SourceFile
from kubelint.systems.istio.call_table import call_rows
from kubelint.systems.kubernetes.call_syntax import MOST_CALLS, Call, parse_calls
from kubelint.systems.kubernetes.calls import CallsProblem
from kubelint.systems.kubernetes.duration import SECOND
from kubelint.systems.kubernetes.model import Deployment
from kubelint.tree.node import Scalar


def read(text: str) -> tuple[list[tuple[str, int | None, int]], list[tuple[str, str]]]:
    """Return the calls, and of each problem the text that it stands at and its message."""
    found = parse_calls(Scalar(SourceFile("deployment.yaml", text), 0, len(text), text))
    return (
        [(node.span.text, call.timeout, call.attempts) for node, call in found.calls],
        [(span.text, message) for span, message, _ in found.problems],
    )


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("reviews", [("reviews", None, 1)]),
        ("reviews,details", [("reviews", None, 1), ("details", None, 1)]),
        (
            "reviews details:9080\n ratings.prod",
            [("reviews", None, 1), ("details", None, 1), ("ratings.prod", None, 1)],
        ),
        ("reviews timeout=3s attempts=2, details", [("reviews", 3 * SECOND, 2), ("details", None, 1)]),
        ("reviews timeout=3s details attempts=2", [("reviews", 3 * SECOND, 1), ("details", None, 2)]),
        ("http://user@reviews.prod.svc:9080/api?x=1 timeout=1m30s", [("reviews.prod.svc", 90 * SECOND, 1)]),
        ("reviews:9080 timeout=3s retries=1 parallel", [("reviews", 3 * SECOND, 2)]),
        ("reviews pause=1s retries=0 sequential", [("reviews", None, 1)]),
        ("", []),
        (" , ,", []),
    ],
)
def test_calls_are_read(text: str, calls: list[tuple[str, int | None, int]]) -> None:
    assert read(text) == (calls, [])


@pytest.mark.parametrize(
    ("text", "calls", "problems"),
    [
        ("reviews timeout=3", ["reviews"], [("3", "`3` is no duration above zero")]),
        ("reviews timeout=0s", ["reviews"], [("0s", "`0s` is no duration above zero")]),
        ("reviews timeout=", ["reviews"], [("timeout=", "`` is no duration above zero")]),
        ("reviews attempts=0", ["reviews"], [("0", "`0` is no number of attempts")]),
        ("reviews attempts=two", ["reviews"], [("two", "`two` is no number of attempts")]),
        ("reviews tries=2", ["reviews"], [("tries=2", "a call has no parameter `tries`")]),
        ("reviews retries=-1", ["reviews"], [("-1", "`-1` is no number of retries")]),
        ("reviews pause=2", ["reviews"], [("2", "`2` is no duration above zero")]),
        (
            "reviews retries=1 attempts=2",
            ["reviews"],
            [("attempts=2", "the number of attempts is set twice for one call")],
        ),
        (
            "reviews parallel sequential",
            ["reviews"],
            [("sequential", "the order of one call is set twice")],
        ),
        (
            "reviews timeuot=2s",
            ["reviews"],
            [("timeuot=2s", "a call has no parameter `timeuot`; did you mean `timeout`?")],
        ),
        ("reviews timeout=1s timeout=2s", ["reviews"], [("timeout=2s", "`timeout` is set twice for one call")]),
        (
            "timeout=1s reviews",
            ["reviews"],
            [("timeout=1s", "`timeout=1s` stands before the Service that it is about")],
        ),
        (
            "reviews, timeout=1s",
            ["reviews"],
            [("timeout=1s", "`timeout=1s` stands before the Service that it is about")],
        ),
        ("Reviews timeout=1s", [], [("Reviews", "`Reviews` is no host name")]),
        ("reviews, reviews timeout=1s", ["reviews"], [("reviews", "`reviews` is named twice")]),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_the_rest_counts(
    text: str, calls: list[str], problems: list[tuple[str, str]]
) -> None:
    found, said = read(text)
    assert [name for name, _, _ in found] == calls
    assert said == problems


def test_an_endless_annotation_is_cut_and_says_so() -> None:
    found, problems = read(" ".join(f"service-{n}" for n in range(MOST_CALLS + 50)))
    assert len(found) == MOST_CALLS
    assert problems == [(f"service-{MOST_CALLS}", f"more than {MOST_CALLS} calls are not read")]


DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    kubelint.io/calls: {outer}
spec:
  selector:
    matchLabels: {{app: web}}
  template:
    metadata:
      labels: {{app: web}}
      annotations:
        kubelint.io/calls: {inner}
    spec:
      containers:
      - name: web
        image: web:1.0.0
        env:
        - name: REVIEWS_URL
          value: http://reviews:9080/
---
apiVersion: v1
kind: Service
metadata:
  name: reviews
spec:
  ports:
  - port: 9080
"""


def edges(root: Path, outer: str, inner: str) -> tuple[Graph, list[tuple[str, Resolution, str]]]:
    (root / "web.yaml").write_text(DEPLOYMENT.format(outer=outer, inner=inner), encoding="utf-8")
    graph = build(Repository(root), Settings(), systems()).graph
    (web,) = graph.subjects(Deployment)
    found = []
    for reference in graph.outgoing(web, "calls"):
        assert isinstance(reference.detail, Call)
        found.append((reference.span.text, reference.resolution, reference.detail.via))
    return graph, found


def test_edges_come_from_the_environment_and_from_both_annotations(tmp_path: Path) -> None:
    _, found = edges(tmp_path, "reviews timeout=3s", "reveiws, api.payments.example")
    assert found == [
        ("http://reviews:9080/", Resolution.RESOLVED, "REVIEWS_URL"),
        ("reviews", Resolution.RESOLVED, "kubelint.io/calls"),
        ("reveiws", Resolution.NEAR_MISS, "kubelint.io/calls"),
        ("api.payments.example", Resolution.UNKNOWN, "kubelint.io/calls"),
    ]


def test_a_template_is_unknown_and_no_problem(tmp_path: Path) -> None:
    graph, found = edges(tmp_path, '"{{ .Values.calls }}"', "reviews timeout=x")
    assert found[1][1] is Resolution.UNKNOWN
    assert [problem.span.text for problem in graph.subjects(CallsProblem)] == ["x"]


# -- who else says that there is a call ----------------------------------------------------------------------------


def app(name: str, environment: str = "", account: str = "default", source: str = "") -> str:
    return (
        f"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\n"
        f"spec:\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n"
        f"    spec:\n      serviceAccountName: {account}\n      containers:\n"
        f"      - {{name: {name}, image: '{name}:1.0.0', env: [{environment}], envFrom: [{source}]}}\n"
        f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n"
        f"spec: {{selector: {{app: {name}}}, ports: [{{port: 80}}]}}\n"
    )


def table(root: Path, *texts: str) -> list[str]:
    """Return the call graph as ``kubelint refs --calls`` shows it."""
    (root / "all.yaml").write_text("".join(texts), encoding="utf-8")
    settings = Settings()
    path = find_configuration(root)
    return [row.text for row in call_rows(build(Repository(root), load(path) if path else settings, systems()).graph)]


def test_a_whole_config_map_gives_hosts_and_limits(tmp_path: Path) -> None:
    config = (
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: endpoints}\ndata:\n"
        "  REVIEWS_API_ADDR: reviews:80\n  REVIEWS_TIMEOUT: 3s\n  REVIEWS_CONNECT_TIMEOUT: 1s\n"
        "  SPRING_DATASOURCE_URL: jdbc:postgresql://ledger-db:5432/ledger\n  OTHER_TIMEOUT: 9s\n"
    )
    web = app("web", source="{configMapRef: {name: endpoints}}")
    assert table(tmp_path, config, web, app("reviews"), app("ledger-db")) == [
        "Deployment/web → Service/reviews: 3s (REVIEWS_API_ADDR)",
        "Deployment/web → Service/ledger-db: no limit (SPRING_DATASOURCE_URL)",
    ]


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ("{name: REVIEWS_TIMEOUT_MS, value: '1500'}", "1.5s"),
        ("{name: REVIEWS_TIMEOUT_SECONDS, value: '2'}, {name: REVIEWS_RETRIES, value: '2'}", "2s × 3 tries = 6s"),  # noqa: RUF001
        ("{name: REVIEWS_REQUEST_TIMEOUT, value: 2s}, {name: REVIEWS_MAX_ATTEMPTS, value: '2'}", "2s × 2 tries = 4s"),  # noqa: RUF001
        ("{name: REVIEWS_TIMEOUT, value: '1500'}", "no limit"),  # of which unit?
        ("{name: REVIEWS_TIMEOUT, value: '{{ .Values.timeout }}'}", "no limit"),
        ("{name: TIMEOUT, value: 2s}", "no limit"),  # of which call?
        ("{name: REVIEWS_TIMEOUT_DAYS, value: '2'}", "no limit"),
    ],
)
def test_limits_from_the_environment(tmp_path: Path, more: str, shown: str) -> None:
    web = app("web", "{name: REVIEWS_URL, value: 'http://reviews/'}, " + more)
    assert table(tmp_path, web, app("reviews")) == [f"Deployment/web → Service/reviews: {shown} (REVIEWS_URL)"]


def test_one_key_of_a_config_map(tmp_path: Path) -> None:
    config = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: hosts}\ndata: {reviews: 'http://reviews.shop/'}\n"
    key = "{name: REVIEWS, valueFrom: {configMapKeyRef: {name: hosts, key: reviews}}}"
    assert table(tmp_path, config, app("web", key), app("reviews")) == []  # the Service leaves its namespace out
    config = config.replace("reviews.shop", "reviews")
    assert table(tmp_path, config, app("web", key), app("reviews")) == [
        "Deployment/web → Service/reviews: no limit (REVIEWS)"
    ]


ISTIO = "---\napiVersion: networking.istio.io/v1\nkind: %s\nmetadata: {name: reviews}\nspec:\n"


def test_labels_of_callers(tmp_path: Path) -> None:
    route = ISTIO % "VirtualService" + (
        "  hosts: [reviews]\n  http:\n"
        "  - {match: [{sourceLabels: {app: web}}], timeout: 2s, route: [{destination: {host: reviews}}]}\n"
    )
    assert table(tmp_path, app("web"), app("reviews"), app("other"), route) == [
        "Deployment/web → Service/reviews through VirtualService/reviews: 2s (sourceLabels)"
    ]


def test_admitted_principals(tmp_path: Path) -> None:
    policy = (ISTIO % "AuthorizationPolicy").replace("networking", "security") + (
        "  selector: {matchLabels: {app: reviews}}\n"
        "  rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/web, 'cluster.local/ns/*/sa/other']}}]}]\n"
    )
    apps = app("web", account="web") + app("other", account="other") + app("reviews")
    assert table(tmp_path, apps, policy) == ["Deployment/web → Service/reviews: no limit (AuthorizationPolicy)"]
    denied = policy.replace("  selector", "  action: DENY\n  selector")
    assert table(tmp_path, apps, denied) == []


def test_hosts_of_a_sidecar(tmp_path: Path) -> None:
    sidecar = ISTIO % "Sidecar" + (
        "  workloadSelector: {labels: {app: web}}\n"
        "  egress: [{hosts: ['./reviews.shop.svc.cluster.local', 'istio-system/*', '~/other', './*']}]\n"
    )
    assert table(tmp_path, app("web"), app("reviews"), app("other"), sidecar) == [
        "Deployment/web → Service/reviews: no limit (Sidecar)"
    ]


def test_the_configuration_declares_calls(tmp_path: Path) -> None:
    (tmp_path / ".kubelint.yaml").write_text(
        "calls:\n  Deployment/web: reviews timeout=3s retries=1 pause=500ms sequential\n", encoding="utf-8"
    )
    assert table(tmp_path, app("web"), app("reviews")) == [
        "Deployment/web → Service/reviews: 3s × 2 tries + 500ms = 6.5s, sequential (kubelint.io/calls)"  # noqa: RUF001
    ]


def test_a_wrong_declaration_in_the_configuration_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".kubelint.yaml").write_text(
        "calls:\n  Deployment/wep: reviews\n  Deployment/web: reviews timeout=3\n", encoding="utf-8"
    )
    (tmp_path / "all.yaml").write_text(app("web") + app("reviews"), encoding="utf-8")
    found = check(tmp_path, load(tmp_path / ".kubelint.yaml")).findings
    assert [(str(finding.span), finding.rule, finding.headline) for finding in found] == [
        (
            ".kubelint.yaml:2:3",
            "kubernetes/malformed-calls",
            "no workload is called `Deployment/wep`; did you mean `Deployment/web`?",
        ),
        (".kubelint.yaml:3:35", "kubernetes/malformed-calls", "`3` is no duration above zero"),
    ]


def test_refs_show_the_call_graph(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(
        app("web", "{name: REVIEWS_URL, value: 'http://reviews/'}, {name: REVIEWS_TIMEOUT, value: 2s}")
        + app("reviews"),
        encoding="utf-8",
    )

    def refs(*arguments: str) -> str:
        result = CliRunner().invoke(command, ["--root", str(tmp_path), "--isolated", *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    with contextlib.chdir(tmp_path):
        assert refs("--calls") == "all.yaml:12:74: Deployment/web → Service/reviews: 2s (REVIEWS_URL)\n"
        assert refs("--calls", "Service/web") == ""
        (row,) = json.loads(refs("--calls", "--format", "json", "Service/reviews"))
        assert (row["caller"], row["callees"], row["attempt"], row["line"]) == (
            "Deployment/web",
            ["Service/reviews"],
            "2s",
            12,
        )
