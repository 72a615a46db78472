"""What a build notices beside its result: what stops a step of it, and what is written down and changes nothing.

kustomize stops at the first error and says nothing of a patch that selects no object. Who looks for mistakes wants
all of them, so a build that is watched notes an error of a transformer and goes on, and notes each entry that does
nothing. An entry is idle only where it is so in every build that it takes part in: a component may be meant for one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.source import Span
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

#: For so many facts the names that exist are kept; a repository of nothing but mistakes must not cost the square.
_MOST_DETAILED = 100


@dataclass(slots=True, eq=False, kw_only=True)
class Notice:
    """Something that a build shows about one place of a kustomization, a patch or a replacement.

    ``owner`` is the kustomization, ``node`` the place, ``known`` the names that exist instead, with their places;
    ``entry`` the place that was given first, by which a fact is known: ``node`` may be moved to a part of it.
    """

    owner: Kustomization
    node: Node
    known: dict[str, Node] = dataclasses.field(default_factory=dict)
    entry: Node = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.entry = self.node

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.node.span


@dataclass(slots=True, eq=False, kw_only=True)
class Idle(Notice):
    """An entry that matches nothing.

    ``part`` is the field of the selector that is to blame (empty: all of it), ``wanted`` its value; ``fatal`` says that
    kustomize refuses the build for it, ``uncertain`` that a placeholder may stand for something that is there.
    """

    part: str = ""
    wanted: str = ""
    fatal: bool = False
    uncertain: bool = False


class IdlePatch(Idle):
    """A patch for objects that are not in the build."""


class IdleImage(Idle):
    """An entry of ``images`` for an image that no container has."""


class IdleReplicas(Idle):
    """An entry of ``replicas`` for a workload that is not in the build."""


class IdleReplacement(Idle):
    """A target of a replacement that selects no object."""


@dataclass(slots=True, eq=False, kw_only=True)
class AddedItem(Notice):
    """An item of a strategic merge patch that no item of the list has the key of: it is added.

    ``field`` is the list, ``item`` the item; the node is its key, ``wanted`` the value of that.
    """

    field: str
    item: Mapping
    wanted: str


@dataclass(slots=True, eq=False, kw_only=True)
class KeylessItem(Notice):
    """An item of a strategic merge patch without the key of its list; ``known`` are the items that are lost."""

    field: str
    key: str


@dataclass(slots=True, eq=False, kw_only=True)
class ReplacedList(Notice):
    """A list of a strategic merge patch that takes the place of one with more items; ``known`` are those lost.

    ``field`` is the field that has it, ``kind`` the kind of the object.
    """

    field: str
    kind: str


@dataclass(slots=True, eq=False)
class Refusal:
    """An error of a build; ``root`` is the kustomization that was built."""

    root: Kustomization
    error: BuildError

    @property
    def span(self) -> Span:
        """The place to blame."""
        return self.error.span


class Watch:
    """Collects what all builds of a repository show."""

    def __init__(self) -> None:
        #: Whether the build that is under way has parts that are not known, so that nothing is called missing.
        self.open = False
        #: Whether a step of it had to be left out.
        self.failed = False
        self._root: Kustomization | None = None
        self._refusals: dict[tuple[str, int, str], Refusal] = {}
        self._notices: dict[tuple[type[Notice], str, int], Notice] = {}
        self._effective: set[tuple[type[Notice], str, int]] = set()
        self._unsure: set[int] = set()

    @property
    def detailed(self) -> bool:
        """Whether it is still worth while to look for what was meant."""
        return not self.open and len(self._notices) < _MOST_DETAILED

    def begin(self, root: Kustomization) -> None:
        """Say which kustomization is built from here on."""
        self._root, self.open, self.failed = root, False, False

    def refuse(self, error: BuildError) -> None:
        """Note an error; the same one in several builds is one."""
        self.failed = True
        if self._root is not None:
            key = (error.span.file.path, error.span.start, error.message)
            self._refusals.setdefault(key, Refusal(self._root, error))

    def doubt(self, kustomization: Kustomization) -> None:
        """Say that a build stopped early, so that what is idle elsewhere may have an effect in it."""
        self._unsure.add(id(kustomization))

    def works(self, kind: type[Notice], node: Node) -> None:
        """Note that a place has an effect."""
        self._effective.add((kind, node.source.path, node.start))

    def note(self, notice: Notice) -> None:
        """Note a fact about a place."""
        key = (type(notice), notice.entry.source.path, notice.entry.start)
        if self.open or (isinstance(notice, Idle) and notice.uncertain):
            self._effective.add(key)
            return
        if isinstance(notice, Idle) and notice.fatal:
            self.failed = True
        if len(self._notices) < _MOST_DETAILED:
            self._notices.setdefault(key, notice)
        elif key not in self._notices:
            notice.known = {}
            self._notices[key] = notice

    def facts(self) -> Iterator[Notice | Refusal]:
        """Yield everything that holds in all builds, in the order in which it was noted."""
        yield from self._refusals.values()
        for key, notice in self._notices.items():
            fatal = isinstance(notice, Idle) and notice.fatal
            if fatal or (key not in self._effective and id(notice.owner) not in self._unsure):
                yield notice


class MergeWatch:
    """Looks at the lists of one strategic merge patch as they are merged."""

    def __init__(self, watch: Watch, owner: Kustomization) -> None:
        self.watch = watch
        self.owner = owner

    def keyed(self, target: Sequence, patch: Sequence, field: str, key: str) -> None:
        """Look at a list whose items belong together where a key is equal."""
        if any("$patch" in item and len(item) == 1 for item in patch.children if isinstance(item, Mapping)):
            return  # the list goes, or is replaced on purpose
        known = {item.text_at(key) or "": item.get(key) or item for item in target.children}
        for item in patch.children:
            if not isinstance(item, Mapping) or "$patch" in item:
                continue
            node = item.get(key)
            if node is None:
                self.watch.note(KeylessItem(owner=self.owner, node=_first(item), known=known, field=field, key=key))
            elif isinstance(node, Scalar) and not node.opaque:
                if node.text in known:
                    self.watch.works(AddedItem, node)
                else:
                    self.watch.note(
                        AddedItem(owner=self.owner, node=node, known=known, field=field, item=item, wanted=node.text)
                    )

    def replaced(self, target: Sequence, patch: Sequence, field: str, kind: str) -> None:
        """Look at a list that is replaced as a whole, where its items have names all the same."""
        known, given = _named(target), _named(patch)
        if known is None or given is None or not given.keys() & known.keys():
            return
        lost = {name: node for name, node in known.items() if name not in given}
        if lost:
            self.watch.note(
                ReplacedList(owner=self.owner, node=next(iter(given.values())), known=lost, field=field, kind=kind)
            )


def _first(item: Mapping) -> Node:
    return item.entries[0][0] if item.entries else item


def _named(items: Sequence) -> dict[str, Node] | None:
    """Return the items by name; None where one has none."""
    found: dict[str, Node] = {}
    for item in items.children:
        name = item.scalar("name")
        if name is None:
            return None
        found[name.text] = name
    return found or None
