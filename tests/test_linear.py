"""Twice the input is about twice the work: operations are counted, not timed."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from kubelint.check import check
from kubelint.source import SourceFile
from kubelint.tree import yaml as reader

APPLICATION = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web-{0}, namespace: shop-{1}}}
spec:
  selector: {{matchLabels: {{app: web-{0}}}}}
  template:
    metadata: {{labels: {{app: web-{0}}}}}
    spec:
      serviceAccountName: web-{0}
      containers:
      - name: web
        image: registry.example.com/shop/web:1.{0}
        ports: [{{name: http, containerPort: 8080}}]
        envFrom: [{{configMapRef: {{name: web-{0}}}}}]
        readinessProbe: {{httpGet: {{path: /, port: http}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: web-{0}, namespace: shop-{1}}}
data: {{upstream: "http://web-{0}.shop-{1}:80/"}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: web-{0}, namespace: shop-{1}}}
---
apiVersion: v1
kind: Service
metadata: {{name: web-{0}, namespace: shop-{1}}}
spec:
  selector: {{app: web-{0}}}
  ports: [{{name: http, port: 80, targetPort: http}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: web-{0}, namespace: shop-{1}}}
spec:
  podSelector: {{matchLabels: {{app: web-{0}}}}}
  policyTypes: [Ingress]
  ingress: [{{from: [{{podSelector: {{}}}}], ports: [{{port: 8080}}]}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: web-{0}, namespace: shop-{1}}}
spec: {{maxUnavailable: 1, selector: {{matchLabels: {{app: web-{0}}}}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: web-{0}, namespace: shop-{1}}}
spec:
  rules:
  - host: web-{0}.example.com
    http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: web-{0}, port: {{name: http}}}}}}}}]}}
"""
#: How much more than twice is still called linear: sorting, and dictionaries that grow.
TOLERANCE = 1.15


def operations(work: Callable[[], object]) -> int:
    """Return how many functions a piece of work calls, built-in ones included, and steps that generators make."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    gc.collect()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def assert_linear(make: Callable[[int], Callable[[], object]], size: int) -> None:
    make(size)()  # what is imported, compiled and memoised once is no part of the slope
    one, two, four = (operations(make(size * factor)) for factor in (1, 2, 4))
    assert four - two < (two - one) * 2 * TOLERANCE, (one, two, four)


@pytest.mark.parametrize("path", ["app-{0}/all.yaml", "app-{0}.yaml"], ids=["in many folders", "in one folder"])
@pytest.mark.parametrize("namespaces", [7, 1_000], ids=["a few namespaces", "a namespace each"])
def test_many_applications(path: str, namespaces: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBELINT_JOBS", "1")

    def make(count: int) -> Callable[[], object]:
        root = tmp_path / f"{count}"
        for number in range(count):
            file = root / path.format(number)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(APPLICATION.format(number, number % namespaces))
        return lambda: check(root)

    assert_linear(make, 16)


@pytest.mark.parametrize(
    "text",
    [
        "---\na: [\n",
        "---\na: 'b\n",
        "--- {\n",
        "%YAML 1.1\n---\na: b: c\n",
        "---\na: 1\n---\nb: [\n---\nc: 1\n",
        "---\na: \x01\n",
    ],
)
def test_characters_that_the_yaml_reader_looks_at(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = 0

    parser: Any = vars(reader)["EventParser"]

    def note(part: str) -> object:
        nonlocal looked_at
        looked_at += len(part)
        return parser(part)

    monkeypatch.setattr(reader, "EventParser", note)
    stream = reader.read_whole(SourceFile("broken.yaml", text * 400))
    assert sum(document.broken for document in stream.documents) == 400
    assert looked_at < 8 * len(text) * 400
