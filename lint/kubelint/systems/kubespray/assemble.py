"""Documents to inventories: one unit for each folder that holds inventories, with its variables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kubelint.graph.model import Document, Resource, Unit
from kubelint.graph.query import Graph
from kubelint.system import Assembly
from kubelint.systems.kubespray.declared import GENERATED, Declarations
from kubelint.systems.kubespray.detect import DYNAMIC, FOLDERS, INVENTORY, SYSTEM_NAME, VARIABLES
from kubelint.systems.kubespray.entities import VariableFile
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.release import inferred_releases, stated_release
from kubelint.systems.kubespray.values import Variable
from kubelint.systems.kubespray.variables import VariableFolders, VariableReader, playbook_folders
from kubelint.tree.node import Mapping, Scalar

#: What kubespray hands on as environment of package managers, container engines and downloads ("proxy.md").
PROXY_VARIABLES = frozenset({"http_proxy", "https_proxy", "no_proxy", "additional_no_proxy"})
_SCRIPTS = (".py", ".sh")


def assemble(assembly: Assembly) -> None:
    """Make a unit of each folder with inventories, and one of variables that no inventory is next to."""
    reader = VariableReader(assembly)
    folders: dict[str, list[Document]] = defaultdict(list)
    variables: list[Document] = []
    for document in assembly.of(SYSTEM_NAME):
        assembly.take(document)
        if document.kind == VARIABLES:
            variables.append(document)
        else:
            folders[document.source.directory].append(document)
    used: set[int] = set()
    for directory in sorted(folders):
        found = reader.collect(directory, playbook_folders(assembly.repository, directory))
        used.update(id(file.document) for file in found.files)
        _assemble_folder(assembly, directory, folders[directory], found)
    rest = [document for document in variables if id(document) not in used]
    # Next to an inventory it is a file that Ansible never reads, such as one whose name begins with a dot.
    for directory in sorted({_owner(document.source.path) for document in rest} - folders.keys()):
        found = reader.collect(directory, ())
        if found.files:
            unit = assembly.graph.add_unit(Unit("inventory variables", directory, incomplete=True))
            _add_variables(assembly, directory, unit, found)


def _assemble_folder(assembly: Assembly, directory: str, documents: list[Document], found: VariableFolders) -> None:
    graph = assembly.graph
    unit = graph.add_unit(Unit("inventory", directory))
    unit.incomplete = _is_dynamic(assembly, directory, documents)
    inventories: list[Inventory] = []
    for document in documents:
        declared = document.content
        if document.kind == INVENTORY and isinstance(declared, Declarations) and document.root is not None:
            for problem in declared.problems:
                graph.add_subject(problem)
            inventories.append(Inventory(unit, document.root, document, declared, found))
    for inventory in inventories:
        inventory.siblings = [other for other in inventories if other is not inventory]
    _set_releases(assembly, directory, inventories)
    for inventory in inventories:
        graph.add(inventory)
        _propose_version(graph, inventory)
        for group in inventory.groups.values():
            graph.add(group)
            _add_environment(graph, inventory, f"the variables of group `{group.name}`", group.variables)
        for host in inventory.hosts.values():
            graph.add(host)
            _add_environment(graph, inventory, f"the variables of host `{host.name}`", host.variables)
    if inventories:
        _add_files(graph, inventories[0].variable_files)
    else:
        _add_variables(assembly, directory, unit, found)


def _add_variables(assembly: Assembly, directory: str, unit: Unit, found: VariableFolders) -> None:
    """Add variables whose inventory a program makes; where they are kubespray's, rules look at their values as ever."""
    first = next((file.document for file in found.files if file.document.root is not None), None)
    if first is None:
        return
    root = Mapping(first.source, first.start, first.start, [])
    inventory = Inventory(unit, root, first, Declarations(GENERATED, incomplete=True), found)
    if inventory.kubespray:
        _set_releases(assembly, directory, [inventory])
        assembly.graph.add(inventory)
        version = inventory.cluster_variables.get("kube_version")
        if version is not None and not inventory.is_example:
            assembly.graph.propose_target("kubernetes", version.text, version.value)
    _add_files(assembly.graph, inventory.variable_files)


def _is_dynamic(assembly: Assembly, directory: str, documents: Iterable[Document]) -> bool:
    """Tell whether a part of the folder's inventory comes from a program, or could not be read."""
    if any(document.kind == DYNAMIC or document.root is None for document in documents):
        return True
    names = assembly.repository.names(directory)
    scripts = [name for name in names if name.endswith(_SCRIPTS)]
    return any("inventory" in name or name.startswith("hosts") for name in scripts)


def _add_files(graph: Graph, files: Iterable[VariableFile]) -> None:
    for file in files:
        graph.add(file)
        if file.hidden_by is None:
            _add_environment(graph, file, f"the variables of {file.kind} `{file.target}`", file.variables)


def _add_environment(graph: Graph, resource: Resource, place: str, variables: dict[str, Variable]) -> None:
    for name in sorted(PROXY_VARIABLES & variables.keys()):
        variable = variables[name]
        if isinstance(variable.value, Scalar) and not variable.value.is_null:
            graph.add_variable(name, variable.key, variable.value, resource, place)


def _owner(path: str) -> str:
    """Return the folder that the ``group_vars`` or ``host_vars`` folder of a path lies in."""
    parts = path.split("/")
    at = next(index for index, part in enumerate(parts) if part in FOLDERS)
    return "/".join(parts[:at])


def _set_releases(assembly: Assembly, directory: str, inventories: list[Inventory]) -> None:
    """Say which releases of kubespray the inventories of a folder may be for."""
    stated = stated_release(assembly.repository, directory, assembly.settings.target(SYSTEM_NAME))
    names = {name for one in inventories for name in one.groups}
    for inventory in inventories:
        names |= {file.target for file in inventory.variable_files}
    for inventory in inventories:
        if stated is None:
            # Not ``cluster_variables``, which is kept and depends on the release.
            version = inventory.group_variables(*inventory.cluster_groups).get("kube_version")
            inventory.releases = inferred_releases(names, None if version is None else version.text)
        else:
            inventory.releases = stated


def _propose_version(graph: Graph, inventory: Inventory) -> None:
    """Say which Kubernetes the cluster of an inventory runs: not known where it leaves that to kubespray."""
    if inventory.is_somebodys_cluster:
        version = inventory.cluster_variables.get("kube_version")
        graph.propose_target(
            "kubernetes",
            None if version is None else version.text,
            inventory.root if version is None else version.value,
        )
