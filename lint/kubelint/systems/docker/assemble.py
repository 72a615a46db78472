"""From Dockerfiles to units, stages and environment variables."""

from __future__ import annotations

from kubelint.graph.model import Unit
from kubelint.graph.query import Graph
from kubelint.system import Assembly
from kubelint.systems.docker.builds import add_builds
from kubelint.systems.docker.model import SYSTEM, Dockerfile, Stage
from kubelint.tree.node import Node, Scalar


def assemble(assembly: Assembly) -> None:
    """Make a unit of each Dockerfile, with its stages and what it sets in the environment."""
    graph = assembly.graph
    made: list[Dockerfile] = []
    for document in assembly.of(SYSTEM):
        assembly.take(document)
        unit = graph.add_unit(Unit("Dockerfile", document.source.path))
        node: Node = Scalar(document.source, document.start, document.start, "")
        dockerfile = Dockerfile(node, unit, document)
        if dockerfile.stages:
            dockerfile.node = dockerfile.stages[0].start.keyword
        # A FROM that was not understood may have named a stage.
        unit.incomplete = bool(dockerfile.tree.problems)
        graph.add(dockerfile)
        for stage in dockerfile.stages:
            if stage.name is not None:
                graph.add(Stage(stage.name, dockerfile, stage))
        _add_variables(graph, dockerfile)
        made.append(dockerfile)
    add_builds(graph, made)


def _add_variables(graph: Graph, dockerfile: Dockerfile) -> None:
    for instruction in dockerfile.tree.instructions:
        if instruction.name in ("ARG", "ENV"):
            place = f"`{instruction.name}` of {dockerfile.name}"
            for key, value in instruction.pairs:
                if value is not None:
                    graph.add_variable(key.text, key, value, dockerfile, place)
