"""``replacements``: the value of one field put into others (``api/filters/replacement``)."""

from __future__ import annotations

from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.kustomize.build.edit import is_null
from kubelint.systems.kustomize.build.error import BuildError, Cause
from kubelint.systems.kustomize.build.fieldpath import change, find, steps_of
from kubelint.systems.kustomize.build.identity import text
from kubelint.systems.kustomize.build.patching import Unmatched
from kubelint.systems.kustomize.build.rendered import Collection, Rendered
from kubelint.systems.kustomize.build.selector import ExactSelector, label_selector
from kubelint.systems.kustomize.build.unmatched import idle_target
from kubelint.systems.kustomize.build.watch import IdleReplacement, Watch
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.dialect import GO_YAML_V2, GO_YAML_V3
from kubelint.tree.made import TEXT, MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar

_DEFAULT_PATH = "metadata.name"


class Replacement:
    """One entry of ``replacements``, or of a file that one names."""

    def __init__(self, owner: Kustomization, node: Node, watch: Watch | None = None) -> None:
        self.owner = owner
        self.watch = watch
        source, targets = node.get("source"), node.get("targets")
        if source is None or is_null(source) or targets is None or is_null(targets):
            raise BuildError("a replacement needs a source and targets", node)
        self.node = node
        self.source = source
        self.targets = targets.items()

    def apply(self, items: Collection) -> None:
        """Change the targets. Raises BuildError where the source is not one field, or a target has no such field."""
        value = self._value(items)
        for target in self.targets:
            _Target(self, target, value).apply(items)

    def _value(self, items: Collection) -> Node:
        selector = ExactSelector.of(self.source)
        found = items.matching(selector.selects)
        if not found:
            # Which field is to blame, and what it could say.
            idle = idle_target(self.owner, self.source, items.items)
            hint = did_you_mean(nearest(idle.wanted, idle.known))
            place = idle.node if idle.part else self.source.get("name") or self.source.get("kind") or self.source
            raise Unmatched(BuildError("the source of the replacement selects nothing", place, hint=hint))
        if len(found) > 1:
            related = (found[0].place.span, f"{found[0].identity}, and {found[1].identity}")
            message = f"the source of the replacement selects {len(found)} objects, not one"
            raise BuildError(message, self.source, related)
        path_node = self.source.get("fieldPath")
        path = text(path_node) or _DEFAULT_PATH
        value = find(found[0].root, steps_of(path))
        if value is None or is_null(value) or (not isinstance(value, Scalar) and not _filled(value)):
            message = f"{found[0].identity} has no `{path}` to take the value from"
            raise BuildError(message, path_node or self.source, (found[0].place.span, "the source"))
        return _part(self.source.get("options"), value)


def _part(options: Node | None, value: Node) -> Node:
    """Return the part of the value that ``delimiter`` and ``index`` choose."""
    delimiter = "" if options is None else text(options.get("delimiter"))
    if options is None or not delimiter:
        return value
    if not isinstance(value, Scalar):
        raise BuildError("`delimiter` takes a single value apart, and this is none", options)
    parts = value.text.split(delimiter)
    index = _index(options)
    if not 0 <= index < len(parts):
        raise BuildError(f"there is no part {index} of the value: taken apart it has {len(parts)}", options)
    return MadeScalar(value, parts[index], by=options, replaced=value, style=value.style, tag=value.tag)


def _index(options: Node) -> int:
    node = options.scalar("index")
    value = None if node is None else node.value(GO_YAML_V2)
    return value if isinstance(value, int) else 0


def _filled(value: Node) -> bool:
    return bool(value.items()) or next(iter(value.pairs()), None) is not None


class _Target:
    def __init__(self, replacement: Replacement, node: Node, value: Node) -> None:
        self.replacement = replacement
        select = node.get("select")
        if select is None or is_null(select):
            raise BuildError("a target needs `select`", node, cause=Cause.FORM)
        self.node = node
        self.value = value
        self.select = select
        self.rejects = [reject for reject in node.items_at("reject") if not is_null(reject)]
        self.options = node.get("options")
        paths = [path for path in node.items_at("fieldPaths") if isinstance(path, Scalar)]
        self.paths: list[tuple[str, Node]] = [(path.text, path) for path in paths] or [(_DEFAULT_PATH, select)]
        self.create = self.options is not None and text(self.options.get("create")) == "true"

    def apply(self, items: Collection) -> None:
        selector = ExactSelector.of(self.select)
        rejected = [ExactSelector.of(reject) for reject in self.rejects]
        rejected = [reject for reject in rejected if not reject.empty]
        selected = False
        for item in items:
            identities = item.identities
            if not self._by_labels(item) or not any(selector.selects(identity) for identity in identities):
                continue
            selected = True
            if not any(reject.selects(identity) for reject in rejected for identity in identities):
                self._change(item)
        watch, owner = self.replacement.watch, self.replacement.owner
        if watch is not None and selected:
            watch.works(IdleReplacement, self.select)
        elif watch is not None:
            watch.note(idle_target(owner, self.select, items.items if watch.detailed else []))

    def _by_labels(self, item: Rendered) -> bool:
        labels, annotations = item.strings("labels"), item.strings("annotations")
        if not label_selector(self.select.get("labelSelector"))(labels):
            return False
        if not label_selector(self.select.get("annotationSelector"))(annotations):
            return False
        for reject in self.rejects:
            by_label, by_annotation = reject.get("labelSelector"), reject.get("annotationSelector")
            if not text(by_label) and not text(by_annotation):
                continue
            if label_selector(by_label)(labels) and label_selector(by_annotation)(annotations):
                return False
        return True

    def _change(self, item: Rendered) -> None:
        for path, place in self.paths:
            kind = type(self.value) if self.create else None
            create = Scalar if kind is not None and issubclass(kind, Scalar) else kind
            root, count = change(item.root, steps_of(path), self._set, create, place)
            if not count:
                message = f"{item.identity} has no `{path}` to put the value into"
                raise BuildError(message, place, (item.place.span, "the target"))
            assert isinstance(root, Mapping)  # noqa: S101 - a path has at least one step
            item.root = root

    def _set(self, old: Node) -> Node:
        value = self.value
        delimiter = "" if self.options is None else text(self.options.get("delimiter"))
        if self.options is not None and delimiter:
            if not isinstance(old, Scalar):
                raise BuildError("`delimiter` takes a single value apart, and this is none", old)
            parts = old.text.split(delimiter)
            index = _index(self.options)
            if index < 0:
                parts.insert(0, text(value))
            elif index >= len(parts):
                parts.append(text(value))
            else:
                parts[index] = text(value)
            value = MadeScalar(value, delimiter.join(parts), by=self.node, replaced=old)
        if not isinstance(old, Scalar) or (old.is_null and not old.text):
            return value
        if not isinstance(value, Scalar):
            value = MadeScalar(value, "", by=self.node)  # only the text is copied, and a mapping or list has none
        return _typed(value, old, self.node)


def _typed(value: Scalar, old: Scalar, by: Node) -> Scalar:
    """Return the value with the type of what it replaces: only the text of a scalar is copied."""
    was = old.value(GO_YAML_V3)
    if isinstance(was, str):
        return MadeScalar(value, value.text, by=by, replaced=old, tag=TEXT)
    made = MadeScalar(value, value.text, by=by, replaced=old, tag=None)
    now = made.value(GO_YAML_V3)
    if type(now) is not type(was) and not (isinstance(now, int) and isinstance(was, float)):
        raise BuildError(f"`{value.text}` cannot take the place of `{old.text}`, which has another type", old)
    return made
