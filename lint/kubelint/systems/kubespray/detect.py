"""Which files are Ansible inventories and their variables, and which inventories are kubespray's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from kubelint.files import INI, RepositoryFile
from kubelint.graph.model import Document
from kubelint.suggest import is_near
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.yaml import YamlDocument
from kubelint_schemas import kubespray as releases

if TYPE_CHECKING:
    from kubelint.tree.ini import IniSection

SYSTEM_NAME = "kubespray"
INVENTORY, DYNAMIC, VARIABLES = "inventory", "dynamic inventory", "inventory variables"
FOLDERS = ("group_vars", "host_vars")

_CONNECTION = re.compile(r"(?:^|\s)ansible_[a-z_]+[ \t]*=", re.MULTILINE)
_ASSIGNMENT = re.compile(r"[^\s=]+\s+=|[^\s=]+=")
_PLUGIN = re.compile(r"(?:[a-z_][a-z0-9_]*\.){2}[a-z_][a-z0-9_]*\Z")
_KNOWN_PLUGINS = frozenset(
    {"advanced_host_list", "auto", "aws_ec2", "aws_rds", "azure_rm", "constructed", "docker_containers", "gcp_compute"}
    | {"generator", "hcloud", "host_list", "k8s", "kubevirt", "libvirt", "linode", "nb_inventory", "netbox", "nmap"}
    | {"online", "openstack", "proxmox", "scaleway", "terraform_provider", "virtualbox", "vmware_vm_inventory"}
)
_INVENTORY_NAMES = ("hosts.yml", "hosts.yaml", "inventory.yml", "inventory.yaml")
_NEAR_MARKS = ("kube_control_plane", "kube_node", "kube-node", "kube-master", "k8s_cluster", "k8s-cluster")


def detect(file: RepositoryFile) -> Iterable[Document]:
    """Return the inventory, dynamic inventory or variables that a file holds; nothing for anything else."""
    if file.syntax == INI:
        return _ini(file)
    if any(f"{folder}/" in file.path for folder in FOLDERS) and is_variable_path(file.path):
        return [variables_document(document) for document in file.yaml.documents if holds_variables(document)]
    return [found for document in file.yaml.documents if (found := _yaml(file, document)) is not None]


def is_variable_path(path: str) -> bool:
    """Tell whether a path lies below a ``group_vars`` or ``host_vars`` folder."""
    return any(part in FOLDERS for part in path.split("/")[:-1])


def variables_document(document: YamlDocument) -> Document:
    """Return the document of the system for one of ``group_vars`` or ``host_vars``."""
    return Document(
        system=SYSTEM_NAME,
        kind=VARIABLES,
        source=document.source,
        root=document.root,
        evidence="a file of `group_vars` or `host_vars`",
        start=document.start,
        end=document.end,
        broken=document.broken,
    )


def is_kubespray(names: AbstractSet[str]) -> bool:
    """Tell whether an inventory with these group names is one of kubespray's, and not another installer's."""
    certain = names & (releases.marks() - {"kube_node", "kube-node", "kube-master"})
    if certain:
        return True
    if names & releases.other_projects():
        return False
    if names & releases.marks():
        return True
    # A slip in the one group that would tell: it needs company that no other inventory has.
    company = len(names & releases.group_names() - {"all"})
    return company > 0 and any(is_near(name, mark) for name in names for mark in _NEAR_MARKS)


# -- INI -----------------------------------------------------------------------------------------------------


def _ini(file: RepositoryFile) -> Iterator[Document]:
    text = file.text
    if text.startswith("#!"):
        yield Document(SYSTEM_NAME, DYNAMIC, file.source, None, "a script (`#!`) of that name", 0, len(text))
        return
    ini = file.ini
    if ini.encrypted:
        evidence = "encrypted by ansible-vault"
        yield Document(SYSTEM_NAME, INVENTORY, file.source, None, evidence, 0, len(text), broken=True)
        return
    found = _evidence(ini.sections, text)
    if found:
        from kubelint.systems.kubespray import ini_inventory  # the readers are imported when there is an inventory

        declared, root = ini_inventory.read_inventory(ini, file.limits.hosts)
        yield Document(SYSTEM_NAME, INVENTORY, file.source, root, found, 0, len(text), content=declared)


def _evidence(sections: list[IniSection], text: str) -> str | None:
    """Return what makes an INI text an inventory; None where nothing does for certain."""
    names = {section.name for section in sections if section.name is not None}
    marks = sorted(names & releases.marks())
    suffixes = {section.suffix.text for section in sections if section.suffix is not None}
    suffixed = not suffixes.isdisjoint(("children", "vars"))
    connects = _CONNECTION.search(text) is not None
    if marks and (suffixed or connects or len(marks) > 1 or _lists_hosts(sections, marks)):
        return f"group `{marks[0]}`"
    if suffixed:
        return "sections `:children` or `:vars`"
    if connects and not any(_is_setting(section) for section in sections):
        return "`ansible_` variables of hosts"
    return None


def _lists_hosts(sections: list[IniSection], marks: list[str]) -> bool:
    """Tell whether the sections of those names hold hosts, and not the settings of some program."""
    return not any(_is_setting(section) for section in sections if section.name in marks)


def _is_setting(section: IniSection) -> bool:
    return section.suffix is None and any(_ASSIGNMENT.match(line.text) is not None for line in section.lines)


# -- YAML ----------------------------------------------------------------------------------------------------


def holds_variables(document: YamlDocument) -> bool:
    """Tell whether a document of a variable file holds anything: a mapping, a vault, or what could not be read."""
    root = document.root
    return document.broken or isinstance(root, Mapping) or (isinstance(root, Scalar) and root.opaque)


def _yaml(file: RepositoryFile, document: YamlDocument) -> Document | None:
    root = document.root
    if not isinstance(root, Mapping):
        return None
    if "plugin" in root and _names_plugin(root.get("plugin")):
        evidence = "`plugin` of an inventory"
        return Document(SYSTEM_NAME, DYNAMIC, file.source, root, evidence, document.start, document.end)
    found = _yaml_evidence(file, root)
    if found is None:
        return None
    from kubelint.systems.kubespray import yaml_inventory

    declared = yaml_inventory.read_inventory(root, file.limits.hosts)
    start, end = document.start, document.end
    return Document(SYSTEM_NAME, INVENTORY, file.source, root, found, start, end, content=declared)


def _names_plugin(node: Node | None) -> bool:
    return isinstance(node, Scalar) and (node.text in _KNOWN_PLUGINS or _PLUGIN.match(node.text) is not None)


def _yaml_evidence(file: RepositoryFile, root: Mapping) -> str | None:
    everything = root.get("all")
    if isinstance(everything, Mapping) and _is_group(everything):
        children, hosts = everything.get("children"), everything.get("hosts")
        if file.name in _INVENTORY_NAMES:
            return "group `all` and the name of the file"
        if isinstance(children, Mapping) and any(_is_group(body) for _, body in children.pairs()):
            return "group `all` with children"
        if isinstance(hosts, Mapping) and any(_connects(body) for _, body in hosts.pairs()):
            return "group `all` with hosts"
        if _connects(everything.get("vars")):
            return "group `all` with variables of a connection"
    for name in root.index:
        if name in releases.marks() and _is_group(root.get(name)):
            return f"group `{name}`"
    return None


def _is_group(node: Node | None) -> bool:
    """Tell whether a node looks like the body of a group: ``hosts``, ``children`` and ``vars`` and nothing else."""
    if not isinstance(node, Mapping) or not len(node):
        return False
    return all(name in ("hosts", "children", "vars") for name in node.index)


def _connects(node: Node | None) -> bool:
    return isinstance(node, Mapping) and any(name.startswith("ansible_") for name in node.index)
