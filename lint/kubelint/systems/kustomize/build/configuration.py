"""Where the transformers of one build write: kustomize's own tables, ``configurations`` and ``crds``.

Source: kustomize, ``api/internal/plugins/builtinconfig`` and ``api/internal/accumulator/loadconfigfromcrds.go``.
"""

from __future__ import annotations

from functools import cache

from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.fieldspec import FieldSpec, Table, spec_of, spec_of_node
from kubelint.systems.kustomize.build.identity import Gvk, text
from kubelint.tree.node import Mapping, Node
from kubelint_schemas.kustomize import transformers

FIELDS = (
    "namePrefix", "nameSuffix", "namespace", "commonLabels", "labels", "templateLabels", "commonAnnotations",
    "varReference", "images", "replicas",
)  # fmt: skip
_REFERENCES = "nameReference"
_KUBERNETES_TYPE = ("apiVersion", "kind", "metadata")
_DEPTH = 64


class Configuration:
    """The tables by transformer; ``references`` are, for each kind, the places that hold its name."""

    __slots__ = ("references", "tables")

    def __init__(self, tables: dict[str, Table], references: dict[Gvk, Table]) -> None:
        self.tables = tables
        self.references = references

    def __getitem__(self, name: str) -> Table:
        return self.tables.get(name) or Table()

    def merged(self, other: Configuration, place: Node | None = None) -> Configuration:
        """Return both together; raises BuildError where they contradict each other.

        The order of a table decides what is taken for the same place, so each is sorted after each merge.
        """
        if other is self or other is EMPTY:
            return self
        if self is EMPTY and other is default():
            return other
        tables = {name: self[name].merged(other[name].specs, place).ordered() for name in FIELDS}
        references = dict(self.references)
        for gvk, table in other.references.items():
            references[gvk] = references[gvk].merged(table.specs, place) if gvk in references else table
        return Configuration(tables, references)

    def ordered_references(self) -> list[tuple[Gvk, Table]]:
        """Return the references in the order in which kustomize follows them."""
        return sorted(self.references.items(), key=lambda item: item[0].order)


EMPTY = Configuration({}, {})


@cache
def default() -> Configuration:
    """Return kustomize's own tables."""
    data = transformers()
    tables = {name: Table(spec_of(item) for item in data.get(name) or ()).ordered() for name in FIELDS}
    references: dict[Gvk, Table] = {}
    for entry in data[_REFERENCES]:
        gvk = Gvk(entry.get("group", ""), entry.get("version", ""), entry.get("kind", ""))
        references[gvk] = Table(spec_of(item) for item in entry["fieldSpecs"])
    return Configuration(tables, references)


def read_configuration(root: Mapping) -> Configuration:
    """Return what a file of ``configurations`` says; raises BuildError for a field that there is none."""
    tables: dict[str, Table] = {}
    references: dict[Gvk, Table] = {}
    known = {name.lower(): name for name in (*FIELDS, _REFERENCES)}
    for key, value in root.pairs():
        name = known.get(key.text.lower())
        if name is None:
            raise BuildError(f"`{key.text}` is no field of a transformer configuration", key)
        for entry in value.items():
            if name == _REFERENCES:
                gvk = Gvk(text(entry.get("group")), text(entry.get("version")), text(entry.get("kind")))
                table = references.get(gvk) or Table()
                references[gvk] = table.merged([spec_of_node(item) for item in entry.items_at("fieldSpecs")], entry)
            else:
                table = tables.get(name) or Table()
                tables[name] = table.merged([spec_of_node(entry)], entry)
    return Configuration(tables, references)


def read_definitions(root: Mapping) -> Configuration:
    """Return what OpenAPI definitions under ``crds`` say by their ``x-kubernetes-*`` extensions."""
    reader = _Definitions(root)
    for key, definition in root.pairs():
        properties = definition.at("Schema", "properties") or definition.at("properties")
        if properties is not None and all(properties.get(name) is not None for name in _KUBERNETES_TYPE):
            reader.read(key.text, Gvk(kind=key.text.rpartition(".")[2]), (), 0)
    return Configuration(reader.tables, reader.references)


class _Definitions:
    def __init__(self, root: Mapping) -> None:
        self.root = root
        self.tables: dict[str, Table] = {}
        self.references: dict[Gvk, Table] = {}

    def read(self, name: str, gvk: Gvk, path: tuple[str, ...], depth: int) -> None:
        definition = self.root.get(name)
        if definition is None or depth > _DEPTH:
            return
        properties = definition.at("Schema", "properties") or definition.at("properties")
        for key, part in () if properties is None else properties.pairs():
            place = FieldSpec(gvk, (*path, key.text))
            for extension, table in (
                ("x-kubernetes-annotation", "commonAnnotations"),
                ("x-kubernetes-label-selector", "commonLabels"),
                ("x-kubernetes-identity", "namePrefix"),
            ):
                if part.get(extension) is not None:
                    self.tables[table] = (self.tables.get(table) or Table()).merged([place])
            version = part.scalar("x-kubernetes-object-ref-api-version")
            kind = part.scalar("x-kubernetes-object-ref-kind")
            if version is not None and kind is not None:
                field = text(part.get("x-kubernetes-object-ref-name-key")) or "name"
                target = Gvk("", version.text, kind.text)
                known = self.references.get(target) or Table()
                self.references[target] = known.merged([FieldSpec(gvk, (*place.path, field))])
            reference = text(part.get("$ref"))
            if reference:
                self.read(reference, gvk, place.path, depth + 1)
