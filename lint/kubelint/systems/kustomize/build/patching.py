"""Patches: what is a strategic merge and what a JSON patch, and which objects they are for (``PatchTransformer``)."""

from __future__ import annotations

import json
from typing import TypeGuard

from kubelint.systems.kustomize.build import json_patch
from kubelint.systems.kustomize.build.edit import as_text, drop, is_date, put, put_at
from kubelint.systems.kustomize.build.emit import value_of
from kubelint.systems.kustomize.build.error import BuildError, Cause
from kubelint.systems.kustomize.build.identity import Identity, text
from kubelint.systems.kustomize.build.manifests import check, objects
from kubelint.systems.kustomize.build.merge import MergeTypes, merge
from kubelint.systems.kustomize.build.rendered import Collection, Rendered
from kubelint.systems.kustomize.build.selector import Selector
from kubelint.systems.kustomize.build.unmatched import idle_merge, idle_selector
from kubelint.systems.kustomize.build.watch import Idle, IdlePatch, MergeWatch, Watch
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.tree.yaml import YamlStream


class Unmatched(Exception):  # noqa: N818 - not an error where the build has parts that are not known
    """A patch names an object that is not in the build; ``idle`` says what there is instead, for who watches."""

    def __init__(self, error: BuildError, idle: Idle | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.idle = idle


class Patch:
    """One patch of a kustomization, read: ``merges`` are strategic merges, ``operations`` a JSON patch."""

    def __init__(
        self,
        owner: Kustomization,
        stream: YamlStream,
        place: Node,
        target: Node | None = None,
        options: Node | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.owner = owner
        self.watch = watch
        self.place = place
        self.selector = None if target is None else Selector(target)
        self.keep_name = options is None or text(options.get("allowNameChange")) != "true"
        self.keep_kind = options is None or text(options.get("allowKindChange")) != "true"
        self.merges: list[Rendered] = []
        self.operations: Sequence | None = None
        check(stream, duplicates=False, place=place)
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
            for item in self._selected(items, self.selector):
                item.remember()
                _json(item, self.operations)
        elif self.selector is not None:
            if len(self.merges) > 1:
                raise BuildError("several patches in one entry cannot have a target", self.place)
            chosen = {item.identity for item in self._selected(items, self.selector)}
            self._to_all(items, chosen, self.merges[0], types)
        else:
            for patch in self.merges:
                try:
                    item = self._only(items, patch)
                except Unmatched as error:
                    if self.watch is None or error.idle is None:
                        raise
                    self.watch.note(error.idle)
                    continue
                if copied:
                    self._to_all(items, {item.identity}, patch, types)
                elif not self._merge(item, patch.root, types):
                    items.items.remove(item)

    def _selected(self, items: Collection, selector: Selector) -> list[Rendered]:
        found = selector.select(items.items)
        if self.watch is not None:
            if found:
                self.watch.works(IdlePatch, selector.node)
            else:
                self.watch.note(
                    idle_selector(IdlePatch, self.owner, selector, items.items if self.watch.detailed else [])
                )
        return found

    def _only(self, items: Collection, patch: Rendered) -> Rendered:
        wanted = patch.identity
        found = items.matching(lambda identity: identity == wanted)
        if len(found) == 1:
            return found[0]
        if found:
            related = (found[0].place.span, "one of them")
            raise BuildError(f"{len(found)} objects are or were {wanted}", patch.place, related)
        others = items.items if self.watch is not None and self.watch.detailed else []
        idle = None if self.watch is None else idle_merge(self.owner, patch, others)
        raise Unmatched(BuildError(f"there is no {wanted} to patch", patch.place), idle)

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
        watch = None if self.watch is None else MergeWatch(self.watch, self.owner)
        merged = merge(before, patch, types, watch)
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
    try:
        root, item.copied = json_patch.apply(item.root, operations, item.copied)
    except BuildError as error:
        error.related = error.related or (item.place.span, "the object that is patched")
        raise
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

    def __init__(
        self, owner: Kustomization, stream: YamlStream, place: Node, target: Node | None, watch: Watch | None = None
    ) -> None:
        self.owner = owner
        self.watch = watch
        if target is None or not text(target.get("name")):
            cause = Cause.FORM if target is None else Cause.OTHER
            raise BuildError("the target needs a name", target or place, cause=cause)
        check(stream, duplicates=False, place=place)
        first = next((document.root for document in stream.documents if document.root is not None), None)
        if not isinstance(first, Sequence) or not first.children:
            raise BuildError("a list of operations is needed", place)
        _check_json(first, place)
        self.operations = first
        self.selector = Selector(target)

    def apply(self, items: Collection) -> None:
        """Change the objects that it is for."""
        found = self.selector.select(items.items)
        for item in found:
            _json(item, self.operations)
        if self.watch is not None:
            if found:
                self.watch.works(IdlePatch, self.selector.node)
            else:
                others = items.items if self.watch.detailed else []
                self.watch.note(idle_selector(IdlePatch, self.owner, self.selector, others))
