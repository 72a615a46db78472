"""What is used by nothing: names that stand nowhere but where they are defined.

The references of the graph are not enough to say that nobody uses an object: programs read ConfigMaps by a name in
their arguments, sidecars by a label, operators by a field of a custom resource. So a name counts as used as soon as it
stands anywhere else in the configuration, in a comment even.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from kubelint.graph.model import Unit
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import CustomResource, DataHolder, KubernetesObject, Workload
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.tree.node import Node, Scalar

_WORD = re.compile(r"[a-z0-9][a-z0-9.-]*")
#: Labels that say what an object belongs to, not who is to find it.
_BELONGING = frozenset(
    {"app", "k8s-app", "name", "component", "tier", "version", "release", "chart", "heritage", "helm.sh/chart"}
)
_VOLUME_SECTIONS = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName"))
_PROJECTED_SECTIONS = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "name"))


@dataclass(slots=True)
class DataUse:
    """How pods use the ConfigMaps or Secrets of one name: ``keys`` one by one, or as a ``whole``."""

    keys: set[str] = field(default_factory=set)
    whole: bool = False
    #: Where the name stands, by its place.
    places: set[tuple[str, int, int]] = field(default_factory=set)


def is_mentioned(graph: Graph, item: KubernetesObject) -> bool:
    """Tell whether the name of an object stands anywhere but where objects of that name are defined.

    A name that stands nowhere was put together (by a prefix, say) and counts as mentioned.
    """
    count = _words(graph)[item.name]
    return not count or count > _definitions(graph)[item.kind, item.name] or bool(graph.incoming(item))


def is_mentioned_beside(graph: Graph, item: KubernetesObject, use: DataUse) -> bool:
    """Tell whether the name of an object stands anywhere but in its definitions and in these uses."""
    count = _words(graph)[item.name]
    return not count or count > _definitions(graph)[item.kind, item.name] + len(use.places)


def is_discoverable(graph: Graph, item: KubernetesObject) -> bool:
    """Tell whether something may find an object by another way than its name.

    A label or an annotation of its own may be what a sidecar or a controller looks for; a custom resource of the unit
    may stand for an operator that knows the name; where a part of the unit was not read, nobody knows.
    """
    if item.unit.incomplete or _has(graph, item.unit, CustomResource):
        return True
    if any(key not in _BELONGING and not key.startswith("app.kubernetes.io/") for key in item.labels):
        return True
    return any(not key.text.startswith("kubectl.kubernetes.io/") for key, _ in item.annotations())


def runs_beside(graph: Graph, item: KubernetesObject) -> bool:
    """Tell whether something of the object's unit runs pods, which could use it."""
    return _has(graph, item.unit, Workload)


def data_use(graph: Graph, item: DataHolder) -> DataUse | None:
    """Return how the pods of the repository use the ConfigMaps or Secrets of that name; None where none does so.

    Also None where some pod uses one whose name is only known later.
    """
    uses = graph.once("data uses", lambda: _data_uses(graph))
    return None if (item.kind, None) in uses else uses.get((item.kind, item.name))


def _has(graph: Graph, unit: Unit, kind: type[KubernetesObject]) -> bool:
    return graph.once(
        ("unit has", id(unit), kind), lambda: any(isinstance(resource, kind) for resource in unit.resources)
    )


def _words(graph: Graph) -> Counter[str]:
    """Return how often each word that could be a name stands in the configuration files."""

    def count() -> Counter[str]:
        words: Counter[str] = Counter()
        for file in graph.repository.files:
            for word in _WORD.findall(file.source.text):
                cleaned = word.rstrip(".-")
                words[cleaned] += 1
                if "." in cleaned:
                    words.update(part for part in cleaned.split(".") if part)
        return words

    return graph.once("words of the configuration", count)


def _definitions(graph: Graph) -> Counter[tuple[str, str]]:
    """Return at how many places objects of a kind and name are defined."""

    def count() -> Counter[tuple[str, str]]:
        places = {
            (item.kind, item.name_node.text, item.name_node.span.key)
            for item in graph.subjects(KubernetesObject)
            if item.name_node is not None
        }
        return Counter((kind, name) for kind, name, _ in places)

    return graph.once("places of definitions", count)


def _data_uses(graph: Graph) -> dict[tuple[str, str | None], DataUse]:
    uses: dict[tuple[str, str | None], DataUse] = defaultdict(DataUse)
    for template in graph.subjects(PodTemplate):
        for kind, name, keys in _uses_of(template):
            use = uses[kind, None if name.opaque else name.text]
            use.places.add(name.span.key)
            if keys is None:
                use.whole = True
            else:
                use.keys.update(keys)
    return dict(uses)


def _uses_of(template: PodTemplate) -> Iterator[tuple[str, Scalar, list[str] | None]]:
    """Yield kind, name and keys (None: all of them) of each use in a pod template."""
    for volume in template.spec.items_at("volumes"):
        sources = [(volume, _VOLUME_SECTIONS)]
        sources += [(source, _PROJECTED_SECTIONS) for source in volume.items_at("projected", "sources")]
        for holder, sections in sources:
            for section, kind, name_field in sections:
                name = holder.scalar(section, name_field)
                if name is not None:
                    items = holder.items_at(section, "items")
                    yield kind, name, _keys(items) if items else None
    for container in template.containers:
        for entry in container.environment:
            for section, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                source = entry.at("valueFrom", section)
                name = None if source is None else source.scalar("name")
                if source is not None and name is not None:
                    yield kind, name, _keys([source])
        for entry in container.node.items_at("envFrom"):
            for section, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                name = entry.scalar(section, "name")
                if name is not None:
                    yield kind, name, None


def _keys(nodes: list[Node]) -> list[str] | None:
    """Return the keys that key references ask for; None where one of them is only known later."""
    keys = [node.scalar("key") for node in nodes]
    if any(key is None or key.opaque for key in keys):
        return None
    return [key.text for key in keys if key is not None]
