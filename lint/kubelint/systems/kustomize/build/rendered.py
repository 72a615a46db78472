"""Objects on their way through a build, and the ordered set that they make up (``api/resource``, ``api/resmap``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kubelint.systems.kustomize.build.edit import drop, put, put_at, text_of
from kubelint.systems.kustomize.build.error import BuildError, Cause
from kubelint.systems.kustomize.build.identity import Gvk, Identity, effective, gvk_of, text
from kubelint.systems.kustomize.build.origin import Origin
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar


class Rendered:
    """One object of a build.

    ``root`` is the tree as it is by now; ``previous`` are the identities that it had, the original first; ``prefixes``
    and ``suffixes`` those that were put on its name; ``behavior`` and ``hashed`` are what its generator asked for;
    ``variables`` the names of the vars that read it; ``copied`` counts the nodes that JSON patches have
    copied; ``source`` is the tree of a file, or a generator's entry.
    """

    __slots__ = (
        "_identity", "_root", "behavior", "copied", "hashed", "origin", "prefixes", "previous", "source", "suffixes",
        "transformations", "variables",
    )  # fmt: skip

    def __init__(self, root: Mapping) -> None:
        self._root = root
        self._identity: Identity | None = None
        self.source: Node = root
        self.previous: list[Identity] = []
        self.prefixes: list[str] = []
        self.suffixes: list[str] = []
        self.behavior = "create"
        self.hashed = False
        self.copied = 0
        self.variables: list[str] = []
        self.origin: Origin | None = None
        self.transformations: list[Origin] = []

    @property
    def root(self) -> Mapping:
        """The tree of the object."""
        return self._root

    @root.setter
    def root(self, root: Mapping) -> None:
        if root is not self._root:
            self._root = root
            self._identity = None

    @property
    def gvk(self) -> Gvk:
        """Group, version and kind as they are by now."""
        return self.identity.gvk

    @property
    def identity(self) -> Identity:
        """What the object is called by now."""
        found = self._identity
        if found is None:
            gvk = gvk_of(self._root)
            found = self._identity = Identity(gvk, self.name, effective(gvk, self.namespace))
        return found

    @property
    def original(self) -> Identity:
        """What it was called first; the group and version are those of now, as kustomize has them."""
        if not self.previous:
            return self.identity
        first = self.previous[0]
        return first._replace(gvk=self.gvk._replace(kind=first.gvk.kind))

    @property
    def former(self) -> list[Identity]:
        """What it was called before."""
        gvk = self.gvk
        return [past._replace(gvk=gvk._replace(kind=past.gvk.kind)) for past in self.previous]

    @property
    def identities(self) -> list[Identity]:
        """What it is and was called."""
        return [*self.former, self.identity]

    @property
    def name(self) -> str:
        """Its name by now."""
        return text(self._root.at("metadata", "name"))

    @property
    def namespace(self) -> str:
        """The namespace that is written down."""
        return text(self._root.at("metadata", "namespace"))

    @property
    def place(self) -> Node:
        """Where its name stands, for messages."""
        return self._root.scalar("metadata", "name") or self._root

    def remember(self) -> None:
        """Keep the identity of now as one that the object had."""
        self.previous.append(self.identity)

    def rename(self, name: str, by: Node) -> None:
        """Give it another name, which stands where the old one does."""
        old = self._root.at("metadata", "name")
        place = old if isinstance(old, Scalar) else by
        self.root = put_at(self._root, ("metadata", "name"), MadeScalar(place, name, by=by, replaced=old))

    def strings(self, field: str) -> dict[str, str]:
        """Return labels or annotations as texts."""
        return {key.text: text(value) for key, value in self._root.pairs_at("metadata", field)}

    def copy(self) -> Rendered:
        """Return another object that shares the tree."""
        other = Rendered(self._root)
        for name in ("source", "behavior", "hashed", "origin", "copied"):
            setattr(other, name, getattr(self, name))
        for name in ("previous", "prefixes", "suffixes", "variables", "transformations"):
            setattr(other, name, list(getattr(self, name)))
        return other


class Collection:
    """The objects of a build in their order, no two of which have the same identity."""

    def __init__(self, items: Iterable[Rendered] = ()) -> None:
        self.items: list[Rendered] = list(items)

    def __iter__(self) -> Iterator[Rendered]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def extend(self, items: Iterable[Rendered], place: Node | None = None) -> None:
        """Add objects; BuildError where one of them is there already."""
        known = {item.identity: item for item in self.items}
        for item in items:
            first = known.setdefault(item.identity, item)
            if first is not item:
                message = f"{item.identity} is in the build already"
                related = (first.place.span, "the other one")
                raise BuildError(message, place or item.place, related, cause=Cause.IDENTITY)
            self.items.append(item)

    def reset(self, items: Iterable[Rendered]) -> None:
        """Have these objects instead; BuildError where two have the same identity."""
        self.items = []
        self.extend(items)

    def matching(self, matches: Callable[[Identity], bool]) -> list[Rendered]:
        """Return the objects one of whose identities, past or present, matches."""
        return [item for item in self.items if any(matches(identity) for identity in item.identities)]

    def absorb(self, item: Rendered) -> bool:
        """Add a generated object, or merge it into the one that it names; False where that one is not there."""
        identity = item.identity
        found = self.matching(lambda other: other == identity)
        if not found:
            if item.behavior != "create":
                return False
            self.items.append(item)
            return True
        if len(found) > 1:
            raise BuildError(f"several objects could take what is merged into {identity}", item.place)
        old = found[0]
        if item.behavior == "create":
            message = f"{identity} exists already; `behavior` must be `merge` or `replace`"
            raise BuildError(message, item.place, (old.place.span, "the other one"), cause=Cause.IDENTITY)
        merged = _take_metadata(item, old)
        if item.behavior == "merge":
            for field in ("data", "binaryData"):
                merged = _merge_strings(merged, field, old.root.get(field), item.root.get(field))
        item.root = merged
        item.source = old.source
        self.items[self.items.index(old)] = item
        return True


def _take_metadata(item: Rendered, old: Rendered) -> Mapping:
    """Return the tree of a new object with the name and namespace of an old one and both their labels."""
    root = item.root
    for field in ("labels", "annotations"):
        old_node, new_node = old.root.at("metadata", field), root.at("metadata", field)
        metadata = root.mapping("metadata")
        assert metadata is not None  # noqa: S101 - generators make it
        root = put(root, "metadata", _merge_strings(metadata, field, old_node, new_node))
    name, namespace = old.root.at("metadata", "name"), old.root.at("metadata", "namespace")
    if name is not None:
        root = put_at(root, ("metadata", "name"), name)
    metadata = root.mapping("metadata")
    assert metadata is not None  # noqa: S101 - generators make it
    metadata = drop(metadata, "namespace") if namespace is None else put(metadata, "namespace", namespace)
    item.previous, item.prefixes, item.suffixes = list(old.previous), list(old.prefixes), list(old.suffixes)
    item.hashed = item.hashed and old.hashed
    item.variables = list(old.variables)
    if item.behavior == "merge" and old.origin is not None:
        item.origin = old.origin
    item.transformations = list(old.transformations)
    return put(root, "metadata", metadata)


def _merge_strings(mapping: Mapping, field: str, old: Node | None, new: Node | None) -> Mapping:
    """Return the mapping with the entries of two mappings of texts under one field; without it where both are empty."""
    merged: dict[str, tuple[Scalar, Node]] = {}
    for node in (old, new):
        for key, value in () if node is None else node.pairs():
            made = (
                text_of(value, text(value), replaced=value)
                if not isinstance(value, Scalar) or value.tag != "!"
                else value
            )
            merged[key.text] = (key, made)
    if not merged:
        return drop(mapping, field)
    place = new or old
    assert place is not None  # noqa: S101 - one of them has entries
    return put(mapping, field, Mapping(place.source, place.start, place.end, list(merged.values())))
