"""What the parts of a Drone file refer to: earlier steps and pipelines, volumes, secrets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubelint.graph.model import Entity, Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.drone import secrets
from kubelint.systems.drone.model import (
    CLONE,
    CONTAINER_TYPES,
    SYSTEM,
    DroneDocument,
    DronePipeline,
    DroneStep,
    has_slip,
)
from kubelint.systems.drone.nearness import Nearness
from kubelint.systems.drone.order import Dependency, Order, mark_cycles
from kubelint.tree.node import Node, Scalar
from kubelint_schemas import drone as pack

DEPENDS_ON = "depends-on"
MOUNTS = "mounts"


def link(graph: Graph) -> None:
    """Resolve the references of all pipelines."""
    files: dict[int, list[DronePipeline]] = {}
    nearness = Nearness()
    for pipeline in graph.subjects(DronePipeline):
        files.setdefault(id(pipeline.unit), []).append(pipeline)
        _link_steps(graph, pipeline, nearness)
        _link_mounts(graph, pipeline, nearness)
    for pipelines in files.values():
        _link_pipelines(graph, pipelines, nearness)
    secrets.link(graph, nearness)


# -- pipelines -----------------------------------------------------------------------------------------------------


def _link_pipelines(graph: Graph, pipelines: list[DronePipeline], nearness: Nearness) -> None:
    """Resolve what the pipelines of one file wait for: earlier ones of the file, by a name that is written down."""
    named: dict[str, int] = {}
    for position, pipeline in enumerate(pipelines):
        if pipeline.name_node is not None:
            named.setdefault(pipeline.name_node.text, position)
    unit = pipelines[0].unit
    # The server takes a document of unknown kind as a pipeline: its name counts.
    known = not unit.incomplete and not any(
        type(item) is DroneDocument or (isinstance(item, DronePipeline) and _is_opaque(item.name_node))
        for item in unit.resources
    )
    edges: list[tuple[int, int, Reference]] = []
    for position, pipeline in enumerate(pipelines):
        for node in pipeline.depends_on:
            wanted = Key(SYSTEM, pack.PIPELINE, "", node.text)
            reference = Reference(DEPENDS_ON, pipeline, node, wanted, Resolution.UNKNOWN)
            target = named.get(node.text)
            if node.opaque:
                order = Order.NOWHERE
            elif target is not None:
                order = _order(position, target)
                reference.resolution, reference.targets = Resolution.RESOLVED, (pipelines[target],)
                edges.append((position, target, reference))
            else:
                order = Order.NOWHERE
                if known:
                    near = [pipelines[named[name]] for name in nearness.nearest(node.text, named)]
                    _unresolved(reference, [candidate for candidate in near if candidate is not pipeline])
            reference.detail = Dependency(None, order)
            graph.add_reference(reference)
    mark_cycles(edges)


# -- steps ---------------------------------------------------------------------------------------------------------


def _link_steps(graph: Graph, pipeline: DronePipeline, nearness: Nearness) -> None:
    """Resolve what the steps of one pipeline wait for: services and steps, in the order of the runner."""
    steps = pipeline.containers
    named: dict[str, int] = {}
    entities: dict[str, Entity] = {}
    for position, step in enumerate(steps):
        if step.entity is not None:
            named.setdefault(step.entity.name, position)
            entities.setdefault(step.entity.name, step.entity)
    edges: list[tuple[int, int, Reference]] = []
    for position, step in enumerate(steps):
        for node in step.depends_on:
            wanted = Key(SYSTEM, "step", pipeline.name, node.text)
            reference = Reference(DEPENDS_ON, pipeline, node, wanted, Resolution.UNKNOWN)
            target = named.get(node.text)
            order = Order.NOWHERE
            if node.opaque:
                pass
            elif target is not None:
                order = _order(position, target)
                reference.resolution, reference.targets = Resolution.RESOLVED, (entities[node.text],)
                edges.append((position, target, reference))
            elif node.text == CLONE and _has_clone(pipeline, step):
                order = Order.EARLIER
                reference.resolution = Resolution.EXTERNAL
            elif pipeline.names_are_known and not pipeline.unit.incomplete:
                _unresolved(reference, [entities[name] for name in nearness.nearest(node.text, named)])
            reference.detail = Dependency(step, order)
            graph.add_reference(reference)
    mark_cycles(edges)


def _has_clone(pipeline: DronePipeline, step: DroneStep) -> bool:
    """Tell whether a step may wait for ``clone``, which the runner adds.

    Where cloning is disabled, the runners that do not check the order take the name out where it is the only one.
    """
    if pipeline.clones is not False:
        return True
    return not pack.checks_order(pipeline.runner) and len(step.depends_on) == 1


# -- volumes -------------------------------------------------------------------------------------------------------


def _link_mounts(graph: Graph, pipeline: DronePipeline, nearness: Nearness) -> None:
    """Resolve the volumes that steps mount: those that their pipeline declares, and nothing else."""
    if pipeline.runner not in CONTAINER_TYPES:
        return
    declared: dict[str, Entity] = {}
    for volume in pipeline.volumes:
        if volume.entity is not None:
            declared.setdefault(volume.entity.name, volume.entity)
    known = not _has_opaque_volumes(pipeline) and not _misspells_volumes(pipeline)
    reserved = pack.reserved_volumes(pipeline.runner)
    for step in pipeline.containers:
        for node in step.mounts:
            wanted = Key(SYSTEM, "volume", pipeline.name, node.text)
            reference = Reference(MOUNTS, pipeline, node, wanted, Resolution.UNKNOWN, detail=step)
            if node.opaque:
                pass
            elif node.text in declared:
                reference.resolution = Resolution.RESOLVED
                reference.targets = (declared[node.text],)
            elif node.text in reserved:
                reference.resolution = Resolution.EXTERNAL
            elif known and not pipeline.unit.incomplete:
                _unresolved(reference, [declared[name] for name in nearness.nearest(node.text, declared)])
            graph.add_reference(reference)


def _misspells_volumes(pipeline: DronePipeline) -> bool:
    """Tell whether the list of volumes is misspelt, or one of them lacks its name: a finding of its own."""
    return has_slip(pipeline.root, "volumes") or any(volume.name is None for volume in pipeline.volumes)


def _has_opaque_volumes(pipeline: DronePipeline) -> bool:
    items = [pipeline.root.at("volumes"), *pipeline.root.items_at("volumes"), *(v.name for v in pipeline.volumes)]
    return any(_is_opaque(item) for item in items)


# -- both ----------------------------------------------------------------------------------------------------------


def _is_opaque(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.opaque


def _order(position: int, target: int) -> Order:
    if position == target:
        return Order.SELF
    return Order.EARLIER if target < position else Order.LATER


def _unresolved(reference: Reference, candidates: Sequence[Entity]) -> None:
    """Settle a reference whose name does not exist; by the format's definition it can exist nowhere else."""
    reference.candidates = tuple(candidates)
    reference.resolution = Resolution.NEAR_MISS if candidates else Resolution.MISSING


def dependencies(graph: Graph, pipeline: DronePipeline) -> Iterator[tuple[Reference, Dependency]]:
    """Yield the references of a pipeline and of its steps to what they wait for."""
    for reference in graph.outgoing(pipeline, DEPENDS_ON):
        if isinstance(reference.detail, Dependency):
            yield reference, reference.detail
