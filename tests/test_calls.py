"""The annotation ``kubelint.io/calls`` and call edges from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubelint.build import build
from kubelint.config import Settings
from kubelint.discovery import systems
from kubelint.graph.model import Resolution
from kubelint.graph.query import Graph
from kubelint.repository import Repository
from kubelint.source import SourceFile
from kubelint.systems.kubernetes.calls import MOST_CALLS, Call, CallsProblem, parse_calls
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
        ("reviews retries=2", ["reviews"], [("retries=2", "a call has no parameter `retries`")]),
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
