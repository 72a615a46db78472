"""References that follow the names of what they name (``api/filters/nameref``).

Once all names are final, each place of the tables that holds a former name gets the name of now. Which object is meant
where several had the name is decided as kustomize does: by kind, by namespace, by the prefixes that both have got.
"""

from __future__ import annotations

from collections.abc import Callable

from kubelint.systems.kustomize.build.configuration import Configuration
from kubelint.systems.kustomize.build.edit import each, is_null, put
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.fieldspec import FieldSpec, Make, at
from kubelint.systems.kustomize.build.identity import Gvk, text
from kubelint.systems.kustomize.build.rendered import Collection, Rendered
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar, Sequence


def update_references(items: Collection, configuration: Configuration, *, names: bool = True) -> set[int]:
    """Rewrite all references to what was renamed, and return the identities of the nodes that were rewritten.

    Without ``names`` only the namespaces follow that stand beside the names (subjects of role bindings, Services of
    webhooks). Raises BuildError where a reference could mean several objects.
    """
    followed: set[int] = set()
    renamed: dict[str, list[Rendered]] = {}
    for item in items:
        for name in {past.name for past in item.previous}:
            renamed.setdefault(name, []).append(item)
    if not renamed:
        _check_bindings(items)
        return followed
    by_kind: dict[str, list[tuple[int, Gvk, FieldSpec]]] = {}
    for rank, (target, table) in enumerate(configuration.ordered_references()):
        for spec in table.specs:
            if not names and spec.path[-1].lower().endswith("name"):
                continue  # a name alone, without a namespace beside it
            by_kind.setdefault(spec.gvk.kind, []).append((rank, target, spec))
    everywhere = by_kind.get("", [])
    for item in items:
        original = item.original.gvk
        places = by_kind.get(original.kind, []) if original.kind else []
        if everywhere:
            places = sorted([*places, *everywhere], key=lambda place: place[0])
        referrer = _Referrer(item, items, renamed, followed, names=names)
        for _, target, spec in places:
            if spec.gvk.selects(original):
                referrer.update(target, spec)
    return followed


def _check_bindings(items: Collection) -> None:
    for item in items:
        if item.gvk.kind == "RoleBinding":
            _subject_namespaces(item)


class _Referrer:
    """One object whose references are rewritten."""

    def __init__(
        self,
        item: Rendered,
        items: Collection,
        renamed: dict[str, list[Rendered]],
        followed: set[int],
        *,
        names: bool,
    ) -> None:
        self.names = names
        self.followed = followed
        self.item = item
        self.items = items
        self.renamed = renamed
        self._first_namespaces: set[str] | None = None
        self.namespaces = _subject_namespaces(item) if item.gvk.kind == "RoleBinding" else frozenset()

    def update(self, target: Gvk, spec: FieldSpec) -> None:
        """Rewrite the references to one kind at one place."""

        def setter(node: Node) -> Node:
            if is_null(node):
                return node
            if isinstance(node, Sequence):
                return each(node, lambda inner: inner if is_null(inner) else self._one(inner, target, spec))
            return self._one(node, target, spec)

        self.item.root = at(self.item.root, spec, setter, Make.NOTHING, self.item.root)

    def _one(self, node: Node, target: Gvk, spec: FieldSpec) -> Node:
        if isinstance(node, Scalar):
            found = self._select(node.text, node, target, spec, None, mapped=False)
            if not self.names or found is None or found.name == node.text:
                return node
            self.followed.add(id(node))
            return MadeScalar(node, found.name, by=found.place, replaced=node)
        if not isinstance(node, Mapping):
            raise BuildError("a name, or a mapping with one, must stand here", node)
        return self._mapping(node, target, spec)

    def _mapping(self, node: Mapping, target: Gvk, spec: FieldSpec) -> Node:
        name = node.get("name")
        if name is None:
            raise BuildError(f"`{spec.shown}` must lead to a name, and there is no `name` here", node)
        old = text(name)
        namespace = node.get("namespace")
        found = self._select(old, name, target, spec, namespace, mapped=True)
        if found is None or (found.name == old and not found.namespace):
            return node
        if self.names and found.name != old:
            self.followed.add(id(name))
            node = put(node, "name", MadeScalar(name, found.name, by=found.place, replaced=name))
        if found.namespace and found.namespace != text(namespace):
            by = found.root.at("metadata", "namespace") or found.root
            node = put(node, "namespace", MadeScalar(namespace or by, found.namespace, by=by, replaced=namespace))
        return node

    def _select(
        self, old: str, place: Node, target: Gvk, spec: FieldSpec, namespace: Node | None, *, mapped: bool
    ) -> Rendered | None:
        candidates = [one for one in self.renamed.get(old, ()) if self._in_reach(one)]
        if not candidates:
            return None
        if namespace is not None:
            candidates = self._in_namespace(candidates, text(namespace))
        candidates = [one for one in candidates if any(target.selects(past.gvk) for past in one.former)]
        role = self._role(spec)
        if role is not None:
            candidates = [one for one in candidates if any(role.selects(past.gvk) for past in one.former)]
        candidates = [one for one in candidates if self._same_namespace(one)]
        if len(candidates) == 1:
            return candidates[0]
        candidates = [one for one in candidates if _same_context(one, self.item, empty=True)]
        if len(candidates) > 1:
            candidates = [one for one in candidates if _same_context(one, self.item, empty=False)]
        if len(candidates) > 1:
            self._check_unique(candidates, place, mapped=mapped)
        return candidates[0] if candidates else None

    def _in_reach(self, other: Rendered) -> bool:
        """Tell whether this object can refer to another one at all."""
        if self.item.identity.has_no_namespace or other.identity.has_no_namespace:
            return True
        return other.identity.namespace == self.item.identity.namespace or other.namespace in self.namespaces

    def _in_namespace(self, candidates: list[Rendered], namespace: str) -> list[Rendered]:
        """Return those of a namespace: by where objects were first, where any was there, else by where they are."""
        if self._first_namespaces is None:
            self._first_namespaces = {one.original.namespace for one in self.items if self._in_reach(one)}
        if namespace in self._first_namespaces:
            return [one for one in candidates if one.original.namespace == namespace]
        return [one for one in candidates if one.identity.namespace == namespace]

    def _role(self, spec: FieldSpec) -> Gvk | None:
        if spec.path[-2:] != ("roleRef", "name"):
            return None
        group, kind = self.item.root.at("roleRef", "apiGroup"), self.item.root.at("roleRef", "kind")
        return None if group is None or kind is None else Gvk(text(group), "", text(kind))

    def _same_namespace(self, other: Rendered) -> bool:
        mine, theirs = self.item.identity, other.identity
        return (
            mine.has_no_namespace
            or theirs.has_no_namespace
            or theirs.gvk.kind == "ServiceAccount"
            or mine.namespace == theirs.namespace
        )

    @staticmethod
    def _check_unique(candidates: list[Rendered], place: Node, *, mapped: bool) -> None:
        key: Callable[[Rendered], tuple[str, ...]] = (
            (lambda one: (one.name, one.namespace)) if mapped else (lambda one: (one.name,))
        )
        if len({key(one) for one in candidates}) > 1:
            first, second, *_ = candidates
            message = f"`{text(place)}` could be {first.identity} or {second.identity}"
            raise BuildError(message, place, (first.place.span, "one of them"))


def _same_context(one: Rendered, other: Rendered, *, empty: bool) -> bool:
    for mine, theirs in ((one.prefixes, other.prefixes), (one.suffixes, other.suffixes)):
        if empty and (not mine or not theirs):
            continue
        if not _same_ending(mine, theirs):
            return False
    return True


def _same_ending(one: list[str], other: list[str]) -> bool:
    short, long = sorted((one, other), key=len)
    if not short:
        return not long
    return long[-len(short) :] == short


def _subject_namespaces(item: Rendered) -> frozenset[str]:
    """Return the namespaces of the service accounts that a role binding names."""
    found: set[str] = set()
    for subject in item.root.items_at("subjects"):
        namespace = subject.get("namespace")
        if namespace is not None and text(subject.get("kind")) == "ServiceAccount":
            if is_null(namespace):
                raise BuildError(f"a subject of {item.identity} has a namespace without a name", namespace)
            found.add(text(namespace))
    return frozenset(found)
