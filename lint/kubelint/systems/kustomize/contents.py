"""What the objects of a unit really hold: the build of its root, object by object.

The accumulation knows which objects there are and what they are called; the build knows what they say once all patches
and transformers have been at them. Where kustomize would refuse the build, or parts of it are only known elsewhere,
there is none, and the unit has the objects as their files hold them.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingABC
from typing import NamedTuple

from kubelint.repository import Repository
from kubelint.systems.kustomize.build.door import Final, build
from kubelint.systems.kustomize.build.error import BuildError, ExhaustedError
from kubelint.systems.kustomize.build.files import Files
from kubelint.systems.kustomize.build.loader import Loader
from kubelint.systems.kustomize.build.rendered import Rendered
from kubelint.systems.kustomize.build.watch import Watch
from kubelint.systems.kustomize.members import Member
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.node import Mapping, Node, Scalar, Sequence


class Content(NamedTuple):
    """The build of one root.

    ``objects`` is what each member is in it, by the identity of the member: one that a patch deletes has none.
    ``whole`` says that no step of the build had to be left out.
    """

    objects: dict[int, Rendered]
    final: Final
    whole: bool


class Contents:
    """Builds the roots of a repository.

    ``watch`` has what the builds show, ``exhausted`` is where the first of them was given up as too much work.
    """

    def __init__(
        self, repository: Repository, kustomizations: MappingABC[str, Kustomization], *, restricted: bool
    ) -> None:
        files = Files(repository.root, repository.limits, repository)
        self.watch = Watch()
        self.exhausted: ExhaustedError | None = None
        # Accumulating names counts each object at least twice, so that this bound is never the first to be reached.
        steps = repository.limits.objects // 2
        self.loader = Loader(files, restricted=restricted, known=kustomizations, steps=steps, watch=self.watch)

    def of(self, root: Kustomization, members: Iterable[Member]) -> Content | None:
        """Return the build of a root whose members are known; None without one."""
        self.watch.begin(root)
        try:
            result = build(self.loader, root.directory, as_printed=False)
        except ExhaustedError as error:
            self.exhausted = self.exhausted or error
            self.watch.failed = True
            _doubt(self.watch, root)
            return None
        except BuildError as error:
            self.watch.refuse(error)
            _doubt(self.watch, root)
            return None
        if result.opaque:
            return None
        waiting: dict[int, list[Rendered]] = {}
        for item in result.objects:
            waiting.setdefault(id(item.source), []).append(item)
        found: dict[int, Rendered] = {}
        for member in members:
            source = member.root if member.generator is None else member.generator.node
            items = waiting.get(id(source))
            names = set(member.names)
            chosen = next((item for item in items or () if item.name in names or _was(item, names)), None)
            if items and chosen is not None:
                items.remove(chosen)
                found[id(member)] = chosen
        return Content(found, result.final, whole=not self.watch.failed)


def _doubt(watch: Watch, root: Kustomization) -> None:
    """Say of everything that a root reaches that its build has stopped."""
    seen: set[int] = set()
    pending = [root]
    while pending:
        kustomization = pending.pop()
        if id(kustomization) not in seen:
            seen.add(id(kustomization))
            watch.doubt(kustomization)
            pending.extend(use.target for use in kustomization.uses if use.target is not None)


def _was(item: Rendered, names: set[str]) -> bool:
    return any(past.name in names for past in item.previous)


def has_same_content(one: Node, other: Node) -> bool:
    """Tell whether two builds of one object say the same, their metadata left out."""
    names = one.index.keys() if isinstance(one, Mapping) else ()
    if not isinstance(one, Mapping) or not isinstance(other, Mapping) or names != other.index.keys():
        return False
    return all(_is_equal(value, other.get(name)) for name, (_, value) in one.index.items() if name != "metadata")


def _is_equal(one: Node | None, other: Node | None) -> bool:
    if one is other:
        return True
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        return one.text == other.text and one.tag == other.tag
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.index.keys() == other.index.keys() and all(
            _is_equal(value, other.get(name)) for name, (_, value) in one.index.items()
        )
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return len(one) == len(other) and all(map(_is_equal, one.children, other.children))
    return False
