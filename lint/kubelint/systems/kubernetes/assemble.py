"""From documents to objects and units."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.model import Document, Unit
from kubelint.graph.query import Graph
from kubelint.system import Assembly
from kubelint.systems.kubernetes.model import KubernetesObject, make_object
from kubelint.tree.node import Mapping, Scalar


def objects_in(root: Mapping) -> Iterator[Mapping]:
    """Yield the objects of a document: itself, or the items of a List of any kind."""
    kind = root.text_at("kind") or ""
    if kind.endswith("List") and root.at("items") is not None and root.at("metadata", "name") is None:
        for item in root.items_at("items"):
            if isinstance(item, Mapping):
                yield from objects_in(item) if (item.text_at("kind") or "").endswith("List") else (item,)
        return
    yield root


def assemble(assembly: Assembly) -> None:
    """Make one unit of the objects of each folder that no other unit has taken."""
    units: dict[str, Unit] = {}
    for document in assembly.of("kubernetes"):
        directory = document.source.directory
        unit = units.get(directory)
        if unit is None:
            unit = units[directory] = assembly.graph.add_unit(Unit("directory", directory))
        assembly.take(document)
        setting = assembly.settings.unit_setting(directory)
        add_document(assembly, document, unit, default_namespace=None if setting is None else setting.namespace)


def add_document(
    assembly: Assembly,
    document: Document,
    unit: Unit,
    namespace: str | None = None,
    default_namespace: str | None = None,
) -> list[KubernetesObject]:
    """Add the objects of a document to a unit and return them; a broken document makes the unit incomplete."""
    if document.broken or not isinstance(document.root, Mapping):
        unit.incomplete = True
        return []
    added = []
    for root in objects_in(document.root):
        item = make_object(root, document, unit, assembly.object_views, namespace, default_namespace)
        add_object(assembly.graph, item)
        added.append(item)
    return added


def add_object(graph: Graph, item: KubernetesObject) -> None:
    """Add an object with what rules look at: its pod templates, containers and environment."""
    graph.add(item)
    for template in item.pod_templates():
        graph.add_subject(template)
        for container in template.containers:
            graph.add_subject(container)
            for entry in container.environment:
                name, value = entry.scalar("name"), entry.at("value")
                if name is not None and isinstance(value, Scalar):
                    graph.add_variable(name.text, name, value, item, str(container))
