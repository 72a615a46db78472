"""The transformers of one kustomization, in the order in which kustomize runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from kubelint.systems.kustomize.build import plugins
from kubelint.systems.kustomize.build.configuration import Configuration
from kubelint.systems.kustomize.build.error import BuildError, Cause
from kubelint.systems.kustomize.build.fieldspec import spec_of_node
from kubelint.systems.kustomize.build.identity import text
from kubelint.systems.kustomize.build.loader import Loader
from kubelint.systems.kustomize.build.manifests import objects
from kubelint.systems.kustomize.build.merge import MergeTypes
from kubelint.systems.kustomize.build.patching import JsonPatch, Patch, Unmatched
from kubelint.systems.kustomize.build.rendered import Collection, Rendered
from kubelint.systems.kustomize.build.replacements import Replacement
from kubelint.systems.kustomize.build.transformers import Affix, Images, Namespace, Pairs, Replicas, label_tables
from kubelint.systems.kustomize.build.unmatched import idle_replicas
from kubelint.systems.kustomize.build.watch import IdleImage
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.tree.yaml import YamlStream

Apply = Callable[[Collection, MergeTypes], object]
T = TypeVar("T")


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
        self.watch = loader.watch

    def steps(self) -> Iterator[Step]:
        """Yield the steps of the kustomization's own fields."""
        root, tables = self.owner.root, self.configuration
        merges = root.items_at("patchesStrategicMerge")
        if merges:
            yield from self._made(self._strategic, merges)
        for entry in root.items_at("patches"):
            yield from self._made(self._patch, entry)
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
            yield from self._made(self._json_step, entry)
        for entry in root.items_at("replicas"):
            count = entry.get("count") or entry
            yield self._replicas(Replicas(text(entry.get("name")), count, entry, tables["replicas"]))
        for field in ("images", "imageTags"):
            for entry in root.items_at(field):
                yield from self._made(self._images, entry)
        replacements = root.items_at("replacements")
        if replacements:
            yield from self._made(self._replacements, replacements)

    def _made(self, make: Callable[[T], Step], argument: T) -> Iterator[Step]:
        """Yield a step; where it cannot be made and somebody watches, none."""
        try:
            yield make(argument)
        except BuildError as error:
            if self.watch is None:
                raise
            self.watch.refuse(error)

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
                place = replicas.place.get("name") or replicas.place
                idle = None if self.watch is None else idle_replicas(self.owner, replicas, place, items.items)
                raise Unmatched(BuildError(f"nothing with replicas is called `{replicas.name}`", place), idle)

        return Step("ReplicaCountTransformer", apply)

    def _images(self, entry: Node) -> Step:
        images = Images(entry, self.configuration["images"])

        def apply(items: Collection, types: MergeTypes) -> None:
            del types
            images.apply(items)
            place = entry.get("name")
            if self.watch is not None and place is not None:
                if images.hit:
                    self.watch.works(IdleImage, place)
                else:
                    self.watch.note(
                        IdleImage(owner=self.owner, node=place, known=images.seen, part="name", wanted=text(place))
                    )

        return Step("ImageTagTransformer", apply)

    # -- patches ---------------------------------------------------------------------------------------------------

    def _patch(self, entry: Node) -> Step:
        return Step("PatchTransformer", self.patch(entry).apply)

    def _json_step(self, entry: Node) -> Step:
        return _step("PatchJson6902Transformer", self._json(entry, "patch").apply)

    def patch(self, entry: Node) -> Patch:
        """Return the patch of an entry of ``patches``, or of a PatchTransformer."""
        path, inline = entry.scalar("path"), entry.scalar("patch")
        path = path if path is not None and path.text else None
        inline = inline if inline is not None and inline.text.strip() else None
        if (path is None) == (inline is None):
            both = "both `path` and `patch`" if path else "neither `path` nor `patch`"
            raise BuildError(f"the patch has {both}", entry, cause=Cause.FORM)
        place = path or inline
        assert place is not None  # noqa: S101 - one of them is there
        stream = self.loader.embedded(place) if path is None else self.loader.yaml(self.owner, place)
        target = entry.get("target")
        chosen = target if isinstance(target, Mapping) else None
        return Patch(self.owner, stream, place, chosen, entry.get("options"), self.watch)

    def _strategic(self, nodes: list[Node]) -> Step:
        scalars = [node for node in nodes if isinstance(node, Scalar)]
        patches = [Patch(self.owner, self._inline_or_file(node), node, watch=self.watch) for node in scalars]

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
            raise BuildError("the patch has neither a path nor operations", entry, cause=Cause.FORM)
        if place is path and inline is not None and inline.text:
            raise BuildError("the patch has both a path and operations", entry, cause=Cause.FORM)
        stream = self.loader.yaml(self.owner, place) if place is path else self.loader.embedded(place)
        return JsonPatch(self.owner, stream, place, entry.get("target"), self.watch)

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
            yield Replacement(self.owner, node, self.watch)
            return
        if node.get("source") is not None or node.items_at("targets"):
            raise BuildError("a replacement is written out or lies in a file, not both", node)
        for document in self.loader.yaml(self.owner, path).documents[:1]:
            if isinstance(document.root, Sequence):
                yield from (Replacement(self.owner, inner, self.watch) for inner in document.root.children)
            elif document.root is not None:
                yield Replacement(self.owner, document.root, self.watch)

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
