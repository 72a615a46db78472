"""What the objects of a unit really hold: the build of its root, object by object.

The accumulation knows which objects there are and what they are called; the build knows what they say once all patches
and transformers have been at them. Where kustomize would refuse the build, or parts of it are only known elsewhere,
there is none, and the unit has the objects as their files hold them.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingABC

from kubelint.repository import Repository
from kubelint.systems.kustomize.build.door import build
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.files import Files
from kubelint.systems.kustomize.build.loader import Loader
from kubelint.systems.kustomize.build.rendered import Rendered
from kubelint.systems.kustomize.members import Member
from kubelint.systems.kustomize.model import Kustomization


class Contents:
    """Builds the roots of a repository."""

    def __init__(
        self, repository: Repository, kustomizations: MappingABC[str, Kustomization], *, restricted: bool
    ) -> None:
        files = Files(repository.root, repository.limits, repository)
        # Accumulating names counts each object at least twice, so that this bound is never the first to be reached.
        steps = repository.limits.objects // 2
        self.loader = Loader(files, restricted=restricted, known=kustomizations, steps=steps)

    def of(self, root: Kustomization, members: Iterable[Member]) -> dict[int, Rendered] | None:
        """Return what each member of a root is in its build, by the identity of the member; None without a build.

        A member that a patch deletes has no entry.
        """
        try:
            result = build(self.loader, root.directory, as_printed=False)
        except BuildError:
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
        return found


def _was(item: Rendered, names: set[str]) -> bool:
    return any(past.name in names for past in item.previous)
