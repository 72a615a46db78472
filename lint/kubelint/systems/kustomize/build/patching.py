"""Patches: what is a strategic merge and what a JSON patch, and which objects they are for (``PatchTransformer``)."""

from __future__ import annotations

import json
from typing import TypeGuard

from kubelint.systems.kustomize.build import json_patch
from kubelint.systems.kustomize.build.edit import as_text, drop, is_date, put, put_at
from kubelint.systems.kustomize.build.emit import value_of
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.identity import Identity, text
from kubelint.systems.kustomize.build.manifests import check, objects
from kubelint.systems.kustomize.build.merge import MergeTypes, merge
from kubelint.systems.kustomize.build.rendered import Collection, Rendered
from kubelint.systems.kustomize.build.selector import Selector
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.tree.yaml import YamlStream


class Unmatched(Exception):  # noqa: N818 - not an error where the build has parts that are not known
    """A patch names an object that is not in the build."""

    def __init__(self, error: BuildError) -> None:
        super().__init__(error.message)
        self.error = error


class Patch:
    """One patch, read: ``merges`` are strategic merges, ``operations`` a JSON patch."""

    def __init__(
        self, stream: YamlStream, place: Node, target: Node | None = None, options: Node | None = None
    ) -> None:
        self.place = place
        self.selector = None if target is None else Selector(target)
        self.keep_name = options is None or text(options.get("allowNameChange")) != "true"
        self.keep_kind = options is None or text(options.get("allowKindChange")) != "true"
        self.merges: list[Rendered] = []
        self.operations: Sequence | None = None
        check(stream, duplicates=False)
        first = next((document.root for document in stream.documents if document.root is not None), None)
        if isinstance(first, Sequence):
            _check_json(first, place)
            self.operations = first
        else:
            self.merges = list(objects(stream, place, duplicates=False))
        if not self.merges and (self.operations is None or not self.operations.children):
            raise BuildError("the patch is empty", place)

    def apply(self, items: Collection, types: MergeTypes, *, copied: bool = False) -> None:
        """Change the objects that it is for.

        ``copied`` is the way of ``patchesStrategicMerge``. Raises Unmatched where a patch without a target names an
        object that is not there, BuildError where it does not apply.
        """
        if self.operations is not None:
            if self.selector is None:
                raise BuildError("a JSON patch needs a target", self.place)
            for item in self.selector.select(items.items):
                item.remember()
                _json(item, self.operations)
        elif self.selector is not None:
            if len(self.merges) > 1:
                raise BuildError("several patches in one entry cannot have a target", self.place)
            chosen = {item.identity for item in self.selector.select(items.items)}
            self._to_all(items, chosen, self.merges[0], types)
        else:
            for patch in self.merges:
                item = self._only(items, patch)
                if copied:
                    self._to_all(items, {item.identity}, patch, types)
                elif not self._merge(item, patch.root, types):
                    items.items.remove(item)

    def _only(self, items: Collection, patch: Rendered) -> Rendered:
        wanted = patch.identity
        found = items.matching(lambda identity: identity == wanted)
        if len(found) == 1:
            return found[0]
        if found:
            related = (found[0].place.span, "one of them")
            raise BuildError(f"{len(found)} objects are or were {wanted}", patch.place, related)
        raise Unmatched(BuildError(f"there is no {wanted} to patch", patch.place))

    def _to_all(self, items: Collection, chosen: set[Identity], patch: Rendered, types: MergeTypes) -> None:
        root = _normalised(patch.root)
        kept: list[Rendered] = []
        for item in items:
            if item.identity in chosen:
                own = put(root, "apiVersion", item.root.get("apiVersion") or root)
                if not self._merge(item, own, types):
                    continue
            kept.append(item)
        items.reset(kept)

    def _merge(self, item: Rendered, patch: Mapping, types: MergeTypes) -> bool:
        """Merge a patch into an object; False where it deletes the object."""
        before = item.root
        if not self.keep_name or not self.keep_kind:
            item.remember()
        merged = merge(before, patch, types)
        if merged is None or not len(merged):
            return False
        if self.keep_kind:
            merged = _restored(merged, before, ("kind",))
        if self.keep_name:
            merged = _restored(merged, before, ("metadata", "name"))
        if text(merged.get("apiVersion")) == text(before.get("apiVersion")):
            merged = _restored(merged, before, ("apiVersion",))
        item.root = _restored(merged, before, ("metadata", "namespace"))
        return True


def _restored(merged: Mapping, before: Mapping, path: tuple[str, ...]) -> Mapping:
    """Return the object with a field as it was before the patch."""
    old = before.at(*path)
    if old is merged.at(*path):
        return merged
    if old is not None and text(old):
        return put_at(merged, path, old)
    metadata = merged.mapping("metadata")
    return merged if metadata is None or len(path) < 2 else put(merged, "metadata", drop(metadata, path[-1]))


def _normalised(root: Mapping) -> Mapping:
    """Return a patch as kustomize copies it: labels and annotations are texts, null included."""
    for field in ("labels", "annotations"):
        node = root.at("metadata", field)
        if node is None:
            continue
        entries = [(key, _text(value)) for key, value in node.pairs()]
        metadata = root.mapping("metadata")
        assert metadata is not None  # noqa: S101 - the field is in it
        if entries:
            entries.sort(key=lambda entry: entry[0].text)
            root = put(root, "metadata", put(metadata, field, Mapping(node.source, node.start, node.end, entries)))
        else:
            root = put(root, "metadata", drop(metadata, field))
    return root


def _text(value: Node) -> Node:
    return as_text(value) if isinstance(value, Scalar) else MadeScalar(value, "", replaced=value)


def _json(item: Rendered, operations: Sequence) -> None:
    root = json_patch.apply(item.root, operations)
    annotations = root.at("metadata", "annotations")
    dates = [(key, value) for key, value in root.pairs_at("metadata", "annotations") if _is_date(value)]
    if annotations is not None and dates:
        # JSON knows no dates: one that nobody quoted comes out as a point in time.
        for key, value in dates:
            made = MadeScalar(value, str(value_of(value)), replaced=value)
            root = put_at(root, ("metadata", "annotations", key.text), made)
    item.root = root


def _check_json(operations: Sequence, place: Node) -> None:
    """Raise BuildError for operations that begin as JSON does and are none: kustomize does not read them as YAML."""
    if not operations.flow:
        return
    embedded = isinstance(place, Scalar) and operations.source is place.source
    shown = place.text if isinstance(place, Scalar) and embedded else operations.source.text
    shown = shown.strip() if embedded else shown
    if shown.startswith("["):
        try:
            json.loads(shown)
        except ValueError as error:
            raise BuildError(f"the patch begins with `[` and is no JSON: {error}", place) from None


def _is_date(node: Node) -> TypeGuard[Scalar]:
    return isinstance(node, Scalar) and is_date(node)


class JsonPatch:
    """One entry of ``patchesJson6902``: its target has a name, and what it changes is not remembered."""

    def __init__(self, stream: YamlStream, place: Node, target: Node | None) -> None:
        if target is None or not text(target.get("name")):
            raise BuildError("the target needs a name", target or place)
        check(stream, duplicates=False)
        first = next((document.root for document in stream.documents if document.root is not None), None)
        if not isinstance(first, Sequence) or not first.children:
            raise BuildError("a list of operations is needed", place)
        _check_json(first, place)
        self.operations = first
        self.selector = Selector(target)

    def apply(self, items: Collection) -> None:
        """Change the objects that it is for."""
        for item in self.selector.select(items.items):
            _json(item, self.operations)
