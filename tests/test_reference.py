"""The repository that the project was started from: its mistakes, each at the right character, and no other."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.config import Settings, find_configuration, load
from kubelint.finding import Finding

SHARED = Path(os.environ.get("KUBELINT_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
REFERENCE = SHARED / "reference" / "devops"

pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"the reference repository is not at {REFERENCE}")

EXTENSIONS = [
    "k8s-practice/argus/amazon-deployment.yml",
    "k8s-practice/argus/frontend-deployment.yml",
    "k8s-practice/argus/jd-deployment.yml",
    "k8s-practice/argus/mail-deployment.yml",
    "k8s-practice/grafana/deployment.yml",
    "k8s-practice/prometheus/blackbox-exporter/deployment.yml",
    "k8s-practice/prometheus/node-exporter/daemonset.yml",
]
REMOVED = {
    *((f"{path}:1:13", "kubernetes/removed-api") for path in EXTENSIONS),
    ("k8s-practice/prometheus/rbac/clusterRole.yml:1:13", "kubernetes/removed-api"),
    ("k8s-practice/prometheus/rbac/clusterRoleBinding.yml:1:13", "kubernetes/removed-api"),
    ("k8s-practice/argus/jd-hpa.yml:1:13", "kubernetes/removed-api"),
}
OTHERS = {
    (".drone.yml:1:7", "drone/unknown-kind"),
    (".drone.yml:15:12", "drone/remote-folder-differs"),
    ("k8s-demo/demo03-service-discovery/helloworld-service.yaml:7:10", "kubernetes/service-selects-nothing"),
    ("k8s-practice/argus/jd-hpa.yml:15:15", "kubernetes/autoscaler-target-lacks-request"),
    ("k8s-practice/prometheus/node-exporter/service.yml:6:27", "kubernetes/wrong-type"),
    ("k8s-practice/prometheus/rbac/clusterRole.yml:26:9", "kubernetes/non-resource-url-form"),
    ("k8s-practice/grafana/deployment.yml:20:9", "kubernetes/misspelt-domain"),
    ("k8s-practice/grafana/deployment.yml:5:14", "kustomize/namespace-overwritten"),
    ("k8s-practice/grafana/service.yml:5:14", "kustomize/namespace-overwritten"),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    target = tmp_path / "devops"
    shutil.copytree(REFERENCE, target)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


def findings(root: Path) -> list[Finding]:
    configuration = find_configuration(root)
    return check(root, Settings() if configuration is None else load(configuration)).findings


def places(root: Path) -> set[tuple[str, str]]:
    return {(str(finding.span), finding.rule) for finding in findings(root)}


def test_exactly_its_mistakes(copy: Path) -> None:
    assert places(copy) == REMOVED | OTHERS


def test_other_ends_are_shown(copy: Path) -> None:
    related = {finding.rule: [str(label.span) for label in finding.related] for finding in findings(copy)}
    assert related["kubernetes/service-selects-nothing"] == [
        "k8s-demo/demo03-service-discovery/helloworld-deployment.yaml:15:14"
    ]
    assert related["kubernetes/autoscaler-target-lacks-request"] == ["k8s-practice/argus/jd-deployment.yml:19:17"]


def test_an_old_target_still_serves_the_old_versions(copy: Path) -> None:
    (copy / ".kubelint.yaml").write_text('targets: {kubernetes: "1.14"}\n', encoding="utf-8")
    assert places(copy) == OTHERS


def test_removed_versions_say_what_replaces_them(copy: Path) -> None:
    by_place = {str(finding.span): finding for finding in findings(copy) if finding.rule == "kubernetes/removed-api"}
    daemon_set = by_place["k8s-practice/prometheus/node-exporter/daemonset.yml:1:13"]
    assert "1.16" in daemon_set.headline
    assert "apps/v1" in (daemon_set.help or "")
    assert "spec.selector" in (daemon_set.note or "")
    assert "1.22" in by_place["k8s-practice/prometheus/rbac/clusterRole.yml:1:13"].headline
    assert "1.26" in by_place["k8s-practice/argus/jd-hpa.yml:1:13"].headline


def added(root: Path) -> set[tuple[str, str]]:
    return places(root) - REMOVED - OTHERS


def test_proxy_url_with_https_in_a_pod_and_in_compose(copy: Path) -> None:
    deployment = copy / "k8s-demo/demo03-service-discovery/helloworld-deployment.yaml"
    text = deployment.read_text(encoding="utf-8")
    value = "        - name: HTTPS_PROXY\n          value: https://proxy:3128\n"
    deployment.write_text(text.replace("        env:\n", "        env:\n" + value, 1), encoding="utf-8")
    (copy / "compose.yaml").write_text(
        "services:\n  web:\n    image: nginx:1.27\n    environment:\n      HTTPS_PROXY: https://proxy:3128\n",
        encoding="utf-8",
    )
    assert added(copy) == {
        ("k8s-demo/demo03-service-discovery/helloworld-deployment.yaml:26:18", "proxy/https-scheme"),
        ("compose.yaml:5:20", "proxy/https-scheme"),
    }


def test_a_fourth_etcd_member(copy: Path) -> None:
    inventory = copy / "inventory" / "hosts.ini"
    inventory.parent.mkdir()
    hosts = "".join(f"node{number} ansible_host=10.0.0.{number}\n" for number in range(1, 5))
    groups = "[kube_control_plane]\nnode1\n\n[etcd]\nnode1\nnode2\nnode3\n{}\n[kube_node]\nnode2\nnode3\n\n"
    tail = "[k8s_cluster:children]\nkube_control_plane\nkube_node\n"
    inventory.write_text(f"[all]\n{hosts}\n{groups.format('')}{tail}", encoding="utf-8")
    assert added(copy) == set()
    inventory.write_text(f"[all]\n{hosts}\n{groups.format('node4' + chr(10))}{tail}", encoding="utf-8")
    assert added(copy) == {("inventory/hosts.ini:10:2", "kubespray/even-etcd")}


def test_a_misspelt_dependency(copy: Path) -> None:
    pipeline = copy / ".drone.yml"
    text = pipeline.read_text(encoding="utf-8").replace("pipline", "pipeline")
    pipeline.write_text(
        text.rstrip("\n") + "\n- name: notify\n  image: alpine:3.19\n  depends_on: [shh]\n", encoding="utf-8"
    )
    new = {(place.rpartition(":")[0], rule) for place, rule in added(copy)}
    assert new == {(".drone.yml:22", "drone/dependency-unknown")}
