"""Inventories as Ansible reads them: a table of probes, ansible-core itself where it is installed, hostile texts."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kubelint.check import check
from kubelint.config import Settings
from kubelint.graph.model import Document, Unit
from kubelint.graph.query import Graph
from kubelint.repository import Repository
from kubelint.source import SourceFile
from kubelint.systems.kubespray import ini_inventory, links, yaml_inventory
from kubelint.systems.kubespray.declared import CommentFault
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.values import Variable
from kubelint.systems.kubespray.variables import VariableFolders
from kubelint.tree.dialect import PYYAML
from kubelint.tree.ini import read_ini
from kubelint.tree.node import Mapping, Scalar
from kubelint.tree.yaml import read_yaml
from kubelint_schemas.kubespray.settings import settings


@dataclass
class Reading:
    """An inventory in plain data, comparable with what Ansible makes of the same text."""

    errors: list[str]
    groups: dict[str, dict[str, Any]]
    hosts: dict[str, dict[str, Any]]
    inventory: Inventory


def read(kind: str, text: str, graph: Graph) -> Reading:
    source = SourceFile(f"hosts.{kind}", text)
    if kind == "ini":
        file = read_ini(source)
        declared, root = ini_inventory.read_inventory(file)
        problems = [*file.problems, *declared.problems]
    else:
        stream = read_yaml(source)
        found = stream.documents[0].root if stream.documents else None
        root = found if isinstance(found, Mapping) else Mapping(source, 0, 0, [])
        declared = yaml_inventory.read_inventory(root)
        problems = [*stream.problems, *declared.problems]
    document = Document("kubespray", "inventory", source, root, "probe", content=declared)
    inventory = Inventory(graph.add_unit(Unit("inventory", "")), root, document, declared, VariableFolders([]))
    graph.add(inventory)
    links.link_inventory(graph, inventory)
    errors = [problem.message for problem in problems]
    errors += [comment.fault.value for comment in declared.comments if comment.fault is CommentFault.REFUSED]
    errors += [
        str(reference) for reference in graph.outgoing(inventory) if reference.dangling and reference.kind != "lists"
    ]
    errors += ["cycle"] if inventory.cycle else []
    return Reading(errors, _groups(inventory), _hosts(inventory), inventory)


def _groups(inventory: Inventory) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "hosts": sorted({host for entry in group.hosts for host in entry.names or ()}),
            "children": sorted({child.name for child in group.children}),
            "vars": {key: plain(variable) for key, variable in group.variables.items()},
        }
        for name, group in inventory.groups.items()
    }


def _hosts(inventory: Inventory) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, host in inventory.hosts.items():
        port = host.entries[0].port  # later ones do not count
        found[name] = {"ansible_port": port} if port else {}
        found[name].update({key: plain(variable) for key, variable in host.variables.items()})
    return found


def plain(variable: Variable) -> Any:
    value = variable.value
    if not isinstance(value, Scalar):
        return value.data(PYYAML)
    return value.value(PYYAML) if variable.dialect is PYYAML else variable.dialect.resolve(value.text)


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    return Graph(Repository(tmp_path), Settings())


def test_huge_range_costs_nothing_and_is_reported(graph: Graph) -> None:
    reading = read("ini", "[etcd]\nnode[1:1000000000]\nrack[1:99999]-[1:99999]-[1:99999]\n", graph)
    assert reading.errors == [
        "this range stands for 1000000000 hosts and was not expanded",
        "this range stands for too many hosts and was not expanded",
    ]
    assert reading.hosts == {}
    assert reading.inventory.members("etcd") is None


PROBES_OK: list[tuple[str, str]] = [
    ("ini", "a\n[g]\nb\n"),
    ("ini", "[g:hosts]\na\n"),
    ("ini", "[g] # comment\na\n"),
    ("ini", "[kube-master]\na\n"),
    ("ini", "[g]\na x=1\n[g]\nb\na x=2\n"),
    ("ini", "[g]\na ansible_host=1.1.1.1\n[h]\na ansible_host=2.2.2.2\n"),
    ("ini", "[g]\na x={{ansible_env.HOME}}/x\n"),
    ("ini", "[g]\na b=true c=True d=1 e=01 f=1.10 g=yes h=None i=0x1f j=1_000 k=1e3 l=-1 m='' n=x==y\n"),
    ("ini", '[g]\na b="1 # 2" c="it\'s" d=\'a"b\' e=a"b"c f="\'1\'"\n'),
    (
        "ini",
        "[g]\na\n[g:vars]\nc=True\nd=1\ny=1 # z\nz='foo' # z\nw=\" a b \"\nv=10.0.0.1\nu = 2\nt=1e\ns=+1\nr=1.\nq=.5\n",
    ),
    ("ini", "[g]\na\n[g:vars]\ny=foo # z\nx=foo ; z\n"),
    ("ini", "[g]\na x=1#c y=2\n"),
    ("ini", "; c\n# d\n[g]\n  a\t x=1\r\nb\r\n"),
    ("ini", "[g]\na:2222 x=1\n[2001:db8::1]:22\n"),
    ("ini", "[g]\na,b\n"),
    ("ini", "[g]\n\"a b\" x=1 'y=2'\n"),
    ("ini", "[g:vars]\nx=1\n[g]\na\n"),
    ("ini", "[g:children]\nc # x\n[g:vars]\nx=1\n[c]\n"),
    ("ini", "[p:children]\nc\n[c]\na\n"),
    ("ini", "[p:children]\nungrouped\n[ungrouped:vars]\nx=1\n[all:vars]\ny=2\n"),
    ("ini", "[all]\na\n[g]\na\n[all:children]\ng\n"),
    ("ini", "[g]\na\n[a]\nb\n"),
    ("ini", ""),
    ("ini", "[g]\n"),
    (
        "ini",
        "[g]\nnode[1:6:2]\nn-[a:c]\nn[1:2]-[a:b]:22\nnode[:3]\n[1:2].example.com\nx[3:1]\nn]1:2[\n2001:db8::[1:2]\n",
    ),
    ("ini", "[g]\nnode[01:03]\n"),
    ("ini", "[kube_master]\n[g]\ng\n"),
    ("ini", "[g]\na x=[1,2] y={'k':1}\n"),
    ("ini", "[g]\na x='{{ foo }}' y=\"{{ bar }} z\"\n"),
    ("ini", "# only a comment\n"),
    ("ini", "[g] # x\n; y\n\ta # z\n"),
    ("yml", "all:\n  hosts: a\n"),
    ("yml", "all:\n  hosts:\n    n[01:03].example.com:\n"),
    (
        "yml",
        "all:\n  children:\n    g:\n      hosts:\n        a: {ansible_host: 1.1.1.1}\n    h:\n      hosts:\n        a: {ansible_host: 2.2.2.2}\n",
    ),
    ("yml", "all:\n  hosts:\n    n[1:3]: {x: 1}\n    a:22:\n"),
    ("yml", "all:\n  children:\n    c:\n"),
    ("yml", "all:\n  children:\n    c: {hosts: {a: }, foo: 1}\n"),
    ("yml", "all: {children: {p: {children: {c: }}, c: {hosts: {a: }}}}\n"),
    ("yml", "g:\n  children:\n    h:\n      hosts: {a: }\nh:\n  hosts: {b: }\n"),
    ("yml", "g: {vars: {x: yes, y: 012, z: 1_0, w: 'no'}}\n"),
    ("yml", "all:\n  hosts:\n    <<: {a: {x: 1}}\n"),
    ("yml", "all:\n  children:\n    g: &a\n      hosts: {a: }\n    h: *a\n"),
    ("yml", "all: {hosts: {}}\nwhatever: 3\nother: [x]\n"),
    ("yml", "all: {hosts: {a: ''}}\n"),
    ("yml", "all: {hosts: {n[3:1]x: }}\n".replace("n[3:1]x", "'n[3:1]'")),
    ("yml", "g:\nall: {children: c}\n"),
]

PROBES_BAD: list[tuple[str, str]] = [
    ("ini", "[g:vars]\nx=1\n"),
    ("ini", "[p:children]\nc\n"),
    ("ini", "[p:children]\na\n[c]\na\n"),
    ("ini", "[p:children]\nc x\n[c]\na\n"),
    ("ini", "[p:children]\nc ; x\n[c]\na\n"),
    ("ini", "[p:children]\nc#x\n[c]\na\n"),
    ("ini", "[my group]\na\n"),
    ("ini", "[g:host]\na\n"),
    ("ini", "[g] ; comment\na\n"),
    ("ini", "[ g ]\na\n"),
    ("ini", "[g\na\n"),
    ("ini", "[]\na\n"),
    ("ini", "[g]\na ansible_host: 1.1.1.1\n"),
    ("ini", "[g]\na x = 1\n"),
    ("ini", '[g]\na x="b\n'),
    ("ini", "[g]\na x={{ foo }}\n"),
    ("ini", "[g]\na ; c\n"),
    ("ini", "[g]\na:\n"),
    ("ini", "---\n[g]\n"),
    ("ini", "[g]\na\n[g:vars]\nx\n"),
    ("ini", "[g]\nnode[1-3]\n"),
    ("ini", "[g]\nnode[1..3]\n"),
    ("ini", "[g]\nnode[01:003]\n"),
    ("ini", "[p:children]\np\n"),
    ("ini", "[p:children]\nc\n[c:children]\np\n"),
    ("ini", "[c:children]\nall\n[c]\na\n"),
    ("yml", "all:\n  hosts: [a]\n"),
    ("yml", "all:\n  children: [a]\n"),
    ("yml", "all:\n  vars: [a]\n"),
    ("yml", "all:\n  vars: 1\n"),
    ("yml", "all:\n  hosts:\n    1:\n"),
    ("yml", "all:\n  hosts:\n    yes:\n"),
    ("yml", "all:\n  hosts:\n    12:30:\n"),
    ("yml", "all:\n  hosts:\n    a: b\n"),
    ("yml", "all:\n  hosts:\n    a: [b]\n"),
    ("yml", "all:\n  hosts:\n    '': {}\n"),
    ("yml", "all:\n  hosts: 1\n"),
    ("yml", "all:\n  children:\n    c: x\n"),
    ("yml", "all:\n  children:\n    1: {hosts: {a: }}\n"),
    ("yml", "1: {hosts: {a: }}\n"),
    ("yml", "all: {children: {p: {children: {c: }}, c: {children: {p: }}}}\n"),
    ("yml", "all: {children: {all: }}\n"),
    ("yml", "all:\n  hosts:\n    n[1-3]:\n"),
]


@pytest.mark.parametrize(("kind", "text"), PROBES_BAD)
def test_what_ansible_refuses_is_an_error(kind: str, text: str, graph: Graph) -> None:
    assert read(kind, text, graph).errors


@pytest.mark.parametrize(("kind", "text"), PROBES_OK)
def test_what_ansible_reads_is_no_error(kind: str, text: str, graph: Graph) -> None:
    assert read(kind, text, graph).errors == []


def test_values_of_an_ini_inventory_have_their_python_types(graph: Graph) -> None:
    text = "[g]\na b=true c=True d=1 e=01 f=1.10 g=yes h=None\n[g:vars]\ny=1 # z\nz='foo' # z\nx=foo # z\nw=\"'1'\"\n"
    reading = read("ini", text, graph)
    assert reading.hosts["a"] == {"b": "true", "c": True, "d": 1, "e": "01", "f": 1.1, "g": "yes", "h": None}
    assert reading.groups["g"]["vars"] == {"y": 1, "z": "foo", "x": "foo # z", "w": "'1'"}


def test_members_count_children_ranges_and_duplicates_once(graph: Graph) -> None:
    text = "[a]\nn[1:3]\nn2\n[b]\nn3\nn4\n[etcd:children]\na\nb\n[etcd]\nn1\n"
    members = read("ini", text, graph).inventory.members("etcd")
    assert members is not None
    assert sorted(members) == ["n1", "n2", "n3", "n4"]


# -- variables: the precedence of Ansible ----------------------------------------------------------------------------

VARIABLE_TREE = {
    "site.yml": "- hosts: all\n",
    "group_vars/all.yml": "v: playbook all\n",
    "group_vars/k8s_cluster.yml": "prio: playbook cluster\n",
    "inv/hosts.ini": (
        "[kube_node]\nn1 ansible_host=1.1.1.1 hv=ini\n[etcd]\nn1\n[k8s_cluster:children]\nkube_node\n"
        "[kube_node:vars]\nv=node\nonly=node\n[all:vars]\nv=all\nw=all\n"
    ),
    "inv/group_vars/all/b.yml": "a: second\n",
    "inv/group_vars/all/a.yml": "a: first\n",
    "inv/group_vars/all.yml": "a: hidden\nhidden: 1\n",
    "inv/group_vars/all/.c.yml": "dot: 1\n",
    "inv/group_vars/all/d.yml.bak": "backup: 1\n",
    "inv/group_vars/all/e": "plain: 1\n",
    "inv/group_vars/k8s_cluster/sub/s.yaml": "nested: 1\n",
    "inv/group_vars/k8s_cluster/v.yml": "v: cluster\nprio: cluster\n",
    "inv/group_vars/kube_node.yml": "prio: node\n",
    "inv/group_vars/etcd.yml": "e: yml\nprio: etcd\n",
    "inv/group_vars/etcd.yaml": "e: yaml\n",
    "inv/group_vars/ungrouped.yml": "v: ungrouped\n",
    "inv/host_vars/n1": "hv: file\n",
    "inv/host_vars/n1.yml": "other: 1\n",
}
MERGED = {
    "a": "second",
    "ansible_host": "1.1.1.1",
    "e": "yml",
    "hv": "file",
    "nested": 1,
    "only": "node",
    "plain": 1,
    "prio": "playbook cluster",
    "v": "cluster",
    "w": "all",
}


def write_tree(root: Path, tree: dict[str, str]) -> None:
    for name, text in tree.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def test_variables_are_merged_in_ansibles_order(tmp_path: Path) -> None:
    write_tree(tmp_path, VARIABLE_TREE)
    (inventory,) = check(tmp_path).built.graph.subjects(Inventory)
    merged = {name: plain(variable) for name, variable in inventory.host_variables("n1").items()}
    assert merged == MERGED


# -- ansible-core itself ------------------------------------------------------------------------------------------

ORACLE = """
import json, os, sys, tempfile
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader

def settings(of):
    return {str(key): value for key, value in of.vars.items() if key not in ("inventory_file", "inventory_dir")}

def run(kind, text):
    path = os.path.join(tempfile.mkdtemp(), "hosts." + kind)
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.write(text)
    data, error = InventoryData(), None
    data.current_source = path
    try:
        inventory_loader.get("yaml" if kind == "yml" else kind).parse(data, DataLoader(), path)
        data.reconcile_inventory()
    except Exception as problem:
        error = str(problem)[:200]
    groups = {
        name: {
            "hosts": sorted({host.name for host in group.hosts}),
            "children": sorted({child.name for child in group.child_groups}),
            "vars": settings(group),
        }
        for name, group in data.groups.items()
    }
    hosts = {name: settings(host) for name, host in data.hosts.items()}
    return {"error": error, "groups": groups, "hosts": hosts}

json.dump([run(kind, text) for kind, text in json.load(sys.stdin)], sys.stdout, default=lambda value: "<opaque>")
"""
ANSIBLE = shutil.which("ansible-inventory")
needs_ansible = pytest.mark.skipif(ANSIBLE is None, reason="ansible-core is not installed")

LINES = (
    "[g]|[h]|[g:children]|[h:children]|[p:children]|[g:vars]|[h:vars]|[all:vars]|[all]|[x:y]|[g] # c|[g] ; c|[ g ]"
    "|g|h|a|b x=1|b x=2 y=z|n[1:3]|n[01:03] x=1|n[c:a]|n[3:1]|n[a:c:2].d:22|a:22|[::1]:22|a,b|a b|  a  |---"
    "|x=1|x = 1 # z|y=foo # z|z='q'|q=[1,|# c|; c|c # d|a ; c|a x=1#c|a 'x=1'|a x=\"|a x=|a y='{{ x }}'|"
)


def simple(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def ask_ansible(probes: list[tuple[str, str]]) -> list[dict[str, Any]]:
    python = Path(str(ANSIBLE)).resolve().parent / "python"
    done = subprocess.run(
        [python, "-c", ORACLE], input=json.dumps(probes), capture_output=True, text=True, check=True, timeout=300
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def assert_same(kind: str, text: str, answer: dict[str, Any], reading: Reading) -> None:
    assert bool(reading.errors) == (answer["error"] is not None), (text, answer["error"], reading.errors)
    if reading.errors:
        return
    for name, group in answer["groups"].items():
        ours = reading.groups.get(name, {"hosts": [], "children": [], "vars": {}})
        if name not in ("all", "ungrouped"):  # Ansible fills these two up
            assert (group["hosts"], group["children"]) == (ours["hosts"], ours["children"]), (kind, text, name)
        assert_same_variables(text, group["vars"], ours["vars"])
    assert set(answer["hosts"]) == set(reading.hosts), text
    for name, variables in answer["hosts"].items():
        assert_same_variables(text, variables, reading.hosts[name])


def assert_same_variables(text: str, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    assert set(theirs) == set(ours), text
    for key, value in theirs.items():
        if simple(value) and value != "<opaque>":
            assert (type(value), value) == (type(ours[key]), ours[key]), (text, key)


@needs_ansible
def test_ansible_reads_the_probes_in_the_same_way(graph: Graph) -> None:
    probes = PROBES_OK + PROBES_BAD
    for (kind, text), answer in zip(probes, ask_ansible(probes), strict=True):
        assert_same(kind, text, answer, read(kind, text, graph))


@needs_ansible
def test_ansible_reads_random_inventories_in_the_same_way(graph: Graph) -> None:
    chance = random.Random(20260822)
    probes = [("ini", "\n".join(chance.choices(LINES.split("|"), k=chance.randint(1, 7))) + "\n") for _ in range(1500)]
    for (kind, text), answer in zip(probes, ask_ansible(probes), strict=True):
        assert_same(kind, text, answer, read(kind, text, graph))


@needs_ansible
def test_ansible_merges_variables_in_the_same_way(tmp_path: Path) -> None:
    write_tree(tmp_path, VARIABLE_TREE)
    command = [str(ANSIBLE), "-i", "inv/hosts.ini", "--playbook-dir", ".", "--host", "n1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(done.stdout) == MERGED


DATA = Path(__file__).resolve().parent / "data" / "inventories"
SHARED = Path(os.environ.get("KUBELINT_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
WHOLE = """
import json, sys
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager

found = {}
for path in json.load(sys.stdin):
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=[path])
    variables = VariableManager(loader=loader, inventory=inventory)
    found[path] = {
        "groups": {name: sorted(host.name for host in group.get_hosts()) for name, group in inventory.groups.items()},
        "hosts": {host.name: variables.get_vars(host=host) for host in inventory.get_hosts()},
    }
json.dump(found, sys.stdout, default=lambda value: "<opaque>")
"""


@needs_ansible
def test_ansible_reads_whole_inventories_in_the_same_way() -> None:
    roots = [folder for folder in sorted(DATA.iterdir()) if not list(folder.rglob("vault.yml"))]
    roots += [root for root in (SHARED / "corpus" / "kubespray",) if root.is_dir()]
    ours = {
        str(root / inventory.source.path): inventory
        for root in roots
        for inventory in check(root).built.graph.subjects(Inventory)
    }
    assert len(ours) >= 12
    python = Path(str(ANSIBLE)).resolve().parent / "python"
    done = subprocess.run(
        [python, "-c", WHOLE], input=json.dumps(list(ours)), capture_output=True, text=True, check=True, timeout=300
    )
    for path, theirs in json.loads(done.stdout).items():
        inventory = ours[path]
        for name, hosts in theirs["groups"].items():
            if name not in ("all", "ungrouped"):
                assert sorted(inventory.members(name) or ()) == hosts, (path, name)
        assert set(theirs["hosts"]) == set(inventory.hosts), path
        for name, variables in theirs["hosts"].items():
            merged = {key: plain(variable) for key, variable in inventory.host_variables(name).items()}
            own = {key for key in variables if key in merged or not key.startswith(("ansible_", "inventory_", "group"))}
            assert own - {"omit", "playbook_dir"} == set(merged), (path, name)
            for key in own & set(merged):
                if simple(variables[key]) and variables[key] != "<opaque>":
                    assert merged[key] == variables[key], (path, name, key)


# -- hostile texts ---------------------------------------------------------------------------------------------------

SEEDS = [text for kind, text in PROBES_OK + PROBES_BAD if kind == "ini"]
YAML_SEEDS = [text for kind, text in PROBES_OK + PROBES_BAD if kind == "yml"]
NOISE = [*"[]:=#;\"'\\\n \t\0é|*-", "{{", "}}", "{%", "[1:9]", "all"]


def mutate(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(text))
        kind = chance.randrange(3)
        if kind == 0:
            text = text[:at] + chance.choice(NOISE) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + chance.randint(1, 4) :]
        else:
            text = text[:at] + chance.choice(SEEDS)[: chance.randint(0, 30)] + text[at:]
    return text


@pytest.mark.parametrize("kind", ["ini", "yml"])
def test_no_text_makes_the_reader_raise(kind: str, graph: Graph) -> None:
    chance = random.Random(7)
    seeds = SEEDS if kind == "ini" else YAML_SEEDS
    for _ in range(2000):
        text = mutate(chance.choice(seeds), chance)
        reading = read(kind, text, graph)
        for name in [*reading.inventory.groups, "etcd"]:
            reading.inventory.members(name)
            reading.inventory.group_variables(name)


def test_no_inventory_makes_a_rule_crash(tmp_path: Path) -> None:
    chance = random.Random(11)
    head = "[kube_control_plane]\nm1 ansible_host=10.0.0.1\n[etcd]\nm1\n[kube_node]\nm1\n[k8s_cluster:children]\nm\n"
    for number in range(120):
        folder = tmp_path / f"i{number}"
        write_tree(folder, {"inventory.ini": head + mutate(chance.choice(SEEDS), chance)})
        write_tree(
            folder,
            {"group_vars/all.yml": f"https_proxy: {chance.choice(NOISE)}\nno_proxy: 'a'\n"},
        )
    findings = check(tmp_path).findings
    assert [finding.note for finding in findings if finding.rule == "repository/rule-crashed"] == []
    assert findings


VALUES = (
    *NOISE,
    "true",
    "'no'",
    "0",
    "-1",
    "1.5",
    "99999999999999999999",
    "10.0.0.0/8",
    "10.0.0.1/33",
    "fd00::/1",
    "calico",
    "docker",
    "v1.2",
    "~",
    "[a, {b: c}]",
    "{a: [b]}",
    "2001-01-01",
    "!vault x",
    "x" * 300,
)


OTHER_SETTINGS = (
    "kube_version kube_pods_subnet kube_service_addresses calico_pool_cidr calico_mtu no_proxy http_proxy node_labels ip "
    "node_taints etcd_member_name upstream_dns_servers searchdomains skydns_server calico_veth_mtu cluster_id ansible_host "
    "kube_pods_subnet_ipv6 kube_vip_address"
)


def test_no_setting_makes_a_rule_crash(tmp_path: Path) -> None:
    chance = random.Random(13)
    names = [*sorted(settings()), *OTHER_SETTINGS.split()]
    head = "[kube_control_plane]\nm[1:2]\n[etcd]\nm1\n[kube_node]\nw[1:3]\n[calico_rr]\nr1\n"
    manifest = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: 9\n"
        "  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n"
        "    spec:\n      nodeSelector: {calico: docker}\n      containers: [{name: a, image: b:1}]\n"
    )
    for number in range(60):
        folder = tmp_path / f"i{number}"
        chosen = chance.sample(names, 14)
        write_tree(
            folder,
            {
                "hosts.ini": head + "".join(f"w1 {name}={chance.choice(VALUES)}\n" for name in chosen[:2]),
                "group_vars/all.yml": "".join(f"{name}: {chance.choice(VALUES)}\n" for name in chosen[2:7]),
                "group_vars/k8s_cluster.yml": "".join(f"{name}: {chance.choice(VALUES)}\n" for name in chosen[7:]),
                "deploy.yaml": manifest,
            },
        )
        findings = check(folder).findings
        assert [finding.note for finding in findings if finding.rule == "repository/rule-crashed"] == []


def test_long_chains_of_groups_are_read(graph: Graph) -> None:
    text = "".join(f"[g{number}:children]\ng{number + 1}\n" for number in range(5000)) + "[g5000]\na\n"
    reading = read("ini", text, graph)
    assert reading.errors == []
    assert list(reading.inventory.members("g0") or ()) == ["a"]
    assert reading.inventory.depths["g5000"] == 5001
