"""What the fields of a kustomization do to all objects: namespace, prefix, labels, annotations, replicas, images.

Source: kustomize, ``api/internal/builtins`` and ``api/filters``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from kubelint.systems.kustomize.build.edit import check_key, each, empty_mapping, is_null, put, wrong_kind
from kubelint.systems.kustomize.build.error import BuildError, Cause
from kubelint.systems.kustomize.build.fieldspec import FieldSpec, Make, Table, at, replace_scalar
from kubelint.systems.kustomize.build.identity import Gvk, text
from kubelint.systems.kustomize.build.pattern import Matcher, matcher
from kubelint.systems.kustomize.build.rendered import Collection
from kubelint.tree.made import TEXT, MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

_NAME = ("metadata", "name")
_NAMESPACE = ("metadata", "namespace")
_BINDINGS = frozenset({"RoleBinding", "ClusterRoleBinding"})
_NEVER_RENAMED = (
    Gvk(kind="CustomResourceDefinition"),
    Gvk("apiregistration.k8s.io", "", "APIService"),
    Gvk(kind="Namespace"),
)
_WRITTEN_NAMESPACE = FieldSpec(Gvk(), _NAMESPACE, create=True)


class Namespace(NamedTuple):
    """Puts all objects into a namespace.

    ``subjects`` says which subjects of role bindings are put there (``setRoleBindingSubjects``), ``unset_only`` that
    what has a namespace keeps it.
    """

    value: Scalar
    table: Table
    subjects: str = "defaultOnly"
    unset_only: bool = False

    def apply(self, items: Collection) -> None:
        """Change all objects; raises BuildError where two become one."""
        if not self.value.text:
            return
        counts = Counter(item.identity for item in items)
        for item in items:
            item.remember()
            before = item.identity
            item.root = self.change(item.root, item.gvk)
            counts[before] -= 1
            counts[item.identity] += 1
            if counts[item.identity] > 1:
                other = next(one for one in items if one is not item and one.identity == item.identity)
                message = f"in the namespace `{self.value.text}` two objects are {item.identity}"
                raise BuildError(message, item.place, (other.place.span, "the other one"), cause=Cause.IDENTITY)

    def change(self, root: Mapping, gvk: Gvk) -> Mapping:
        """Return one object in the namespace."""
        by = self.value
        if not gvk.cluster_scoped:
            root = at(root, _WRITTEN_NAMESPACE, self._set, Make.SCALAR, by)
        binding = gvk.kind in _BINDINGS
        if binding and self.subjects != "none":
            subjects = root.get("subjects")
            if isinstance(subjects, Sequence):
                root = put(root, "subjects", each(subjects, self._subject))
        core = text(root.get("apiVersion")) == "v1"
        for spec in self.table.specs:
            if spec.path == _NAMESPACE or (spec.path == _NAME and not core) or not spec.gvk.selects(gvk):
                continue
            if binding and spec.gvk.kind in _BINDINGS and spec.path == ("subjects", "namespace"):
                continue
            root = at(root, spec, self._set, Make.SCALAR, by)
        return root

    def _set(self, node: Node) -> Node:
        if self.unset_only and text(node):
            return node
        return replace_scalar(node, MadeScalar(self.value, self.value.text, by=self.value, replaced=_real(node)))

    def _subject(self, subject: Node) -> Node:
        if not isinstance(subject, Mapping):
            return subject
        if self.subjects == "allServiceAccounts":
            chosen = text(subject.get("kind")) == "ServiceAccount"
        else:
            chosen = text(subject.get("name")) == "default"
        if not chosen:
            return subject
        old = subject.get("namespace")
        made = MadeScalar(self.value, self.value.text, by=self.value, replaced=old)
        return subject if self.unset_only and text(old) else put(subject, "namespace", made)


class Affix(NamedTuple):
    """Puts a prefix or a suffix on names."""

    value: Scalar
    table: Table
    suffix: bool = False

    def apply(self, items: Collection) -> None:
        """Change the names of all objects whose names may change."""
        for item in items:
            original = item.original.gvk
            if any(kind.selects(original) for kind in _NEVER_RENAMED):
                continue
            for spec in self.table.specs:
                if not spec.gvk.selects(original):
                    continue
                if spec.path == _NAME and self.value.text:
                    (item.suffixes if self.suffix else item.prefixes).append(self.value.text)
                    item.remember()
                item.root = at(item.root, spec, self._set, Make.SCALAR, self.value)

    def _set(self, node: Node) -> Node:
        if not isinstance(node, Scalar):
            raise wrong_kind(node, "a name")
        name = f"{node.text}{self.value.text}" if self.suffix else f"{self.value.text}{node.text}"
        return MadeScalar(node, name, by=self.value, replaced=_real(node))


class Pairs(NamedTuple):
    """Adds labels or annotations."""

    pairs: Mapping
    table: Table

    def apply(self, items: Collection) -> None:
        """Add them to all objects."""
        for key, value in sorted(self.pairs.index.values(), key=lambda pair: pair[0].text):
            if len(items):
                check_key(key)
            made = _text_value(value)

            def setter(node: Node, key: Scalar = key, made: Scalar = made) -> Node:
                if is_null(node):
                    node = empty_mapping(key)
                if not isinstance(node, Mapping):
                    raise wrong_kind(node, "a mapping")
                return put(node, key.text, made, key)

            for item in items:
                item.root = self.table.apply(item.root, setter, Make.MAPPING, key)


def _text_value(value: Node) -> Scalar:
    """Return a label's value as the text that it is in a kustomization."""
    if isinstance(value, Scalar) and (value.style is not None or value.tag == TEXT):
        return value
    return MadeScalar(value, "" if is_null(value) else text(value), replaced=value)


@dataclass(frozen=True, slots=True)
class Replicas:
    """Sets how many pods run; the objects are those of the table's kinds that have the name, or had it."""

    name: str
    count: Node
    place: Node
    table: Table

    def apply(self, items: Collection) -> bool:
        """Change the objects; False where there is none."""
        found = False
        for spec in self.table.specs:
            for item in items.matching(lambda one, spec=spec: one.name == self.name and spec.gvk.selects(one.gvk)):  # type: ignore[misc]
                found = True
                item.root = at(item.root, spec, self._set, Make.SCALAR, self.count)
        return found

    def _set(self, node: Node) -> Node:
        number = text(self.count) if self.count is not self.place else "0"
        return replace_scalar(
            node, MadeScalar(self.count, number or "0", by=self.count, replaced=_real(node), tag=None)
        )


class Images:
    """Changes names, tags and digests of images."""

    def __init__(self, entry: Node, table: Table) -> None:
        self.entry = entry
        self.table = table
        self.new_name, self.new_tag = entry.scalar("newName"), entry.scalar("newTag")
        self.digest, self.suffix = entry.scalar("digest"), entry.scalar("tagSuffix")
        name = text(entry.get("name"))
        found = matcher(f"^{name}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$")
        if found is None:
            raise BuildError(
                f"`{name}` is no regular expression, which kustomize takes it for", entry.get("name") or entry
            )
        self.matches: Matcher = found
        self.hit = False
        #: The names of the images that it was compared with, with their places.
        self.seen: dict[str, Node] = {}
        for part in (self.digest, self.new_tag, self.new_name, self.suffix):
            if part is not None and part.text:
                self.place: Node = part
                break
        else:
            self.place = entry

    def apply(self, items: Collection) -> None:
        """Change the images of all objects."""
        for item in items:
            if item.gvk.kind == "CustomResourceDefinition":
                continue
            item.root = self._containers(item.root)  # type: ignore[assignment]
            item.root = self.table.apply(item.root, self._set, Make.NOTHING, self.place)

    def _containers(self, node: Node) -> Node:
        """Change the images of everything that is called containers, wherever it stands."""
        if isinstance(node, Sequence):
            return each(node, self._containers)
        if not isinstance(node, Mapping):
            return node
        result = node
        for name, (_, value) in node.index.items():
            if isinstance(value, Scalar):
                continue
            changed = self._containers(value)
            if name in ("containers", "initContainers") and isinstance(changed, Sequence):
                changed = each(changed, self._container)
            if changed is not value:
                result = put(result, name, changed)
        return result

    def _container(self, node: Node) -> Node:
        image = node.get("image")
        if image is None or is_null(image) or not isinstance(node, Mapping):
            return node
        return put(node, "image", self._set(image))

    def _set(self, node: Node) -> Node:
        if is_null(node):
            return node
        if not isinstance(node, Scalar):
            raise wrong_kind(node, "an image")
        if not self.matches(node.text):
            self.seen.setdefault(split_image(node.text)[0], node)
            return node
        self.hit = True
        name, tag, digest = split_image(node.text)
        name = text(self.new_name) or name
        new_tag, new_digest = text(self.new_tag), text(self.digest)
        if new_tag or new_digest:
            tag, digest = new_tag, new_digest
        elif text(self.suffix):
            tag, digest = tag + text(self.suffix), ""
        image = name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
        if image == node.text:
            return node
        return MadeScalar(self.place, image, by=self.entry, replaced=node)


def split_image(image: str) -> tuple[str, str, str]:
    """Return name, tag and digest of an image."""
    slash = max(image.find("/"), 0)
    at_sign, colon = image.find("@", slash), image.find(":", slash)
    if at_sign < 0 and colon < 0:
        return image, "", ""
    if at_sign >= 0 and (at_sign < colon or colon < 0):
        return image[:at_sign], "", image[at_sign + 1 :]
    if at_sign >= 0:
        return image[:colon], image[colon + 1 : at_sign], image[at_sign + 1 :]
    return image[:colon], image[colon + 1 :], ""


def _real(node: Node) -> Node | None:
    """Return what stood there before; None for what was only made to be filled."""
    if isinstance(node, MadeScalar) and not node.text and node.tag is None:
        return node.replaced
    return node


def label_tables(entry: Node, tables: tuple[Table, Table, Table], own: Iterable[FieldSpec]) -> Table:
    """Return where one entry of ``labels`` goes; ``tables`` are those of labels, of selectors and of templates."""
    plain, selectors, templates = tables
    table = Table(own).merged(plain.specs, entry)
    if text(entry.get("includeSelectors")) == "true":
        return table.merged(selectors.specs, entry)
    if text(entry.get("includeTemplates")) == "true":
        table = table.merged(templates.specs, entry)
    return table.merged([FieldSpec(Gvk(), ("metadata", "labels"), create=True)], entry)
