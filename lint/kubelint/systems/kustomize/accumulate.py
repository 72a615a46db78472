"""What a kustomization builds, without the contents: which objects, in which namespace, under which names.

The order is kustomize's own (``api/internal/target``): resources, generators, components on what is there by then, and
the kustomization's transformers on all of it. Names are judged as they are when two parts are merged, so that the same
base under two prefixes is fine and twice under one is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingABC

from kubelint.graph.model import Document, Resource
from kubelint.source import SourceFile, Span
from kubelint.system import Assembly
from kubelint.systems.kubernetes.assemble import objects_in
from kubelint.systems.kubernetes.model import view_class
from kubelint.systems.kustomize.generators import Generator
from kubelint.systems.kustomize.members import Accumulated, Collision, Cycle, Identity, Index, LoneMerge, Member
from kubelint.systems.kustomize.model import Kustomization, Outcome, Use
from kubelint.systems.kustomize.patches import effect_of_patches
from kubelint.systems.kustomize.transform import Change
from kubelint.tree.node import Mapping, Node
from kubelint.tree.problem import BoundExceeded
from kubelint.tree.yaml import read_yaml

#: The apiVersion of what configures a built-in plugin, which is no object of a cluster.
PLUGIN_VERSION = "builtin"
_LOCAL = "config.kubernetes.io/local-config"
#: Built-in transformers that change nothing that references hang on.
_HARMLESS_PLUGINS = frozenset({"AnnotationsTransformer", "ImageTagTransformer", "ReplicaCountTransformer"})
MAX_DEPTH = 64


class Accumulator:
    """Accumulates kustomizations, each of them once. Components are applied anew for each that uses them."""

    def __init__(
        self,
        assembly: Assembly,
        kustomizations: MappingABC[str, Kustomization],
        generators: MappingABC[int, list[Generator]],
    ) -> None:
        self.assembly = assembly
        self.kustomizations = kustomizations
        self.generators = generators
        self.collisions: list[Collision] = []
        self.cycles: dict[int, Cycle] = {}
        self.lone_merges: dict[int, LoneMerge] = {}
        self._done: dict[int, Accumulated] = {}
        self._stack: list[Kustomization] = []
        self._way: list[Use] = []
        self.most_objects = assembly.repository.limits.objects
        self._steps = self.most_objects
        self._seen_collisions: set[tuple[int, int, int]] = set()

    def accumulate(self, kustomization: Kustomization) -> Accumulated:
        """Return what a kustomization builds."""
        done = self._done.get(id(kustomization))
        if done is None:
            state = Accumulated()
            self._fill(kustomization, state)
            done = self._done[id(kustomization)] = state
        return done

    # -- filling ---------------------------------------------------------------------------------------------------

    def _fill(self, kustomization: Kustomization, state: Accumulated) -> None:
        """Add what a kustomization brings to a build, then transform all of it."""
        self._stack.append(kustomization)
        index: Index = {}
        for member in state.members:
            if not self._step(member):
                break
            index[member.identity] = (member, None)
        if kustomization.document.broken:
            state.complete = False
        by_field: dict[str, list[Use]] = {}
        for use in kustomization.uses:
            by_field.setdefault(use.field, []).append(use)
        for use in (*by_field.get("resources", ()), *by_field.get("bases", ())):
            self._include(kustomization, use, state, index)
        for generator in self.generators.get(id(kustomization), ()):
            self._generate(kustomization, generator, state, index)
        if _has_opaque_producer(kustomization) or not self._plugins_are_harmless(by_field):
            state.complete = False
        for use in by_field.get("components", ()):
            if use.target is not None and use.target.component and self._may_enter(kustomization, use, use.target):
                self._way.append(use)
                self._fill(use.target, state)
                self._way.pop()
            else:
                self._include(kustomization, use, state, index)
        self._transform(kustomization, state)
        self._stack.pop()

    def _include(
        self,
        kustomization: Kustomization,
        use: Use,
        state: Accumulated,
        index: Index,
    ) -> None:
        if use.target is not None:
            if use.target.component != (use.field == "components"):
                state.complete = False  # kustomize refuses this; what was meant is accumulated all the same
            if self._may_enter(kustomization, use, use.target):
                self._way.append(use)
                part = self.accumulate(use.target)
                self._way.pop()
                state.complete = state.complete and part.complete
                state.named = state.named and part.named
                state.resources_patched = state.resources_patched or part.resources_patched
                self._merge(kustomization, part.members, use, state, index)
            else:
                state.complete = False
        elif use.outcome in (Outcome.FILE, Outcome.RESTRICTED):
            self._merge(kustomization, self._members(kustomization, use, state), use, state, index)
        else:
            state.complete = False

    def _may_enter(self, kustomization: Kustomization, use: Use, target: Kustomization) -> bool:
        """Tell whether a folder may be gone into: none that is on the way here, and none above such a one."""
        for position, visited in reversed(list(enumerate(self._stack))):
            if visited is target or _is_above(target.directory, visited.directory):
                way = self._way[len(self._way) - (len(self._stack) - 1 - position) :]
                self.cycles.setdefault(id(use), Cycle(kustomization, use, visited, way))
                return False
        if len(self._stack) >= MAX_DEPTH:
            self._report(f"kustomizations are nested deeper than {MAX_DEPTH} levels", use.span)
            return False
        return True

    def _members(self, kustomization: Kustomization, use: Use, state: Accumulated) -> Iterator[Member]:
        """Yield the objects of a file."""
        documents = self.assembly.in_file(use.path)
        if not documents and self.assembly.repository.file(use.path) is None:
            state.complete = False
        for document in documents:
            if document.broken:
                state.complete = False
            elif document.system == "kubernetes" and isinstance(document.root, Mapping):
                for root in objects_in(document.root):
                    yield self._member(root, document, kustomization, use)

    def _member(self, root: Mapping, document: Document, owner: Kustomization, use: Use) -> Member:
        views: MappingABC[tuple[str, str], type[Resource]] = self.assembly.object_views
        name = root.scalar("metadata", "name")
        namespace = root.scalar("metadata", "namespace")
        local = root.text_at("metadata", "annotations", _LOCAL)
        return Member(
            root=root,
            document=document,
            api_version=root.text_at("apiVersion") or "",
            kind=root.text_at("kind") or "",
            cluster_scoped=view_class(root, views).cluster_scoped,
            node=name or root.scalar("kind") or root,
            owner=owner,
            use=use,
            written="" if namespace is None else namespace.text,
            names=("" if name is None else name.text,),
            # Without a name, or with one that is only known later, two objects cannot be told to be one.
            exact=name is not None and not name.opaque and (namespace is None or not namespace.opaque),
            local=(local is not None and local != "false") or root.text_at("apiVersion") == PLUGIN_VERSION,
        )

    def _merge(
        self,
        kustomization: Kustomization,
        members: Iterable[Member],
        use: Use | None,
        state: Accumulated,
        index: Index,
    ) -> None:
        for member in members:
            if not self._step(member):
                state.complete = False
                return
            known = index.setdefault(member.identity, (member, use))
            if (known[0] is not member or known[1] is not use) and known[0].exact and member.exact:
                first, first_use = known
                self._collide(Collision(kustomization, first, member, first_use, use))
                if first.root is member.root:
                    continue
            state.members.append(member)

    def _collide(self, collision: Collision) -> None:
        seen = (id(collision.kustomization), id(collision.first.root), id(collision.second.root))
        if seen not in self._seen_collisions:
            self._seen_collisions.add(seen)
            self.collisions.append(collision)

    def _step(self, member: Member) -> bool:
        """Count one object in one build; False, and a finding, where the repository asks for too many."""
        self._steps -= 1
        if self._steps == 0:
            self._report(
                f"kustomizations build more than {self.most_objects} objects",
                member.node.span,
                "raise `limits.objects` in the configuration if this is meant; what lies beyond is taken for unknown",
            )
        return self._steps > 0

    def _report(self, message: str, span: Span, advice: str = "what lies beyond is taken for unknown") -> None:
        self.assembly.graph.add_subject(BoundExceeded(message, span, None, advice))

    # -- generators and plugins ------------------------------------------------------------------------------------

    def _generate(
        self,
        kustomization: Kustomization,
        generator: Generator,
        state: Accumulated,
        index: Index,
    ) -> None:
        name = generator.name
        if name is None:
            return
        if generator.behavior in ("merge", "replace"):
            position = _base_of(generator, state.members)
            if position is not None:
                base = state.members[position]
                before = base.additions if generator.behavior == "merge" else ()
                state.members[position] = base._replace(additions=(*before, generator))
                return
            # A component that is built on its own has nothing to merge into, and a base that is not known might have.
            if state.complete and not name.opaque and not self._stack[0].component:
                others = [member for member in state.members if member.kind == generator.kind]
                self.lone_merges.setdefault(id(generator), LoneMerge(generator, others))
        member = Member(
            root=generator.root,
            document=kustomization.document,
            api_version="v1",
            kind=generator.kind,
            cluster_scoped=False,
            node=name,
            owner=kustomization,
            use=None,
            written=generator.namespace,
            names=(name.text,),
            generator=generator,
            exact=not name.opaque and generator.behavior == "create",
        )
        self._merge(kustomization, [member], None, state, index)

    def _plugins_are_harmless(self, by_field: MappingABC[str, list[Use]]) -> bool:
        """Tell whether the kustomization has no generators and transformers of its own that could change names."""
        if by_field.get("generators"):
            return False
        for use in by_field.get("transformers", ()):
            roots: list[Node | None] = []
            if use.outcome is Outcome.FILE:
                roots = [document.root for document in self.assembly.in_file(use.path)]
            elif use.outcome is Outcome.TEXT:
                roots = [document.root for document in read_yaml(SourceFile(use.node.source.path, use.text)).documents]
            if not roots or any(root is None or root.text_at("kind") not in _HARMLESS_PLUGINS for root in roots):
                return False
        return True

    # -- transformers ----------------------------------------------------------------------------------------------

    def _transform(self, kustomization: Kustomization, state: Accumulated) -> None:
        effect = effect_of_patches(kustomization, self.assembly.repository)
        if effect.touches or any(kustomization.root.items_at(name) for name in ("replacements", "vars")):
            state.complete = False
        state.resources_patched = state.resources_patched or effect.resources
        change = Change(kustomization, removes=effect.removes)
        if not change.any:
            return
        if change.opaque:
            state.complete = state.named = False
        index: dict[Identity, Member] = {}
        for position, member in enumerate(state.members):
            if not self._step(member):
                state.complete = False
                return
            changed = state.members[position] = change.apply(member)
            if change.renames:
                first = index.setdefault(changed.identity, changed)
                if first is not changed and first.exact and changed.exact:
                    self._collide(Collision(kustomization, first, changed, None, None))


def _base_of(generator: Generator, members: list[Member]) -> int | None:
    """Return the position of the object that a generator merges into: of its kind and of its name, now or before."""
    name = generator.name
    found = [
        position
        for position, member in enumerate(members)
        if member.kind == generator.kind and name is not None and name.text in member.names
    ]
    for position in found:
        if generator.namespace in (members[position].written, members[position].namespace):
            return position
    return found[0] if found else None


def _has_opaque_producer(kustomization: Kustomization) -> bool:
    """Tell whether a chart adds objects, which only Helm can make."""
    return any(kustomization.root.items_at(name) for name in ("helmCharts", "helmChartInflationGenerator"))


def _is_above(folder: str, other: str) -> bool:
    return not folder or other.startswith(folder + "/")
