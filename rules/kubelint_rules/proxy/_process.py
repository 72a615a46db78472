"""What the rules on proxy settings know of the process that gets a variable: its other variables."""

from __future__ import annotations

from kubelint.graph.model import EnvironmentVariable, Key
from kubelint.graph.query import Graph
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.drone.model import DronePipeline
from kubelint.systems.kubernetes.model import ConfigMap, KubernetesObject
from kubelint.systems.kubernetes.pod import Container
from kubelint.tree.node import Scalar

#: Between the place and the file that a variable comes from, in the words of compose.
_BY_FILE = ", by `"


def process(variable: EnvironmentVariable, graph: Graph) -> dict[str, EnvironmentVariable]:
    """Return the variables that the same process gets, by name; of several of a name the last one."""
    index = graph.once("processes", lambda: _by_process(graph))
    return index[_key(variable)]


def _by_process(graph: Graph) -> dict[tuple[int, str], dict[str, EnvironmentVariable]]:
    found: dict[tuple[int, str], dict[str, EnvironmentVariable]] = {}
    for variable in graph.subjects(EnvironmentVariable):
        found.setdefault(_key(variable), {})[variable.name] = variable
    return found


def _key(variable: EnvironmentVariable) -> tuple[int, str]:
    return id(variable.resource.unit), variable.place.partition(_BY_FILE)[0]


def is_first(variable: EnvironmentVariable, names: tuple[str, ...], graph: Graph) -> bool:
    """Tell whether a variable is the first of some names that its process gets, so that one finding is enough."""
    variables = process(variable, graph)
    return next((variables[name] for name in names if name in variables), None) is variable


def all_names(variable: EnvironmentVariable, graph: Graph) -> frozenset[str] | None:
    """Return the names of all variables that the process gets; None where some come from elsewhere.

    Names whose value is not written down (a secret, the shell of who starts it) count.
    """
    return graph.once(("names of a process", *_key(variable)), lambda: _all_names(variable, graph))


def _all_names(variable: EnvironmentVariable, graph: Graph) -> frozenset[str] | None:
    names = set(process(variable, graph))
    resource = variable.resource
    if isinstance(resource, ComposeService):
        names |= {key.text for key, _ in resource.environment}
        for node, _, form in resource.env_files:
            path = resource.project.local(node)
            if form == "raw" or path is None or graph.repository.source(path) is None:
                return None
    elif isinstance(resource, KubernetesObject):
        container = _container(resource, variable.place)
        if container is None:
            return None
        for entry in container.environment:
            name = entry.scalar("name")
            if name is not None:
                names.add(name.text)
        return frozenset(names) if _sources_known(container, graph) else None
    elif isinstance(resource, DronePipeline):
        names |= {key.text for key, _ in resource.environment}
        by_step = graph.once(("names by step", id(resource)), lambda: _names_by_step(resource))
        names |= by_step.get(variable.place, set())
    return frozenset(names)


def _names_by_step(pipeline: DronePipeline) -> dict[str, set[str]]:
    """Return the names that each step sets, by its place; under the pipeline's own place those of all steps."""
    found: dict[str, set[str]] = {str(pipeline): set()}
    for step in pipeline.containers:
        names = {key.text for key, _ in step.environment}
        found.setdefault(str(step), set()).update(names)
        found[str(pipeline)] |= names
    return found


def _container(resource: KubernetesObject, place: str) -> Container | None:
    for template in resource.pod_templates():
        for container in template.containers:
            if str(container) == place:
                return container
    return None


def _sources_known(container: Container, graph: Graph) -> bool:
    for entry in container.node.items_at("envFrom"):
        name = entry.scalar("configMapRef", "name")
        if not isinstance(name, Scalar) or name.opaque:
            return False
        wanted = Key("kubernetes", "ConfigMap", container.owner.namespace, name.text)
        if not any(isinstance(found, ConfigMap) for found in graph.find(wanted, container.owner.unit)):
            return False
    return True
