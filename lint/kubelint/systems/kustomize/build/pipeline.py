"""The transformers of one kustomization, in the order in which kustomize runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kubelint.systems.kustomize.build import plugins
from kubelint.systems.kustomize.build.configuration import Configuration
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.fieldspec import spec_of_node
from kubelint.systems.kustomize.build.identity import text
from kubelint.systems.kustomize.build.loader import Loader
from kubelint.systems.kustomize.build.manifests import objects
from kubelint.systems.kustomize.build.merge import MergeTypes
from kubelint.systems.kustomize.build.patching import JsonPatch, Patch, Unmatched
from kubelint.systems.kustomize.build.rendered import Collection, Rendered
from kubelint.systems.kustomize.build.replacements import Replacement
from kubelint.systems.kustomize.build.transformers import Affix, Images, Namespace, Pairs, Replicas, label_tables
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.tree.yaml import YamlStream

Apply = Callable[[Collection, MergeTypes], object]


class Step(NamedTuple):
    """One transformer: the name that kustomize has for it, and what it does."""

    kind: str
    apply: Apply


class Pipeline:
    """Makes the steps of one kustomization; patches are read at once, so that a broken one is an error in any case."""

    def __init__(self, loader: Loader, owner: Kustomization, configuration: Configuration) -> None:
        self.loader = loader
        self.owner = owner
        self.configuration = configuration

    def steps(self) -> Iterator[Step]:
        """Yield the steps of the kustomization's own fields."""
        root, tables = self.owner.root, self.configuration
        merges = root.items_at("patchesStrategicMerge")
        if merges:
            yield self._strategic(merges)
        for entry in root.items_at("patches"):
            yield Step("PatchTransformer", self.patch(entry).apply)
        namespace = self.owner.namespace_node
        if namespace is not None:
            yield _step("NamespaceTransformer", Namespace(namespace, tables["namespace"]).apply)
        for name, value, table in (
            ("PrefixTransformer", self.owner.prefix, tables["namePrefix"]),
            ("SuffixTransformer", self.owner.suffix, tables["nameSuffix"]),
        ):
            if value is not None:
                yield _step(name, Affix(value, table, suffix=name == "SuffixTransformer").apply)
        yield from self._labels()
        annotations = root.mapping("commonAnnotations")
        if annotations is not None and len(annotations):
            yield _step("AnnotationsTransformer", Pairs(annotations, tables["commonAnnotations"]).apply)
        for entry in root.items_at("patchesJson6902"):
            yield _step("PatchJson6902Transformer", self._json(entry, "patch").apply)
        for entry in root.items_at("replicas"):
            count = entry.get("count") or entry
            yield self._replicas(Replicas(text(entry.get("name")), count, entry, tables["replicas"]))
        for field in ("images", "imageTags"):
            for entry in root.items_at(field):
                yield _step("ImageTagTransformer", Images(entry, tables["images"]).apply)
        replacements = root.items_at("replacements")
        if replacements:
            yield self._replacements(replacements)

    def _labels(self) -> Iterator[Step]:
        root, tables = self.owner.root, self.configuration
        entries, common = root.items_at("labels"), root.mapping("commonLabels")
        chosen = (tables["labels"], tables["commonLabels"], tables["templateLabels"])
        for entry in entries:
            own = [spec_of_node(node) for node in entry.items_at("fields")]
            pairs = entry.mapping("pairs")
            table = label_tables(entry, chosen, own)
            yield _step("LabelTransformer", _nothing if pairs is None else Pairs(pairs, table).apply)
        if common is not None and len(common):
            yield _step("LabelTransformer", Pairs(common, tables["commonLabels"]).apply)
        elif entries:
            yield _step("LabelTransformer", _nothing)

    def _replicas(self, replicas: Replicas) -> Step:
        def apply(items: Collection, types: MergeTypes) -> None:
            del types
            if not replicas.apply(items):
                message = f"nothing with replicas is called `{replicas.name}`"
                raise Unmatched(BuildError(message, replicas.place.get("name") or replicas.place))

        return Step("ReplicaCountTransformer", apply)

    # -- patches ---------------------------------------------------------------------------------------------------

    def patch(self, entry: Node) -> Patch:
        """Return the patch of an entry of ``patches``, or of a PatchTransformer."""
        path, inline = entry.scalar("path"), entry.scalar("patch")
        path = path if path is not None and path.text else None
        inline = inline if inline is not None and inline.text.strip() else None
        if (path is None) == (inline is None):
            both = "both `path` and `patch`" if path else "neither `path` nor `patch`"
            raise BuildError(f"the patch has {both}", entry)
        place = path or inline
        assert place is not None  # noqa: S101 - one of them is there
        stream = self.loader.embedded(place) if path is None else self.loader.yaml(self.owner, place)
        target = entry.get("target")
        return Patch(stream, place, target if isinstance(target, Mapping) else None, entry.get("options"))

    def _strategic(self, nodes: list[Node]) -> Step:
        patches = [Patch(self._inline_or_file(node), node) for node in nodes if isinstance(node, Scalar)]

        def apply(items: Collection, types: MergeTypes) -> None:
            for patch in patches:
                if patch.operations is not None:
                    raise BuildError("a strategic merge patch is needed here", patch.place)
                patch.apply(items, types, copied=True)

        return Step("PatchStrategicMergeTransformer", apply)

    def _inline_or_file(self, node: Scalar) -> YamlStream:
        if ":" in node.text or "{" in node.text:
            stream = self.loader.embedded(node)
            try:
                if list(objects(stream, node, duplicates=False)):
                    return stream
            except BuildError:
                pass
        return self.loader.yaml(self.owner, node)

    def _json(self, entry: Node, inline_field: str) -> JsonPatch:
        path, inline = entry.scalar("path"), entry.scalar(inline_field)
        place = path if path is not None and path.text else inline
        if place is None or not place.text:
            raise BuildError("the patch has neither a path nor operations", entry)
        if place is path and inline is not None and inline.text:
            raise BuildError("the patch has both a path and operations", entry)
        stream = self.loader.yaml(self.owner, place) if place is path else self.loader.embedded(place)
        return JsonPatch(stream, place, entry.get("target"))

    # -- replacements ----------------------------------------------------------------------------------------------

    def _replacements(self, nodes: list[Node]) -> Step:
        found = [replacement for node in nodes for replacement in self._read_replacements(node)]

        def apply(items: Collection, types: MergeTypes) -> None:
            del types
            for replacement in found:
                replacement.apply(items)

        return Step("ReplacementTransformer", apply)

    def _read_replacements(self, node: Node) -> Iterator[Replacement]:
        path = node.scalar("path")
        if path is None or not path.text:
            yield Replacement(node)
            return
        if node.get("source") is not None or node.items_at("targets"):
            raise BuildError("a replacement is written out or lies in a file, not both", node)
        for document in self.loader.yaml(self.owner, path).documents[:1]:
            if isinstance(document.root, Sequence):
                yield from map(Replacement, document.root.children)
            elif document.root is not None:
                yield Replacement(document.root)

    # -- plugins ---------------------------------------------------------------------------------------------------

    def plugin(self, item: Rendered) -> list[Step]:
        """Return the steps of a built-in transformer that is declared as an object; raises BuildError."""
        kind, root = item.gvk.kind, item.root
        if kind == "PatchTransformer":
            return [Step(kind, self.patch(root).apply)]
        if kind == "PatchJson6902Transformer":
            return [_step(kind, self._json(root, "jsonOp").apply)]
        if kind == "PatchStrategicMergeTransformer":
            inline = root.scalar("patches")
            return [self._strategic([*root.items_at("paths"), *([] if inline is None else [inline])])]
        if kind == "ReplacementTransformer":
            return [self._replacements(root.items_at("replacements"))]
        if kind == "ValueAddTransformer":
            return [_step(kind, apply) for apply in plugins.add_value(root, self.owner.directory)]
        found = plugins.transformers(item)
        if found is None:
            raise BuildError(f"kustomize has no built-in transformer `{kind}`", root.get("kind") or root)
        return [_step(kind, apply) for apply in found]


def _step(kind: str, apply: Callable[[Collection], object]) -> Step:
    return Step(kind, lambda items, types: apply(items))  # noqa: ARG005 - the same form for all


def _nothing(items: Collection) -> None:
    del items
