"""Places that mean an entity though no reference of the graph stands there, and the parts that an object offers.

The links of the systems make a reference wherever a rule needs one. A few places are judged without: the port that a
probe asks, the object that a patch is for, the host in a URL of a compose service. A rename has to change these too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kubelint.graph.model import Entity, Reference
from kubelint.graph.query import Graph
from kubelint.source import SourceFile, Span
from kubelint.systems.compose.hosts import host_uses
from kubelint.systems.compose.model import ComposeProject, ComposeService
from kubelint.systems.kubernetes.model import DataHolder, KubernetesObject, Service
from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.systems.kubernetes.probe_ports import probe_ports
from kubelint.systems.kustomize.model import Kustomization, Outcome
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.yaml import read_yaml

#: Fields of a kustomization below which objects are chosen by kind and name.
_CHOOSING = ("patches", "patchesJson6902", "replacements", "vars")


def mentions(graph: Graph, entity: Entity) -> Iterator[Span]:
    """Yield the places that name an entity without being a reference to it."""
    owner, node = entity.owner, entity.node
    if not isinstance(node, Scalar) or node.text == "":
        return
    if isinstance(owner, ComposeService) and entity is owner:
        yield from _named_hosts(graph, owner)
    elif isinstance(owner, KubernetesObject):
        if entity.key.kind == "container port":
            yield from _asking_probes(owner, node)
        elif entity is owner:
            for kustomization in _building(graph, owner):
                yield from _chosen(graph, kustomization, owner.kind, node.text)


def _named_hosts(graph: Graph, service: ComposeService) -> Iterator[Span]:
    """Yield the hosts in the variables of a project's services that are one service."""
    for project in graph.subjects(ComposeProject):
        if project.unit is service.unit:
            for other in project.services.values():
                yield from (use.host.span for use in host_uses(other) if use.host.text == service.name)


def _asking_probes(owner: KubernetesObject, port: Scalar) -> Iterator[Span]:
    """Yield the ports of probes and hooks that a container asks by the name of its port."""
    for template in owner.pod_templates():
        for container in template.containers:
            if any(own.name is port for own in container.ports):
                for _, asked in probe_ports(container):
                    if asked.text == port.text:
                        yield asked.part(0, len(asked.text))


def _building(graph: Graph, item: KubernetesObject) -> list[Kustomization]:
    """Return the kustomizations of an object's unit: its root, and all that are built into that."""
    waiting = [one for one in graph.subjects(Kustomization) if one.unit is item.unit]
    found: dict[int, Kustomization] = {}
    while waiting:
        one = waiting.pop()
        if id(one) not in found:
            found[id(one)] = one
            waiting += [use.target for use in one.uses if use.target is not None]
    return list(found.values())


def _chosen(graph: Graph, kustomization: Kustomization, kind: str, name: str) -> Iterator[Span]:
    """Yield the names by which patches and replacements of a kustomization choose an object."""
    for field in _CHOOSING:
        for entry in kustomization.root.items_at(field):
            yield from _choosing(entry, kind, name)
            patch = entry.at("patch") if isinstance(entry, Mapping) else None
            if isinstance(patch, Scalar):
                yield from _in_text(patch, kind, name)
    for entry in kustomization.root.items_at("patchesStrategicMerge"):
        if isinstance(entry, Scalar) and "\n" in entry.text:
            yield from _in_text(entry, kind, name)
    for use in kustomization.uses:
        file = graph.repository.file(use.path) if use.outcome is Outcome.FILE and "atches" in use.field else None
        for document in () if file is None else file.yaml.documents:
            found = _patched(document.root, kind, name)
            if found is not None:
                yield found.part(0, len(name))


def _choosing(node: Node, kind: str, name: str) -> Iterator[Span]:
    if isinstance(node, Mapping):
        chosen = node.scalar("name")
        if chosen is not None and chosen.text == name and node.text_at("kind") in (kind, None):
            yield chosen.part(0, len(name))
        for _, below in node.pairs():
            yield from _choosing(below, kind, name)
    else:
        for item in node.items():
            yield from _choosing(item, kind, name)


def _patched(root: Node | None, kind: str, name: str) -> Scalar | None:
    """Return the name in a strategic merge patch that is for an object; None where it is for another."""
    if not isinstance(root, Mapping) or root.text_at("kind") != kind:
        return None
    found = root.scalar("metadata", "name")
    return found if found is not None and found.text == name else None


def _in_text(patch: Scalar, kind: str, name: str) -> Iterator[Span]:
    """Yield the names in a patch that is written in a block of text; its whole block where they cannot be placed."""
    inner = SourceFile(patch.source.path, patch.text)
    for document in read_yaml(inner).documents:
        found = _patched(document.root, kind, name)
        if found is None:
            continue
        line, column = inner.lines.position(found.part(0, len(name)).start)
        outer = patch.source.lines
        number = outer.position(patch.start)[0] + line
        if number <= len(outer):
            text, own = outer.line_text(number), inner.lines.line_text(line)
            start = outer.bounds(number)[0] + len(text) - len(own) + column - 1
            if text.endswith(own) and patch.source.text[start : start + len(name)] == name:
                yield Span(patch.source, start, start + len(name))
                continue
        yield patch.span


def offered(reference: Reference) -> Iterator[tuple[str, str]]:
    """Yield the parts of objects that a reference could name, with what each is: keys, ports, volumes.

    The graph has an entity only for those parts that something refers to.
    """
    kind, detail = reference.wanted.kind, reference.detail
    if isinstance(detail, Container) and kind == "volume":
        yield from ((name, f"volume of {detail.owner}") for name in detail.template.volumes)
    for end in detail if isinstance(detail, Iterable) and not isinstance(detail, str) else ():
        if isinstance(end, DataHolder):
            yield from ((key, f"key of {end}") for key in end.keys)
        elif isinstance(end, Service):
            names = (port.scalar("name") for port in end.ports)
            yield from ((name.text, f"port of {end}") for name in names if name is not None)
        elif isinstance(end, PodTemplate) and kind == "container port":
            yield from ((port.name.text, f"port of {end.owner}") for port in end.ports if port.name is not None)
