"""Which files make which projects, and what of them goes into the graph.

A folder's project is what ``docker compose up`` takes there: the first of the base names with its override, or what
``COMPOSE_FILE`` in ``.env`` names. A further file is an overlay of that base where it needs something of it, else a
project of its own. What is included, or only extended from, is part of the project that does so, not judged alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubelint.graph.model import Document, Entity, Key, Unit
from kubelint.paths import join
from kubelint.system import Assembly
from kubelint.systems.compose.containers import add_facts
from kubelint.systems.compose.detect import BASE_NAMES, OVERRIDE_NAMES
from kubelint.systems.compose.environment import Environments
from kubelint.systems.compose.file import NAMED_SECTIONS, ComposeFile, ComposeFiles
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.load import Model, load
from kubelint.systems.compose.model import SOURCES, SYSTEM, ComposeProject, ComposeService, dependencies, granted
from kubelint.systems.compose.short import key_values, mount, names
from kubelint.tree.dockerfile import read_dockerfile
from kubelint.tree.dotenv import Dotenv
from kubelint.tree.node import Mapping, Scalar

#: Overlays of one folder that are judged together with their base; each costs as much as the base.
MAX_OVERLAYS = 100
#: Variables of one ``env_file`` that are looked at in each service that reads it.
MAX_FILE_VARIABLES = 1000

ENTITY_KINDS = {"volumes": "volume", "networks": "network", "secrets": "secret", "configs": "config"}
BUILD_CONTEXT = "build context"
#: Folders of tools that add files of their own making to those that lie there.
_GENERATED_BASES = frozenset({".ddev", ".devcontainer", ".lando"})


@dataclass(slots=True, eq=False)
class _Plan:
    """The files of one project; ``default`` tells that Compose finds them on its own."""

    files: list[ComposeFile]
    directory: str
    model: Model
    default: bool


def assemble(assembly: Assembly) -> None:
    """Make units, resources and entities of all compose files."""
    documents = assembly.of(SYSTEM)
    if not documents:
        return
    for document in documents:
        assembly.take(document)
    files = ComposeFiles(assembly.repository, documents)
    environments = Environments(assembly.repository, _declared(assembly))
    plans = list(_plans(files, environments))
    declared = _declared_in_folders(files, plans)
    for plan in plans:
        _add_project(assembly, plan, environments, declared)
    seen: set[int] = set()
    for project in assembly.graph.subjects(ComposeProject):
        for file in project.files:
            if id(file) not in seen:
                seen.add(id(file))
                assembly.graph.add_subject(file)


def _declared(assembly: Assembly) -> Iterable[str]:
    value = assembly.settings.target(SYSTEM, "environment")
    if isinstance(value, str):
        return [value]
    return [str(name) for name in value] if isinstance(value, list | dict) else []


# -- which files belong together ---------------------------------------------------------------------------------------


def _plans(files: ComposeFiles, environments: Environments) -> Iterator[_Plan]:
    folders: dict[str, list[ComposeFile]] = {}
    for path in sorted(files.known):
        file = files.known[path]
        folders.setdefault(file.source.directory, []).append(file)
    bases: dict[str, _Plan] = {}
    for directory, members in folders.items():
        chosen = _default_files(directory, members, environments)
        if chosen:
            for file in chosen[1:]:
                file.is_fragment = True
            model = load(files, chosen, directory, environments)
            bases[directory] = _Plan(chosen, directory, model, default=True)
    taken = {file.path for plan in bases.values() for file in plan.files}
    alone = [
        _Plan([file], directory, load(files, [file], directory, environments), default=False)
        for directory, members in folders.items()
        for file in members
        if file.path not in taken
    ]
    kept = _uncovered([*bases.values(), *alone])
    for plan in kept:
        if plan.default:
            yield plan
    count: dict[str, int] = {}
    for plan in kept:
        if not plan.default:
            base = bases.get(plan.directory)
            count[plan.directory] = count.get(plan.directory, 0) + 1
            yield _overlay(files, plan, base, environments, count[plan.directory] <= MAX_OVERLAYS)


def _default_files(directory: str, members: list[ComposeFile], environments: Environments) -> list[ComposeFile]:
    """Return the files that Compose takes in a folder: those of ``COMPOSE_FILE``, else base and override by name."""
    by_path = {file.path: file for file in members}
    environment = environments.of_folder(directory)
    entry = environment.keys.get("COMPOSE_FILE") or environment.examples.get("COMPOSE_FILE")
    if entry is not None and entry.value is not None:
        text = literal(entry.value) or ""
        paths = text.split(";" if ";" in text else ":")
        chosen = [by_path.get(join(directory, path.strip())) for path in paths if path.strip()]
        if chosen and all(chosen):
            return [file for file in chosen if file is not None]
    by_name = {file.source.name: file for file in members}
    base = next((by_name[name] for name in BASE_NAMES if name in by_name), None)
    if base is None:
        return []
    override = next((by_name[name] for name in OVERRIDE_NAMES if name in by_name), None)
    return [base] if override is None else [base, override]


def _uncovered(plans: list[_Plan]) -> list[_Plan]:
    """Return the plans whose first file no other plan includes, nor only extends from."""
    includers: dict[str, int] = {}
    for plan in plans:
        for path in _parts_of(plan):
            includers[path] = includers.get(path, 0) + 1
    roots = [plan for plan in plans if not includers.get(plan.files[0].path)]
    covered = {path for plan in roots for path in _parts_of(plan)}
    for plan in plans:
        if includers.get(plan.files[0].path) and plan.files[0].path not in covered:
            roots.append(plan)  # files that include each other: one of them stands for all
            covered |= _parts_of(plan)
    return roots


def _parts_of(plan: _Plan) -> set[str]:
    own = {file.path for file in plan.files}
    extended = {path for path in plan.model.extended if path.rpartition("/")[2] not in BASE_NAMES}
    return (plan.model.included | extended) - own


def _overlay(files: ComposeFiles, plan: _Plan, base: _Plan | None, environments: Environments, merged: bool) -> _Plan:
    """Return the plan of a file that Compose does not find by its name, over its base where it needs one."""
    needed = set(needs(plan.model))
    if base is not None and any(name in base.model.sections[section] for section, name in needed):
        plan.files[0].is_fragment = True
        if merged:
            chosen = [base.files[0], plan.files[0]]
            model = load(files, chosen, plan.directory, environments)
            return _Plan(chosen, plan.directory, model, default=False)
        plan.model.incomplete = True
    elif any(not _has_source(node) for _, node in plan.model.services.values()):
        # Made to be combined with a file that nobody can tell from here.
        plan.files[0].is_fragment = True
        plan.model.incomplete = True
    return plan


def needs(model: Model) -> Iterator[tuple[str, str]]:
    """Yield the names, by section, that a project uses but does not declare, and services without image or build."""
    sections = model.sections
    for name, (_, node) in model.services.items():
        if not isinstance(node, Mapping):
            continue
        if name not in model.partial and not _has_source(node):
            yield "services", name
        wanted = [("services", dependency.name) for dependency in dependencies(node)]
        wanted += [("networks", literal(key)) for key, _ in names(node.get("networks")) if key.text != "default"]
        wanted += [("secrets", literal(key)) for key in granted(node, "secrets")]
        wanted += [("configs", literal(key)) for key in granted(node, "configs")]
        for item in node.items_at("volumes"):
            each = mount(item)
            if each is not None and each.kind == "volume":
                wanted.append(("volumes", literal(each.source)))
        for section, used in wanted:
            if used is not None and used not in sections[section]:
                yield section, used


def _has_source(node: object) -> bool:
    if not isinstance(node, Mapping):
        return False
    return any(node.at(name) is not None for name in ("image", "build", "provider", "extends"))


def _declared_in_folders(files: ComposeFiles, plans: list[_Plan]) -> dict[str, dict[str, set[str]]]:
    """Return, by folder and section, the names that files declare, those that are only extended from left out."""
    judged = {path for plan in plans for path in (*plan.model.included, *(file.path for file in plan.files))}
    extended = {path for plan in plans for path in plan.model.extended} - judged
    folders: dict[str, dict[str, set[str]]] = {}
    for file in files.known.values():
        if file.path in extended:
            continue
        declared = folders.setdefault(file.source.directory, {name: set() for name in (*NAMED_SECTIONS, SOURCES)})
        for _, root in file.roots:
            for section in NAMED_SECTIONS:
                declared[section].update(key.text for key, _ in root.pairs_at(section))
        declared[SOURCES].update(name for name, (_, node) in file.services.items() if _has_source(node))
    return folders


# -- what goes into the graph ------------------------------------------------------------------------------------------


def _add_project(
    assembly: Assembly,
    plan: _Plan,
    environments: Environments,
    declared: dict[str, dict[str, set[str]]],
) -> None:
    graph, model = assembly.graph, plan.model
    path = plan.directory if plan.default else plan.files[-1].path
    incomplete = model.incomplete or any(file.misspells_names for file in model.files)
    unit = graph.add_unit(Unit("compose project", path, incomplete=incomplete))
    for bound in model.bounds.values():
        graph.add_subject(bound)
    if _GENERATED_BASES.intersection(plan.directory.split("/")):
        unit.incomplete = True
    documents = {document.source.path: document for file in model.files for document in file.documents}
    first = plan.files[0]
    document = first.documents[0]
    root = first.roots[0][1] if first.roots else document.mapping
    node = model.name or root.key("services") or root
    project = ComposeProject(node, unit, root, document, model, environments)
    folder = plan.directory
    while True:
        if folder in declared:
            project.elsewhere.append(declared[folder])
        if not folder:
            break
        folder = folder.rpartition("/")[0]
    graph.add(project)
    for section, kind in ENTITY_KINDS.items():
        entities = project.parts.setdefault(section, {})
        for name, (key, _) in model.sections[section].items():
            entities[name] = entity = Entity(Key(SYSTEM, kind, "", name), key, unit, project)
            graph.add(entity)
    for name, (key, value) in model.services.items():
        if isinstance(value, Mapping):
            service = ComposeService(key, value, documents.get(key.source.path, document), project)
            project.services[name] = service
            graph.add(service)
            _add_variables(assembly, service)
            _add_contexts(assembly, service)
            _announce_dockerfile(assembly, service)
    _add_environment_files(assembly, project)
    add_facts(graph, project)


def _add_variables(assembly: Assembly, service: ComposeService) -> None:
    for key, value in service.environment:
        if value is not None:
            place = f"service `{service.name}`"
            assembly.graph.add_variable(key.text, key, value, service, place)
    for key, value in key_values(service.root.at("build", "args")):
        if value is not None:
            place = f"the build of service `{service.name}`"
            assembly.graph.add_variable(key.text, key, value, service, place)


def _add_contexts(assembly: Assembly, service: ComposeService) -> None:
    """Add the build contexts that a service gives a name: Docker looks ``--from=NAME`` up among them first."""
    if service.build is None or service.dockerfile_path is None:
        return
    for key, _ in service.build.additional_contexts:
        name = Key(SYSTEM, BUILD_CONTEXT, service.dockerfile_path, key.text.lower())
        assembly.graph.add(Entity(name, key, service.unit, service))


def _announce_dockerfile(assembly: Assembly, service: ComposeService) -> None:
    """Hand a Dockerfile of any name, which nobody would recognise, to the system that reads them."""
    path = service.dockerfile_path
    if path is None or assembly.in_file(path):
        return
    announced: set[str] = assembly.graph.once("announced Dockerfiles", set)
    source = None if path in announced else assembly.repository.source(path)
    if source is None:
        return
    announced.add(path)
    tree = read_dockerfile(source)
    evidence = f"built by service `{service.name}`"
    document = Document("docker", "Dockerfile", source, None, evidence, 0, len(source.text), content=tree)
    assembly.documents.append(document)
    for problem in tree.problems:
        assembly.graph.add_subject(problem)


def _add_environment_files(assembly: Assembly, project: ComposeProject) -> None:
    """Add the environment files that the project reads: what is wrong in them, and what they set in containers."""
    graph = assembly.graph
    seen: dict[str, Entity] = graph.once("compose environment files", dict)
    for place in project.model.places.values():
        for dotenv in place.environment.files:
            _add_environment_file(assembly, project, dotenv, seen)
    for service in project.services.values():
        for node, _, form in service.env_files:
            path = project.local(node)
            dotenv_file = None if path is None or form == "raw" else project.environments.read(path)
            if dotenv_file is None or path is None:
                continue
            _add_environment_file(assembly, project, dotenv_file, seen)
            place_words = f"service `{service.name}`, by `{path}`"
            for entry in dotenv_file.entries[:MAX_FILE_VARIABLES]:
                if isinstance(entry.value, Scalar):
                    graph.add_variable(entry.key.text, entry.key, entry.value, service, place_words)


def _add_environment_file(assembly: Assembly, project: ComposeProject, dotenv: Dotenv, seen: dict[str, Entity]) -> None:
    source = dotenv.source
    if source.path in seen:
        return
    kind = "environment file"
    node = Scalar(source, 0, 0, "")
    seen[source.path] = entity = Entity(Key(SYSTEM, kind, "", source.path), node, project.unit, project)
    assembly.graph.add(entity)
    assembly.documents.append(
        Document(SYSTEM, kind, source, None, "read by Compose", 0, len(source.text), content=dotenv)
    )
    for problem in dotenv.problems:
        assembly.graph.add_subject(problem)
