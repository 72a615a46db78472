"""From the documents of a Drone file to its unit, its resources and their parts."""

from __future__ import annotations

from kubelint.graph.model import Document, Key, Unit
from kubelint.graph.query import Graph
from kubelint.suggest import nearest
from kubelint.system import Assembly
from kubelint.systems.drone.deployments import add_facts
from kubelint.systems.drone.detect import SYSTEM, Content, Form
from kubelint.systems.drone.model import (
    DEFAULT_NAME,
    DroneCron,
    DroneDocument,
    DronePipeline,
    DroneRegistry,
    DroneSecret,
    DroneSignature,
    DroneTemplate,
    KindlessDocument,
    LegacyFile,
    UnreadDocument,
    WoodpeckerFile,
)
from kubelint.systems.drone.substitution import exported
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint_schemas import drone as pack

UNIT = "pipeline file"
_VIEWS: dict[str, type[DroneDocument]] = {
    pack.PIPELINE: DronePipeline,
    "secret": DroneSecret,
    "signature": DroneSignature,
    "template": DroneTemplate,
    "cron": DroneCron,
    "registry": DroneRegistry,
}
_UNJUDGED: dict[Form, type[DroneDocument]] = {Form.LEGACY: LegacyFile, Form.WOODPECKER: WoodpeckerFile}


def assemble(assembly: Assembly) -> None:
    """Make one unit of each file."""
    files: dict[str, list[Document]] = {}
    for document in assembly.of(SYSTEM):
        files.setdefault(document.source.path, []).append(document)
        assembly.take(document)
    named = assembly.settings.target("drone", "kinds") or ()
    extra_kinds = frozenset(str(kind) for kind in named)
    for path, documents in files.items():
        unit = assembly.graph.add_unit(Unit(UNIT, path))
        # With a template in the first document the server reads nothing else of the file.
        expands = documents[0].mapping.text_at("kind") == "template"
        for document in documents:
            content = document.content if isinstance(document.content, Content) else Content(Form.DOCUMENT)
            if content.form is Form.EMPTY:
                separator = None if content.chunk is None else content.chunk.closing or content.chunk.opening
                if separator is not None and not expands:
                    assembly.graph.add_subject(KindlessDocument(separator, chunk=content.chunk))
            elif content.form is Form.BROKEN:
                unit.incomplete = True
            elif content.form is Form.UNREAD:
                if document.root is not None and content.terminator is not None:
                    assembly.graph.add_subject(UnreadDocument(content.terminator, document.root, document))
            elif document.root is not None:
                _add(assembly.graph, document, document.root, unit, extra_kinds, content.form)


def _add(graph: Graph, document: Document, root: Node, unit: Unit, extra_kinds: frozenset[str], form: Form) -> None:
    judged = form not in _UNJUDGED
    view, kind = _view(root, extra_kinds) if judged else (_UNJUDGED[form], form.value)
    name = root.scalar("name")
    place = name or root.scalar("kind") or (root.entries[0][0] if isinstance(root, Mapping) and root.entries else root)
    key = Key(SYSTEM, kind, "", name.text if name is not None else DEFAULT_NAME)
    resource = view(key, place, unit, root, document, extra_kinds)
    graph.add(resource)
    if judged and isinstance(root, Mapping) and resource.kind_node is None:
        graph.add_subject(KindlessDocument(place.span, resource))
    if isinstance(resource, DronePipeline):
        _add_parts(graph, resource)


def _view(root: Node, extra_kinds: frozenset[str]) -> tuple[type[DroneDocument], str]:
    """Return the view for a document and the kind for its key: what Drone takes it for, or what it was meant to be."""
    node = root.scalar("kind")
    if node is None:
        return (DronePipeline, pack.PIPELINE) if root.at("steps") is not None else (DroneDocument, "document")
    if node.text in _VIEWS:
        return _VIEWS[node.text], node.text
    if node.text in extra_kinds or node.opaque:
        return DroneDocument, node.text
    if nearest(node.text, pack.kinds()) == [pack.PIPELINE]:
        return DronePipeline, pack.PIPELINE
    return DroneDocument, node.text


def _add_parts(graph: Graph, pipeline: DronePipeline) -> None:
    """Add what rules look at and what steps refer to."""
    for step in pipeline.containers:
        graph.add_subject(step)
        if step.entity is not None:
            graph.add(step.entity)
        for name, value in step.environment:
            if isinstance(value, Scalar):
                graph.add_variable(name.text, name, value, pipeline, str(step))
        for name, value in exported(step.commands):
            graph.add_variable(name.text, name, value, pipeline, str(step))
    for name, value in pipeline.environment:
        if isinstance(value, Scalar):
            graph.add_variable(name.text, name, value, pipeline, str(pipeline))
    for volume in pipeline.volumes:
        if volume.entity is not None:
            graph.add(volume.entity)
    add_facts(graph, pipeline)
