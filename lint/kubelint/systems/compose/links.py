"""What services refer to: other services, volumes, networks, secrets, configs, files and Dockerfiles.

A project is a closed world: what none of its files declares is missing, except where a part of it is unknown or where
another file, with which this one may be combined, declares the name.
"""

from __future__ import annotations

from collections.abc import Mapping

from kubelint.graph.model import Entity, Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.compose.hosts import project_hosts
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.load import Extends, FileUse
from kubelint.systems.compose.missing import missing_files
from kubelint.systems.compose.model import SYSTEM, ComposeProject, ComposeService, Dependency
from kubelint.systems.compose.short import part
from kubelint.systems.compose.variables import unset_variables
from kubelint.tree.node import Scalar

#: Reference kinds of the attributes that name a service.
DEPENDENCY_KINDS = {
    "depends_on": "depends-on",
    "links": "links",
    "volumes_from": "mounts-from",
    "network_mode": "shares-network",
    "ipc": "shares-ipc",
    "pid": "shares-pid",
    "uts": "shares-uts",
    "cgroup": "shares-cgroup",
    "additional_contexts": "builds-on",
}
EXTENDS = "extends"
BUILDS = "builds"
STAGE = "builds-stage"
ENV_FILE = "env-file"


def link(graph: Graph) -> None:
    """Resolve the references of all projects."""
    for project in graph.subjects(ComposeProject):
        for extends in project.model.extends:
            _link_extends(graph, project, extends)
        for service in project.services.values():
            _link_service(graph, project, service)
        for section, kind in (("secrets", "secret file"), ("configs", "config file")):
            for _, value in project.model.sections[section].values():
                _use(project, kind, value.scalar("file"))
        for use in list(project_hosts(graph, project).port_uses()):
            graph.add_subject(use)
        project.missing = list(missing_files(project, graph.repository))
        project.unset = unset_variables(project)


def _link_service(graph: Graph, project: ComposeProject, service: ComposeService) -> None:
    for dependency in service.dependencies:
        _link_dependency(graph, service, dependency)
    for each in service.mounts:
        if each.source is not None and each.kind in ("volume", None):
            _resolve(
                graph, service, "mounts", "volumes", "volume", each.source, known=each.kind is not None, detail=each
            )
    for network in service.networks:
        if network.text != "default" or project.has("networks", "default"):
            _resolve(graph, service, "attaches", "networks", "network", network)
    for secret in service.secrets:
        _resolve(graph, service, "uses-secret", "secrets", "secret", secret)
    for config in service.configs:
        _resolve(graph, service, "uses-config", "configs", "config", config)
    for node, required, _ in service.env_files:
        _link_env_file(graph, project, service, node, required)
    _link_build(graph, project, service)


def _link_dependency(graph: Graph, service: ComposeService, dependency: Dependency) -> None:
    _resolve(
        graph,
        service,
        DEPENDENCY_KINDS[dependency.field],
        "services",
        "service",
        dependency.node,
        detail=dependency,
    )


def _resolve(
    graph: Graph,
    service: ComposeService,
    kind: str,
    section: str,
    entity_kind: str,
    node: Scalar,
    *,
    known: bool = True,
    detail: object = None,
) -> Reference:
    """Look a name up in the project and add the reference."""
    project = service.project
    name = literal(node) if known else None
    wanted = Key(SYSTEM, entity_kind, "", node.text if name is None else name)
    reference = Reference(kind, service, node, wanted, Resolution.UNKNOWN, detail=detail)
    declared: Mapping[str, Entity] = project.services if section == "services" else project.parts.get(section, {})
    if name is None:
        return graph.add_reference(reference)
    if name in declared:
        reference.resolution, reference.targets = Resolution.RESOLVED, (declared[name],)
    elif graph.is_external(wanted):
        reference.resolution = Resolution.EXTERNAL
    elif not project.unit.incomplete and not project.may_have(section, name):
        candidates = [declared[each] for each in project.near(name, declared)]
        reference.candidates = tuple(candidates)
        reference.resolution = Resolution.NEAR_MISS if candidates else Resolution.MISSING
    return graph.add_reference(reference)


def _link_extends(graph: Graph, project: ComposeProject, extends: Extends) -> None:
    wanted = Key(SYSTEM, "service", "", extends.node.text)
    reference = Reference(EXTENDS, project, extends.node, wanted, Resolution.UNKNOWN, detail=extends)
    target = extends.target
    if target is not None:
        own = project.services.get(target.text)
        entity = own if own is not None and own.node is target else _extended(project, extends.path, target)
        reference.resolution, reference.targets = Resolution.RESOLVED, (entity,)
    elif extends.known and literal(extends.node) is not None:
        # A service that extends itself is no better than one that extends nothing.
        keys = {key.text: key for key in extends.names if key.text != extends.service.text}
        reference.candidates = tuple(
            _extended(project, extends.path, keys[name]) for name in project.near(extends.node.text, keys)
        )
        reference.resolution = Resolution.NEAR_MISS if reference.candidates else Resolution.MISSING
    graph.add_reference(reference)


def _extended(project: ComposeProject, path: str, target: Scalar) -> Entity:
    """Return the entity of a service in a file that is only extended from: it is in no project."""
    return Entity(Key(SYSTEM, "service", path, target.text), target, project.unit, project)


def _link_env_file(
    graph: Graph, project: ComposeProject, service: ComposeService, node: Scalar, required: bool
) -> None:
    path = project.local(node)
    wanted = Key(SYSTEM, "environment file", "", node.text if path is None else path)
    reference = Reference(ENV_FILE, service, node, wanted, Resolution.UNKNOWN)
    if path is not None:
        found = graph.find(wanted)
        if found:
            reference.resolution, reference.targets = Resolution.RESOLVED, tuple(found[:1])
        elif graph.repository.exists(path):
            reference.resolution = Resolution.EXTERNAL
        elif required:
            project.uses.append(FileUse("environment file", node, path))
    graph.add_reference(reference)


def _link_build(graph: Graph, project: ComposeProject, service: ComposeService) -> None:
    build = service.build
    if build is None:
        return
    for _, value in build.additional_contexts:
        if value.text.startswith("service:"):
            node = part(value, len("service:"), len(value.text))
            _link_dependency(graph, service, Dependency("additional_contexts", node, literal(node)))
    context = service.context_path
    if context is None:
        return
    if not graph.repository.exists(context):
        if build.context is not None:
            project.uses.append(FileUse("build context", build.context, context))
        return
    path = service.dockerfile_path
    if path is None:
        return
    named: Scalar | None = build.dockerfile or build.context
    wanted = Key("docker", "Dockerfile", "", path)
    found = graph.find(wanted)
    if named is not None and not found and not _has_dockerfile(graph, path, named=build.dockerfile is not None):
        project.uses.append(FileUse("Dockerfile", named, path))
    resolution = Resolution.RESOLVED if found else Resolution.UNKNOWN
    graph.add_reference(Reference(BUILDS, service, named or build.node, wanted, resolution, tuple(found[:1])))
    if build.target is not None:
        _link_target(graph, service, build.target, found[0] if found else None)


def _link_target(graph: Graph, service: ComposeService, target: Scalar, dockerfile: Entity | None) -> None:
    """Look ``target`` up among the stages; Docker compares them without case, and a number counts them."""
    name = literal(target)
    path = "" if dockerfile is None else dockerfile.name
    wanted = Key("docker", "stage", path, target.text if name is None else name.lower())
    reference = Reference(STAGE, service, target, wanted, Resolution.UNKNOWN)
    if name is not None and dockerfile is not None:
        found = graph.find(wanted)
        if found:
            reference.resolution, reference.targets = Resolution.RESOLVED, tuple(found)
        elif name.isdecimal():
            reference.resolution = Resolution.EXTERNAL
        elif not dockerfile.unit.incomplete:
            reference.candidates = tuple(graph.near(wanted, dockerfile.unit))
            reference.resolution = Resolution.NEAR_MISS if reference.candidates else Resolution.MISSING
    graph.add_reference(reference)


def _has_dockerfile(graph: Graph, path: str, *, named: bool) -> bool:
    """Tell whether there is a file; for the default name also one that builders fall back to."""
    if graph.repository.exists(path):
        return True
    folder = path.rpartition("/")[0]
    names = ("dockerfile", "Containerfile") if not named else ()
    return any(graph.repository.exists(f"{folder}/{name}" if folder else name) for name in names)


def _use(project: ComposeProject, kind: str, node: Scalar | None) -> None:
    if node is None:
        return
    path = project.local(node)
    if path is not None:
        project.uses.append(FileUse(kind, node, path))
