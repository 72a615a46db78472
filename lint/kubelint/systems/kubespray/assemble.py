"""Documents to inventories: one unit for each folder that holds inventories, with its variables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kubelint.graph.model import Document, EnvironmentVariable, Resource, Unit
from kubelint.graph.query import Graph
from kubelint.system import Assembly
from kubelint.systems.kubespray.declared import Declarations
from kubelint.systems.kubespray.detect import DYNAMIC, FOLDERS, INVENTORY, SYSTEM_NAME, VARIABLES
from kubelint.systems.kubespray.model import Inventory, VariableFile
from kubelint.systems.kubespray.values import Variable
from kubelint.systems.kubespray.variables import VariableFolders, VariableReader, playbook_folders
from kubelint.tree.dialect import PYYAML
from kubelint.tree.node import Scalar
from kubelint_schemas import kubespray as releases

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
    for directory in sorted({_owner(document.source.path) for document in rest}):
        found = reader.collect(directory, ())
        if found.files:
            unit = assembly.graph.add_unit(Unit("inventory variables", directory, incomplete=True))
            _add_files(assembly.graph, _variable_files(unit, found))


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
        inventory.release = _release(assembly, directory, inventory)
        graph.add(inventory)
        for group in inventory.groups.values():
            graph.add(group)
            _add_environment(graph, inventory, f"the variables of group `{group.name}`", group.variables)
        for host in inventory.hosts.values():
            graph.add(host)
            _add_environment(graph, inventory, f"the variables of host `{host.name}`", host.variables)
    if inventories:
        _add_files(graph, inventories[0].variable_files)
    else:
        _add_files(graph, _variable_files(unit, found))


def _variable_files(unit: Unit, folders: VariableFolders) -> Iterator[VariableFile]:
    for found in folders.files:
        if found.document.root is not None:
            yield VariableFile(unit, found.document.root, found)


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
            graph.add_subject(EnvironmentVariable(name, variable.key, variable.value, resource, place))


def _owner(path: str) -> str:
    """Return the folder that the ``group_vars`` or ``host_vars`` folder of a path lies in."""
    parts = path.split("/")
    at = next(index for index, part in enumerate(parts) if part in FOLDERS)
    return "/".join(parts[:at])


def _release(assembly: Assembly, directory: str, inventory: Inventory) -> releases.Release:
    """Return the release that an inventory is for: as configured, as the checkout says, else by its groups."""
    target = assembly.settings.target(SYSTEM_NAME)
    for text in (target, *_galaxy_versions(assembly, directory)):
        try:
            if isinstance(text, str):
                return releases.parse(text)
        except ValueError:
            continue
    names = {name for one in (inventory, *inventory.siblings) for name in one.groups}
    names |= {file.target for file in inventory.variable_files}
    old, new = releases.renamed(), set(releases.renamed().values())
    if names & old.keys() and not names & new:
        since = releases.renamed_since()
        return releases.Release(since.major, since.minor - 1)
    return releases.newest()


def _galaxy_versions(assembly: Assembly, directory: str) -> Iterator[str]:
    """Yield the version of the kubespray checkout that an inventory lies in, if it lies in one."""
    parts = directory.split("/") if directory else []
    for depth in range(len(parts), -1, -1):
        path = "/".join([*parts[:depth], "galaxy.yml"])
        file = assembly.repository.file(path)
        for document in () if file is None else file.yaml.documents[:1]:
            if document.root is not None and document.root.text_at("name") == "kubespray":
                version = document.root.scalar("version")
                if version is not None and isinstance(version.value(PYYAML), str):
                    yield version.text
