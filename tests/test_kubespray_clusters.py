"""Whole inventories of clusters: silent as they are, and each plausible mistake found at its very scalar."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.config import Settings
from kubelint.finding import Finding, Severity
from kubelint.systems.kubespray.model import Inventory

INVENTORIES = Path(__file__).resolve().parent / "data" / "inventories"
SHARED = Path(os.environ.get("KUBELINT_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
SAMPLES = SHARED / "corpus" / "kubespray" / "inventory"

GUIDE = "kubespray-2.10.0/inventory/mycluster"
GUIDE_HOSTS = f"{GUIDE}/inventory.ini"
PROD = "inventory/prod"
CLUSTER = "group_vars/k8s_cluster/k8s-cluster.yml"


@pytest.mark.parametrize("name", sorted(folder.name for folder in INVENTORIES.iterdir()))
def test_inventory_is_silent(name: str) -> None:
    findings = check(INVENTORIES / name).findings
    assert [f"{finding.span}: {finding.rule}: {finding.headline}" for finding in findings] == []


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"the samples of kubespray are not at {SAMPLES}")
def test_samples_of_kubespray_are_silent() -> None:
    report = check(SAMPLES)
    assert [finding.headline for finding in report.findings] == []
    assert len(report.built.graph.subjects(Inventory)) == 2


@dataclass(frozen=True)
class Break:
    """A change of one text in one file; ``«»`` stand around what must be reported, in the new text."""

    inventory: str
    path: str
    old: str
    new: str
    rule: str


BREAKS = [
    # what the file says of hosts and groups
    Break("guide", GUIDE_HOSTS, "[etcd]\nks1\n", "[«etcd»]\nkm\nks1\n", "even-etcd"),
    Break("guide", GUIDE_HOSTS, "[etcd]\nks1\n", "[«etcd»]\n", "even-etcd"),
    Break("guide", GUIDE_HOSTS, "[kube-master]\nkm\n", "[«kube-master»]\n", "missing-group"),
    Break("guide", GUIDE_HOSTS, "kube-master\nkube-node\n", "kube-master\n«kube-noed»\n", "unknown-group"),
    Break("guide", GUIDE_HOSTS, "[kube-node]\n", "[«kube-nodes»]\n", "unknown-group"),
    Break("guide", GUIDE_HOSTS, "[etcd]\nks1\n", "[etcd]\n«kss1»\n", "unknown-host"),
    Break("guide", GUIDE_HOSTS, "10.0.0.97 ", "«10.0.0.102» ", "duplicate-address"),
    Break("guide", GUIDE_HOSTS, "ks2\nks3\n\n[kube-node]", "«ks2,ks3»\n\n[kube-node]", "comma-in-host"),
    Break("ranges", "inventories/production/hosts.ini", "etcd-[a:e]", "etcd-[a:d]", "even-etcd"),
    Break(
        "ranges",
        "inventories/production/hosts.ini",
        "worker-[001:120].k8s",
        "«worker-[120:001].k8s.example.com»\n#",
        "empty-range",
    ),
    Break("nested", "inventory/hosts.yaml", "            beta: {", "            «Beta»: {", "malformed-node-name"),
    Break("nested", "inventory/hosts.yaml", "ip: 172.16.3.11}", "ip: «172.16.2.12»}", "duplicate-address"),
    Break("kubeadm-etcd", "inventory/ke/hosts.ini", "ke4 ansible", "«ke_4» ansible", "malformed-node-name"),
    Break("aliases", "hosts.ini", "[etcd]\nn1\n", "[etcd]\nn1 ip=10.50.0.14\n", "contradicting-address"),
    Break("stacked", f"{PROD}/inventory.ini", "etcd_member_name=etcd3", "etcd_member_name=«etcd1»", "etcd-name-clash"),
    Break("stacked", f"{PROD}/inventory.ini", "[etcd:children]", "[«ectd»:children]", "missing-group"),
    Break(
        "route-reflectors",
        "inventory/dc1/inventory.ini",
        "[k8s_cluster:children]\nkube_control_plane\nkube_node\n",
        "[«k8s_cluster»:children]\nkube_control_plane\n",
        "cluster-group-incomplete",
    ),
    Break(
        "route-reflectors",
        "inventory/dc1/inventory.ini",
        "rr1\n\n[k8s_cluster:children]\nkube_control_plane\nkube_node\ncalico_rr\n",
        "«rr1»\n\n[k8s_cluster:children]\nkube_control_plane\nkube_node\n",
        "route-reflector-unusable",
    ),
    Break("guide", GUIDE_HOSTS, "[k8s-cluster:children]", "[«k8s-clutser»:children]", "missing-group"),
    Break("ranges", "inventories/production/hosts.ini", "[gpu:vars]", "[«gpus»:vars]", "unknown-group"),
    # values
    Break("stacked", f"{PROD}/{CLUSTER}", "plugin: calico", "plugin: «callico»", "wrong-value"),
    Break(
        "stacked", f"{PROD}/{CLUSTER}", "kube_version: 1.33.5", "kube_version: «v1.33.5»", "unsupported-kube-version"
    ),
    Break("route-reflectors", f"inventory/dc1/{CLUSTER}", "v1.28.6", "«v1.31.4»", "unsupported-kube-version"),
    Break("stacked", f"{PROD}/{CLUSTER}", "10.97.0.0/16", "«10.96.0.0/16»", "cidr-overlap"),
    Break("stacked", f"{PROD}/{CLUSTER}", "10.97.0.0/16", "«10.40.0.0/16»", "cidr-overlap"),
    Break("stacked", f"{PROD}/{CLUSTER}", "10.97.0.0/16", "«10.97.0.1/16»", "malformed-network"),
    Break("stacked", f"{PROD}/{CLUSTER}", "169.254.25.10", "«10.96.0.10»", "cidr-overlap"),
    Break("stacked", f"{PROD}/{CLUSTER}", "kube_pods_subnet", "«kube_pod_subnet»", "misspelt-variable"),
    Break("stacked", f"{PROD}/{CLUSTER}", "strict_arp: true", "strict_arp: «false»", "unmet-requirement"),
    Break("stacked", f"{PROD}/{CLUSTER}", "manager: containerd", "manager: «cri-o»", "wrong-value"),
    Break(
        "stacked",
        f"{PROD}/group_vars/k8s_cluster/k8s-net-calico.yml",
        "calico_mtu: 1450",
        "calico_mtu: «1480»",
        "mtu-too-large",
    ),
    Break(
        "stacked",
        f"{PROD}/group_vars/k8s_cluster/k8s-net-calico.yml",
        "calico_mtu: 1450",
        'calico_mtu: «"1450"»',
        "mtu-without-effect",
    ),
    Break(
        "stacked",
        f"{PROD}/group_vars/k8s_cluster/addons.yml",
        "helm_enabled: true",
        'helm_enabled: «"true"»',
        "boolean-as-text",
    ),
    Break(
        "route-reflectors",
        f"inventory/dc1/{CLUSTER}",
        "calico_vxlan_mode: Never",
        "calico_vxlan_mode: «CrossSubnet»",
        "unmet-requirement",
    ),
    Break(
        "route-reflectors",
        f"inventory/dc1/{CLUSTER}",
        "10.233.64.0/19",
        "«10.64.0.0/16»",
        "pool-outside-pod-network",
    ),
    Break("ranges", f"inventories/production/{CLUSTER}", "10.128.0.0/16", "«10.128.0.0/18»", "network-too-small"),
    Break("ranges", f"inventories/production/{CLUSTER}", "max_pods: 200", "max_pods: «300»", "network-too-small"),
    Break(
        "ranges",
        "inventories/production/group_vars/k8s_cluster/k8s-net-cilium.yml",
        "cluster_id: 4",
        "cluster_id: «256»",
        "wrong-value",
    ),
    Break("proxy", "inventory/corp/group_vars/all/all.yml", "download_run_once: true\n", "", "unmet-requirement"),
    Break(
        "kube-vip", "inventory/ha/group_vars/k8s_cluster/addons.yml", "10.100.0.100", "«10.233.70.1»", "cidr-overlap"
    ),
    Break("dual-stack", f"inventory/v6/{CLUSTER}", ":8607::1:0000/112", ":8607::/64", "cidr-overlap"),
    Break(
        "kubeadm-etcd", "inventory/ke/hosts.ini", "[kube_node]", "[etcd]\n«ke4»\n\n[kube_node]", "etcd-group-ignored"
    ),
    Break(
        "runtime-docker",
        "inventory/legacy/group_vars/all/docker.yml",
        "manager: docker",
        "manager: «containerd»",
        "unmet-requirement",
    ),
]


def broken(one: Break, target: Path) -> list[Finding]:
    shutil.copytree(INVENTORIES / one.inventory, target)
    path = target / one.path
    text = path.read_text(encoding="utf-8")
    assert text.count(one.old) == 1, one.old
    path.write_text(text.replace(one.old, one.new.replace("«", "").replace("»", "")), encoding="utf-8")
    return check(target).findings


@pytest.mark.parametrize("one", BREAKS, ids=[f"{one.inventory}: {one.rule}: {one.new[:30]!r}" for one in BREAKS])
def test_mistake_is_found_where_it_is_and_nothing_else(one: Break, tmp_path: Path) -> None:
    findings = broken(one, tmp_path / "repository")
    assert [finding.rule for finding in findings] == [f"kubespray/{one.rule}"], [
        f"{finding.span}: {finding.rule}: {finding.headline}" for finding in findings
    ]
    if "«" in one.new:
        (finding,) = findings
        text = finding.span.file.text
        before, _, rest = one.new.partition("«")
        marked = rest.partition("»")[0]
        start = (INVENTORIES / one.inventory / one.path).read_text(encoding="utf-8").index(one.old) + len(before)
        assert text[start:].startswith(marked)
        assert (finding.span.start, finding.span.end, finding.span.file.path) == (start, start + len(marked), one.path)


def test_variables_of_a_generated_inventory_are_checked(tmp_path: Path) -> None:
    shutil.copytree(INVENTORIES / "stacked", tmp_path / "repository")
    (tmp_path / "repository" / PROD / "inventory.ini").unlink()
    assert check(tmp_path / "repository").findings == []
    path = tmp_path / "repository" / PROD / CLUSTER
    path.write_text(path.read_text(encoding="utf-8").replace("10.97.0.0/16", "10.96.0.0/16"), encoding="utf-8")
    (finding,) = check(tmp_path / "repository").findings
    assert (finding.rule, finding.span.text) == ("kubespray/cidr-overlap", "10.96.0.0/16")


def test_variables_of_other_playbooks_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "group_vars").mkdir()
    text = "container_manager: podman\nkube_pod_subnet: 10.0.0.0/8\nhelm_enabled: 'yes'\n"
    (tmp_path / "group_vars" / "all.yml").write_text(text, encoding="utf-8")
    assert check(tmp_path).findings == []


def test_a_byte_order_mark_makes_ansible_drop_the_file(tmp_path: Path) -> None:
    shutil.copytree(INVENTORIES / "stacked", tmp_path / "repository")
    path = tmp_path / "repository" / PROD / "inventory.ini"
    path.write_text("\ufeff" + path.read_text(encoding="utf-8"), encoding="utf-8")
    (finding,) = check(tmp_path / "repository").findings
    assert (finding.rule, finding.span.line) == ("repository/unparsable-document", 1)
    assert finding.help == "save the file as UTF-8 without BOM"


# -- the guide's inventory ---------------------------------------------------------------------------------------------


def test_the_guides_inventory_gets_the_renames_for_the_current_release() -> None:
    settings = Settings(targets={"kubespray": "2.31", "kubernetes": "1.14"})
    findings = check(INVENTORIES / "guide", settings).findings
    renames = {finding.headline for finding in findings if finding.rule == "kubespray/old-group-name"}
    assert renames == {
        "group `kube-master` is `kube_control_plane` in kubespray 2.31, so its hosts are not set up",
        "group `kube-node` is `kube_node` in kubespray 2.31, so its hosts are not set up",
        "group `k8s-cluster` is `k8s_cluster` in kubespray 2.31",
    }
    rules = {finding.rule for finding in findings}
    assert {"kubespray/unsupported-kube-version", "kubespray/removed-variable"} <= rules


@pytest.mark.parametrize(
    ("members", "count"),
    [("km\nks1\n", "2 members"), ("km\nks1\nks2\nks3\n", "4 members"), ("ks[1:2]\nks1\n", "2 mem")],
)
def test_an_even_number_of_etcd_members_is_counted_and_named(members: str, count: str, tmp_path: Path) -> None:
    one = Break("guide", GUIDE_HOSTS, "[etcd]\nks1\nks2\nks3\n", f"[etcd]\n{members}", "even-etcd")
    (finding,) = broken(one, tmp_path / "repository")
    assert finding.severity is Severity.ERROR
    assert f"`etcd` has {count}" in finding.headline
    named = {name for name in ("km", "ks1", "ks2", "ks3") if f"`{name}`" in finding.primary.text}
    wanted = {"km", "ks1"} if "km" in members else {"ks1", "ks2"}
    assert named >= (wanted if "ks3" not in members else {"km", "ks1", "ks2", "ks3"})


# -- the release ---------------------------------------------------------------------------------------------------------

HOSTS = "[kube_control_plane]\na1 ansible_host=10.0.0.1\n[etcd]\na1\n[kube_node]\na2 ansible_host=10.0.0.2\n"
STATEMENTS = {
    "inventory/hosts.ini + galaxy": ({"galaxy.yml": "name: kubespray\nversion: 2.26.0\n"}, "2.26"),
    "requirements": (
        {
            "requirements.yml": "collections:\n- name: https://github.com/kubernetes-sigs/kubespray.git\n"
            "  type: git\n  version: v2.28.1\n"
        },
        "2.28",
    ),
    "requirements of others": ({"requirements.yml": "collections:\n- name: ansible.posix\n  version: 1.5.4\n"}, "2.31"),
    "submodule": (
        {
            ".gitmodules": '[submodule "kubespray"]\n  path = kubespray\n'
            "  url = https://github.com/kubernetes-sigs/kubespray.git\n  branch = release-2.25\n"
        },
        "2.25",
    ),
    "kube_version": ({"inventory/group_vars/all.yml": "kube_version: v1.24.6\n"}, "2.22"),
    "nothing": ({}, "2.31"),
}


@pytest.mark.parametrize(("files", "release"), STATEMENTS.values(), ids=STATEMENTS)
def test_release_is_read_from_what_names_it(files: dict[str, str], release: str, tmp_path: Path) -> None:
    for path, text in {"inventory/hosts.ini": HOSTS, **files}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (inventory,) = check(tmp_path).built.graph.subjects(Inventory)
    assert str(inventory.release) == release


# -- Kubernetes ----------------------------------------------------------------------------------------------------------

DEPLOYMENT = """apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: nginx:1.27.0
"""


def removed(root: Path, settings: Settings | None = None) -> list[Finding]:
    return [finding for finding in check(root, settings).findings if finding.rule == "kubernetes/removed-api"]


def write_clusters(root: Path, versions: dict[str, str | None]) -> None:
    root.mkdir(exist_ok=True)
    (root / "deploy.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    for name, version in versions.items():
        folder = root / "inventory" / name
        (folder / "group_vars").mkdir(parents=True)
        (folder / "hosts.ini").write_text(HOSTS, encoding="utf-8")
        if version is not None:
            (folder / "group_vars" / "all.yml").write_text(f"kube_version: {version}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("versions", "count"),
    [
        ({"prod": "v1.14.1"}, 0),
        ({"prod": "v1.16.3"}, 1),
        ({"prod": "v1.14.1", "test": "v1.14.3"}, 0),
        ({"prod": "v1.14.1", "test": "v1.16.3"}, 1),
        ({"prod": "v1.14.1", "test": None}, 1),
        ({"prod": '"{{ version }}"'}, 1),
        ({"prod": "v1.14.1", "local": None}, 0),
    ],
)
def test_the_clusters_version_is_the_target(versions: dict[str, str | None], count: int, tmp_path: Path) -> None:
    write_clusters(tmp_path, versions)
    assert len(removed(tmp_path)) == count


def test_the_version_of_a_generated_inventory_is_the_target_too(tmp_path: Path) -> None:
    write_clusters(tmp_path, {"prod": "v1.14.1\nkube_network_plugin: calico\nkube_proxy_mode: ipvs"})
    (tmp_path / "inventory" / "prod" / "hosts.ini").unlink()
    assert removed(tmp_path) == []


REFERENCE = SHARED / "reference" / "devops"


@pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"the reference repository is not at {REFERENCE}")
def test_the_guides_cluster_serves_the_guides_manifests(tmp_path: Path) -> None:
    root = tmp_path / "devops"
    shutil.copytree(REFERENCE, root)
    root.chmod(0o755)
    assert removed(root)
    shutil.copytree(INVENTORIES / "guide", root, dirs_exist_ok=True)
    assert removed(root) == []
    assert not [finding for finding in check(root).findings if finding.rule.startswith("kubespray/")]


def test_what_the_configuration_says_comes_before_the_inventory(tmp_path: Path) -> None:
    write_clusters(tmp_path / "old", {"prod": "v1.14.1"})
    assert len(removed(tmp_path / "old", Settings(targets={"kubernetes": "1.20"}))) == 1
    write_clusters(tmp_path / "new", {"prod": "v1.20.7"})
    assert removed(tmp_path / "new", Settings(targets={"kubernetes": "1.14"})) == []


def test_the_finding_shows_the_inventory_that_sets_the_version(tmp_path: Path) -> None:
    write_clusters(tmp_path, {"prod": "v1.16.3"})
    (finding,) = removed(tmp_path)
    assert [str(label.span) for label in finding.related] == ["inventory/prod/group_vars/all.yml:1:15"]
