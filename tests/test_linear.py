"""Twice the input is about twice the work: operations are counted, not timed."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from kubelint.check import check
from kubelint.config import Settings
from kubelint.graph.model import Entity, Key, Reference, Resolution, Unit
from kubelint.graph.query import Graph
from kubelint.group import Group
from kubelint.repository import Repository
from kubelint.source import SourceFile
from kubelint.suggest import is_near, nearest
from kubelint.tree import yaml as reader
from kubelint.tree.compact import event_parser
from kubelint.tree.node import Scalar

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

    parser = event_parser()

    def note(part: str) -> object:
        nonlocal looked_at
        looked_at += len(part)
        return parser(part)

    monkeypatch.setattr(reader, "event_parser", lambda: note)
    stream = reader.read_whole(SourceFile("broken.yaml", text * 400))
    assert sum(document.broken for document in stream.documents) == 400
    assert looked_at < 8 * len(text) * 400


COMPOSE = """\
  web-{0}:
    image: registry.example.com/shop/web:1.{0}
    depends_on: [web-{1}]
    ports: ["{2}:8080"]
    networks: [net-{0}]
    volumes: ["data-{0}:/data"]
    environment: {{UPSTREAM: "http://web-{1}:8080/"}}
"""
ROUTE = """\
  - match: [{{uri: {{prefix: /app-{0}/}}, headers: {{tenant: {{exact: t-{0}}}}}}}]
    route: [{{destination: {{host: web, subset: v{0}}}}}]
"""
STEP = "- {{name: step-{0}, image: golang:1.22, commands: [go test ./...], depends_on: [{1}]}}\n"
HOST = "node{0} ansible_host=10.0.{1}.{2}\n"


def compose(count: int) -> dict[str, str]:
    """Return a project of so many services, each with a network and a volume of its own, that wait for each other."""
    services = "".join(COMPOSE.format(n, (n + 1) % count if n + 1 < count else 0, 8000 + n) for n in range(1, count))
    services = "services:\n  web-0: {image: a:1, networks: [net-1]}\n" + services
    names = ("networks:\n", "  net-{}: {{}}\n"), ("volumes:\n", "  data-{}: {{}}\n")
    return {"compose.yaml": services + "".join(h + "".join(t.format(n) for n in range(1, count)) for h, t in names)}


def istio(count: int) -> dict[str, str]:
    """Return a VirtualService of so many routes, with a subset for each."""
    head = "apiVersion: networking.istio.io/v1\nkind: {}\nmetadata: {{name: web}}\nspec:\n"
    routes = "".join(ROUTE.format(n) for n in range(count))
    subsets = "".join(f"  - {{name: v{n}, labels: {{version: v{n}}}}}\n" for n in range(count))
    return {
        "routes.yaml": head.format("VirtualService") + f"  hosts: [web]\n  http:\n{routes}",
        "subsets.yaml": head.format("DestinationRule") + f"  host: web\n  subsets:\n{subsets}",
    }


def by_headers(count: int) -> dict[str, str]:
    """Return a VirtualService whose routes tell requests apart by anything but their paths."""
    kinds = (
        "headers: {{h{0}: {{}}}}",
        "headers: {{h{0}: {{regex: '.*'}}}}",
        "withoutHeaders: {{h{0}: {{}}}}",
        "gateways: [g{0}]",
    )
    routes = "".join(
        f"  - {{match: [{{{kinds[n % len(kinds)].format(n)}}}], route: [{{destination: {{host: web}}}}]}}\n"
        for n in range(count)
    )
    head = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web}\nspec:\n"
    return {"routes.yaml": f"{head}  hosts: [web]\n  http:\n{routes}"}


def drone(count: int) -> dict[str, str]:
    """Return a pipeline of so many steps, each behind the one before it."""
    steps = "".join(STEP.format(n, f"step-{n - 1}" if n else "") for n in range(count))
    return {".drone.yml": f"kind: pipeline\ntype: docker\nname: default\nsteps:\n{steps}"}


def kustomize(count: int) -> dict[str, str]:
    """Return so many overlays of one base, with resources and generators of their own."""
    base = "".join(f"{part}---\n" for part in APPLICATION.format(0, 0).split("---\n")[:4])
    overlay = "resources: [../base]\nnamePrefix: p{0}-\nconfigMapGenerator:\n- {{name: more, literals: [a=b]}}\n"
    files = {f"overlay-{n}/kustomization.yaml": overlay.format(n) for n in range(count)}
    return {**files, "base/kustomization.yaml": "resources: [all.yaml]\n", "base/all.yaml": base}


def kubespray(count: int) -> dict[str, str]:
    """Return an inventory of so many hosts with variables for each."""
    hosts = "".join(HOST.format(n, n // 250, n % 250) for n in range(1, count + 1))
    nodes = "".join(f"node{n}\n" for n in range(1, count + 1))
    groups = "[kube_control_plane]\nnode1\n[etcd]\nnode1\n[k8s_cluster:children]\nkube_control_plane\nkube_node\n"
    files = {f"inventory/host_vars/node{n}.yml": "node_labels: {disk: ssd}\n" for n in range(1, count + 1)}
    return {**files, "inventory/hosts.ini": f"[all]\n{hosts}[kube_node]\n{nodes}{groups}"}


def containers(count: int) -> dict[str, str]:
    """Return one pod of so many containers, each with ports, mounts and probes of its own."""
    items = "".join(
        f"      - name: c{n}\n        image: web:1\n        ports: [{{name: p{n}, containerPort: {n + 1}}}]\n"
        f"        livenessProbe: {{httpGet: {{path: /, port: {n + 1}}}}}\n"
        f"        volumeMounts: [{{name: v{n}, mountPath: /v{n}}}]\n"
        for n in range(count)
    )
    volumes = "".join(f"      - {{name: v{n}, emptyDir: {{}}}}\n" for n in range(count))
    ports = "".join(f"  - {{name: p{n}, port: {n + 1}, targetPort: p{n}}}\n" for n in range(count))
    return {
        "web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n"
        f"      containers:\n{items}      volumes:\n{volumes}",
        "service.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        f"spec:\n  selector: {{app: web}}\n  ports:\n{ports}",
    }


def mute_containers(count: int) -> dict[str, str]:
    """Return one pod of so many containers without ports and probes."""
    items = "".join(f"      - {{name: c{n}, image: web:1}}\n" for n in range(count))
    return {
        "web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n"
        f"      containers:\n{items}"
    }


def granted(count: int) -> dict[str, str]:
    """Return a Role of so many rules that so many bindings give away."""
    rules = "".join("- {apiGroups: [''], resources: [secrets], verbs: [get, '*']}\n" for _ in range(count))
    api = "rbac.authorization.k8s.io"
    binding = (
        f"---\napiVersion: {api}/v1\nkind: RoleBinding\nmetadata: {{{{name: system:b{{0}}}}}}\n"
        f"roleRef: {{{{apiGroup: {api}, kind: Role, name: system:r}}}}\nsubjects: []\n"
    )
    role = f"apiVersion: {api}/v1\nkind: Role\nmetadata: {{name: system:r}}\nrules:\n{rules}"
    return {"rights.yaml": role + "".join(binding.format(n) for n in range(count))}


def alike(count: int) -> dict[str, str]:
    """Return so many Deployments whose pods bear the same labels, and mount the same claim."""
    head = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web-{0}}}\nspec:\n"
    pod = (
        "  selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata: {{labels: {{app: web}}}}\n    spec:\n"
        "      containers: [{{name: web, image: 'web:1', envFrom: [{{configMapRef: {{name: web}}}}]}}]\n"
        "      volumes: [{{name: data, persistentVolumeClaim: {{claimName: data}}}}]\n"
    )
    claim = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce]}\n"
    )
    return {"web.yaml": claim + "".join((head + pod).format(n) for n in range(count))}


@pytest.mark.parametrize(
    ("laid_out", "size"),
    [
        (compose, 20),
        (istio, 40),
        (by_headers, 80),
        (drone, 40),
        (kustomize, 10),
        (kubespray, 40),
        (containers, 20),
        (alike, 40),
        (mute_containers, 60),
        (granted, 40),
    ],
)
def test_many_of_everything_else(
    laid_out: Callable[[int], dict[str, str]], size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBELINT_JOBS", "1")
    settings = Settings(select=tuple(group.value for group in Group))

    def make(count: int) -> Callable[[], object]:
        root = tmp_path / f"{count}"
        for path, text in laid_out(count).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return lambda: check(root, settings)

    assert_linear(make, size)


def test_near_misses_among_thousands_of_names() -> None:
    """Names that are alike are compared with a bounded number of others each."""

    def make(count: int) -> Callable[[], object]:
        known = [f"setting-{number}-x" for number in range(count)]
        return lambda: [nearest(f"settnig-{number}-x", known) for number in range(0, count, 100)]

    assert_linear(make, 1_000)


class Kind(str):
    """A kind of reference that is seen to be compared."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_each_of_thousands_asks_who_refers_to_what_they_share(tmp_path: Path) -> None:
    def make(count: int) -> Callable[[], object]:
        graph = Graph(Repository(tmp_path), Settings())
        node = Scalar(SourceFile("a.yaml", "a"), 0, 1, "a")
        shared = Entity(Key("kubernetes", "PersistentVolumeClaim", "", "data"), node, Unit("directory", ""))
        asked = [Reference(Kind("mounts"), shared, node, shared.key, Resolution.RESOLVED, (shared,))] * count  # type: ignore[arg-type]
        for reference in (*asked, Reference("claims", shared, node, shared.key, Resolution.RESOLVED, (shared,))):  # type: ignore[arg-type]
            graph.add_reference(reference)
        return lambda: [len(graph.incoming(shared, "claims")) for _ in asked]

    assert_linear(make, 100)
    assert make(100)() == [1] * 100


def test_who_refers_is_known_again_after_more_came(tmp_path: Path) -> None:
    graph = Graph(Repository(tmp_path), Settings())
    node = Scalar(SourceFile("a.yaml", "a"), 0, 1, "a")
    shared = Entity(Key("kubernetes", "PersistentVolumeClaim", "", "data"), node, Unit("directory", ""))
    for count in range(1, 60):
        made = Reference(f"kind-{count % 3}", shared, node, shared.key, Resolution.RESOLVED, (shared,))  # type: ignore[arg-type]
        graph.add_reference(made)
        for kind in ("kind-0", "kind-1", "kind-2"):
            plain = [each for each in graph.incoming(shared) if each.kind == kind]
            assert graph.incoming(shared, kind) == plain


def test_what_is_too_long_to_be_a_name_is_no_near_miss() -> None:
    class Long(str):
        """A text that is seen to be read."""

        __slots__ = ()

        def lower(self) -> str:
            raise AssertionError

    name = Long("x" * 1_001)
    assert nearest(name, ["x" * 1_000]) == []
    assert not is_near(name, "x" * 1_000)
    assert not is_near("x" * 1_000, name)
    assert nearest("x" * 999, ["x" * 1_000]) == ["x" * 1_000]
