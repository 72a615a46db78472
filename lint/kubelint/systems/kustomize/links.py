"""What kustomizations include and read, as references of the graph."""

from __future__ import annotations

from kubelint.graph.model import Entity, Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.paths import join
from kubelint.systems.kustomize.detect import SYSTEM
from kubelint.systems.kustomize.model import Kustomization, Outcome, Use
from kubelint.systems.kustomize.uses import INCLUDING


def link(graph: Graph) -> None:
    """Record each entry that names a file or a folder, with what it leads to, and each chart."""
    for kustomization in graph.subjects(Kustomization):
        for use in kustomization.uses:
            if use.outcome is not Outcome.TEXT:
                graph.add_reference(_reference(graph, kustomization, use))
        for entry in kustomization.root.items_at("helmCharts"):
            name = entry.scalar("name")
            if name is not None:
                wanted = Key(SYSTEM, "HelmChart", "", name.text)
                graph.add_reference(Reference("inflates", kustomization, name, wanted, Resolution.UNKNOWN))


def _reference(graph: Graph, kustomization: Kustomization, use: Use) -> Reference:
    folder = use.target is not None or use.outcome is Outcome.WITHOUT_KUSTOMIZATION
    kind = "Kustomization" if folder else "File"
    verb = "includes" if use.field in INCLUDING else "reads"
    wanted = Key(SYSTEM, kind, "", use.path or use.text)
    reference = Reference(verb, kustomization, use.node, wanted, Resolution.UNKNOWN, detail=use)
    if use.target is not None:
        reference.resolution, reference.targets = Resolution.RESOLVED, (use.target,)
    elif use.outcome is Outcome.FILE:
        targets = graph.find(wanted)
        if targets:
            reference.resolution, reference.targets = Resolution.RESOLVED, tuple(targets)
    elif not use.unknown:
        reference.candidates = tuple(_candidates(graph, kustomization, use))
        reference.resolution = Resolution.NEAR_MISS if reference.candidates else Resolution.MISSING
    return reference


def _candidates(graph: Graph, kustomization: Kustomization, use: Use) -> list[Entity]:
    found: list[Entity] = []
    for text in use.candidates:
        path = join(kustomization.directory, text)
        for kind in ("Kustomization", "File"):
            found.extend(graph.find(Key(SYSTEM, kind, "", path))[:1])
    return found
