"""Variables that a project uses and that nothing sets."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.source import Span
from kubelint.systems.compose.environment import Environment
from kubelint.systems.compose.interpolate import Template, parse
from kubelint.systems.compose.model import ComposeProject, UnsetVariable
from kubelint.tree.dotenv import DotenvEntry
from kubelint.tree.node import Mapping, Node, Scalar


def unset_variables(project: ComposeProject) -> list[UnsetVariable]:
    """Return the variables of a project that are probably left out by mistake, in the order of their first use.

    Left out of it: what any environment file of the folder, a script, a makefile or a text beside it knows, and, where
    the project has no environment file at all, everything, because then all of it comes from the shell.
    """
    found: dict[tuple[str, str], UnsetVariable] = {}
    for file in project.files:
        environment = project.model.places[file.path].environment
        if "$" not in file.source.text or not environment.complete:
            continue
        for document in file.documents:
            if document.root is not None:
                _collect(document.root, environment, found)
    return [variable for variable in found.values() if _is_mistake(project, variable)]


def _collect(root: Node, environment: Environment, found: dict[tuple[str, str], UnsetVariable]) -> None:
    for node, in_command in _values(root):
        for use in parse(node.text).unset(environment.is_set):
            key = (environment.directory, use.name)
            variable = found.get(key)
            if variable is None:
                variable = found[key] = UnsetVariable(use.name, environment)
            variable.places.append(node.part(use.start, use.end))
            variable.required = variable.required and use.required
            variable.in_command = variable.in_command or in_command


_COMMANDS = frozenset({"command", "entrypoint", "test"})


def _values(root: Node) -> Iterator[tuple[Scalar, bool]]:
    """Yield the values that hold a dollar sign, not the keys, and whether a shell in the container may be meant."""
    seen: set[int] = set()
    pending: list[tuple[Node, bool]] = [(root, False)]
    while pending:
        node, in_command = pending.pop()
        if isinstance(node, Scalar):
            if "$" in node.text and id(node) not in seen:
                seen.add(id(node))
                yield node, in_command
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Mapping):
            pending.extend((value, in_command or key.text in _COMMANDS) for key, value in reversed(node.entries))
        else:
            pending.extend((item, in_command) for item in reversed(node.items()))


def _is_mistake(project: ComposeProject, variable: UnsetVariable) -> bool:
    environment = variable.environment
    if variable.name in environment.examples:
        variable.for_containers = _for_containers(project, variable)
        return bool(variable.for_containers)
    known = environment.known
    if not known and not environment.has_file:
        return False
    if project.environments.mentioned(environment.directory, variable.name):
        return False
    variable.near = [known[name] for name in project.near(variable.name, known)]
    return bool(variable.near) or (environment.has_file and not variable.required)


def _for_containers(project: ComposeProject, variable: UnsetVariable) -> list[DotenvEntry]:
    """Return where a variable is set for containers, if that is all and nobody gives these files to Compose."""
    environments, environment = project.environments, variable.environment
    found: list[DotenvEntry] = []
    for file in environment.documented:
        entry = file.get(variable.name)
        if entry is None:
            continue
        given = environments.mentioned(environment.directory, file.source.name)
        if given or file.source.path not in project.env_file_paths:
            return []
        found.append(entry)
    return [] if environments.mentioned(environment.directory, variable.name) else found


def invalid_variables(root: Node) -> Iterator[Span]:
    """Yield the ``${…}`` that Compose refuses."""
    for node, _ in _values(root):
        template: Template = parse(node.text)
        for start, end in template.invalid:
            yield node.part(start, end)
