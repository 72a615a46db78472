"""From kustomization files to units: one for each root, with a view of every object that it reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubelint.graph.model import Document, Entity, Key, Unit
from kubelint.source import SourceFile, Span
from kubelint.system import Assembly
from kubelint.systems.kubernetes.assemble import add_object
from kubelint.systems.kubernetes.model import (
    DataHolder,
    HorizontalPodAutoscaler,
    KubernetesObject,
    Workload,
    make_object,
)
from kubelint.systems.kustomize.accumulate import Accumulator
from kubelint.systems.kustomize.build.door import Final
from kubelint.systems.kustomize.build.rendered import Rendered
from kubelint.systems.kustomize.contents import Content, Contents, has_same_content
from kubelint.systems.kustomize.detect import IGNORED, SYSTEM, is_read
from kubelint.systems.kustomize.entry import EntryPoint, entry_points
from kubelint.systems.kustomize.generators import GeneratedObject, Generator, generators, make_generated
from kubelint.systems.kustomize.leftover import take_leftovers
from kubelint.systems.kustomize.members import Accumulated, Member, Moved, Renamed
from kubelint.systems.kustomize.model import Kustomization, Outcome
from kubelint.systems.kustomize.paths import Paths
from kubelint.systems.kustomize.uses import INCLUDING, PATCHES, PLUGINS, collect
from kubelint.tree.node import Scalar
from kubelint.tree.problem import BoundExceeded

UNIT = "kustomization"
DEFAULT = "default"
#: What kubebuilder and the Operator SDK write where the namespace of the kustomization is to come.
PLACEHOLDER = "system"


@dataclass(slots=True)
class UnreadDocument:
    """A document behind the first one of a kustomization file: kustomize does not read it."""

    document: Document
    span: Span


@dataclass(slots=True)
class OverwrittenNamespace:
    """A namespace that an object writes down and a kustomization replaces by another one."""

    item: KubernetesObject
    node: Scalar
    setter: Kustomization
    value: Scalar

    @property
    def span(self) -> Span:
        """Where the object writes it down."""
        return self.node.span


def assemble(assembly: Assembly) -> None:
    """Make the units of all kustomizations and take the documents that they use out of the pool."""
    _Assembler(assembly).run()


class _Assembler:
    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.graph = assembly.graph
        self.all: list[Kustomization] = []
        self.by_folder: dict[str, Kustomization] = {}
        self.generators: dict[int, list[Generator]] = {}

    def run(self) -> None:
        self._read()
        if not self.all:
            return
        paths = Paths(self.assembly.repository, self.by_folder)
        for kustomization in self.all:
            if kustomization.readable and kustomization.rival is None:
                kustomization.uses = list(collect(kustomization))
                for use in kustomization.uses:
                    paths.resolve(kustomization, use)
        entries = {
            id(self.by_folder[entry.folder]): entry
            for entry in entry_points(self.assembly.of("kubernetes"))
            if entry.folder in self.by_folder
        }
        self._take()
        for kustomization in self.by_folder.values():
            self.generators[id(kustomization)] = self._read_generators(kustomization)
        accumulator = Accumulator(self.assembly, self.by_folder, self.generators)
        contents = Contents(self.assembly.repository, self.by_folder, restricted=not paths.unrestricted)
        for root in self._roots(entries):
            self._assemble_root(root, accumulator, contents, entries.get(id(root)))
        take_leftovers(self.assembly, self.by_folder, accumulator)
        for kustomization in self.all:
            self.graph.add(kustomization)
        self._add_files()
        for fact in (*accumulator.collisions, *accumulator.cycles.values(), *accumulator.lone_merges.values()):
            self.graph.add_subject(fact)
        for notice in contents.watch.facts():
            self.graph.add_subject(notice)
        if contents.exhausted is not None:
            error = contents.exhausted
            advice = error.hint or "raise `limits.objects` in the configuration if this is meant"
            self.graph.add_subject(BoundExceeded(error.message, error.span, None, advice))

    # -- reading ---------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        for document in self.assembly.of(SYSTEM):
            self.assembly.take(document)
            if document.kind == IGNORED:
                self.graph.add_subject(UnreadDocument(document, document.span))
                continue
            kustomization = Kustomization(document, Unit(UNIT, document.source.directory))
            self.all.append(kustomization)
            if is_read(document):
                kustomization.rival = self.by_folder.setdefault(kustomization.directory, kustomization)
                if kustomization.rival is kustomization:
                    kustomization.rival = None

    def _read_generators(self, kustomization: Kustomization) -> list[Generator]:
        uses = {id(use.node): use for use in kustomization.uses}
        found = list(generators(kustomization))
        for generator in found:
            generator.read(self.assembly.repository, uses)
            self.graph.add_subject(generator)
        return found

    # -- the pool --------------------------------------------------------------------------------------------------

    def _take(self) -> None:
        """Take the documents of all files that a kustomization names: listed ones are objects, the others are not."""
        listed: set[str] = set()
        for kustomization in self.by_folder.values():
            for use in kustomization.uses:
                if use.field in INCLUDING and use.outcome in (Outcome.FILE, Outcome.RESTRICTED):
                    listed.add(use.path)
        for kustomization in self.by_folder.values():
            for use in kustomization.uses:
                # A CustomResourceDefinition under `crds` still tells what the fields of its kind are.
                if use.outcome not in (Outcome.FILE, Outcome.RESTRICTED) or use.field == "crds":
                    continue
                for document in self.assembly.in_file(use.path):
                    self.assembly.take(document)
                    if use.path not in listed and document.system == "kubernetes":
                        noun = "patch" if use.field in PATCHES else "plugin" if use.field in PLUGINS else "data"
                        document.kind = f"{noun} of a kustomization ({document.kind})"
                        document.evidence = f"`{use.field}` of {kustomization.document.source.path}"

    def _roots(self, entries: dict[int, EntryPoint]) -> Iterator[Kustomization]:
        """Yield each kustomization that is applied for itself.

        Those are the ones that Flux or Argo CD name, those that no other one builds on, and one for each circle that
        nothing leads into. Everything that a root reaches gets its unit, unless an earlier root has it
        or it is a root itself.
        """
        used = {id(use.target) for owner in self.by_folder.values() for use in owner.uses if use.target is not None}
        reached: set[int] = set()
        yield from (kustomization for kustomization in self.by_folder.values() if id(kustomization) in entries)
        for kustomization in self.by_folder.values():
            if id(kustomization) in entries:
                self._reach(kustomization, reached, entries)
        for again in (False, True):
            for kustomization in self.by_folder.values():
                if id(kustomization) not in reached and (again or id(kustomization) not in used):
                    self._reach(kustomization, reached, entries)
                    yield kustomization

    @staticmethod
    def _reach(root: Kustomization, reached: set[int], entries: dict[int, EntryPoint]) -> None:
        reached.add(id(root))
        pending = [use.target for use in root.uses]
        while pending:
            kustomization = pending.pop()
            if kustomization is None or id(kustomization) in reached or id(kustomization) in entries:
                continue
            reached.add(id(kustomization))
            kustomization.unit = root.unit
            pending.extend(use.target for use in kustomization.uses)

    # -- units -----------------------------------------------------------------------------------------------------

    def _assemble_root(
        self, root: Kustomization, accumulator: Accumulator, contents: Contents, entry: EntryPoint | None
    ) -> None:
        unit = self.graph.add_unit(root.unit)
        built = accumulator.accumulate(root)
        rendered = None if root.component or not root.readable else contents.of(root, built.members)
        # The build knows what patches do. Nobody in the repository uses a component that is a root, so what it is
        # applied to is not known.
        known = built.complete or (rendered is not None and rendered.whole and built.named)
        unit.incomplete = not known or root.component or (entry is not None and entry.changes)
        setting = self.assembly.settings.unit_setting(unit.path)
        default = None if setting is None else setting.namespace
        views: dict[tuple[int, str | None], KubernetesObject] = {}
        for member in built.members:
            if not member.local:
                self._add_member(member, unit, default, views, rendered)
        if rendered is None:
            self._check_resources(unit, built)
        for fact in _overwritten(built.members, views):
            self.graph.add_subject(fact)

    def _add_member(
        self,
        member: Member,
        unit: Unit,
        default: str | None,
        views: dict[tuple[int, str | None], KubernetesObject],
        rendered: Content | None,
    ) -> None:
        """Add the view of an object, once for each namespace that it is built in, and its other names."""
        if rendered is not None:
            found = rendered.objects.get(id(member))
            if found is not None:
                view = self._add_rendered(member, found, unit, default, views)
                self._add_changes(view, member, found, rendered.final)
            return
        place = (id(member.root), member.namespace)
        item = views.get(place)
        if item is None:
            item = views[place] = self._view(member, unit, default)
            add_object(self.graph, item)
            _merge_keys(item, member)
        _add_labels(item, member)
        for name in dict.fromkeys(member.names[1:]):
            if name != item.name:
                self.graph.add(Entity(item.key._replace(name=name), item.node, unit, item))

    def _add_rendered(
        self,
        member: Member,
        found: Rendered,
        unit: Unit,
        default: str | None,
        views: dict[tuple[int, str | None], KubernetesObject],
    ) -> KubernetesObject:
        """Add the view of an object as it is built, and return it.

        It is known by the name that its file gives it, which is what a reader looks for, and found by all others.
        """
        place = (id(member.root), member.namespace)
        item = views.get(place)
        name = member.names[0]
        if item is not None and not has_same_content(item.root, found.root):
            # The same base once more, and patched otherwise: another object, which only its built name tells apart.
            place, name = (id(found.root), member.namespace), found.name
            item = None
        if item is None:
            item = make_object(found.root, member.document, unit, self.assembly.object_views, None, default)
            if member.generator is not None:
                item = make_generated(member.generator, item.namespace, unit, member.document, found.root)
                item.complete = all(generator.complete for generator in (member.generator, *member.additions))
                if member.generator.behavior == "merge":
                    item.complete = False  # the base lies where it cannot be seen
            item.key = item.key._replace(name=name or item.key.name)
            views[place] = item
            add_object(self.graph, item)
        for other in dict.fromkeys((*member.names, *(past.name for past in found.previous), found.name)):
            if other != item.name:
                self.graph.add(Entity(item.key._replace(name=other), item.node, unit, item))
        return item

    def _add_changes(self, item: KubernetesObject, member: Member, found: Rendered, final: Final) -> None:
        """Add what becomes of the name of an object and of the namespace of a Service."""
        where = found.root.at("metadata", "namespace")
        if item.kind == "Service" and isinstance(where, Scalar) and not where.opaque:
            before = {past.namespace for past in found.previous} - {found.identity.namespace, DEFAULT}
            if before:
                self.graph.add_subject(Moved(item, frozenset(before), where))
        node = final.names.get(id(found))
        names = frozenset({*member.names, *(past.name for past in found.previous), found.name})
        if isinstance(node, Scalar) and not node.opaque and names != {node.text}:
            self.graph.add_subject(Renamed(item, names - {node.text}, node, final.followed))

    def _view(self, member: Member, unit: Unit, default: str | None) -> KubernetesObject:
        if member.generator is not None:
            where = member.written or default or "" if member.namespace is None else member.namespace
            return make_generated(member.generator, where, unit, member.document)
        views = self.assembly.object_views
        return make_object(member.root, member.document, unit, views, member.namespace, default)

    @staticmethod
    def _check_resources(unit: Unit, built: Accumulated) -> None:
        """Leave a unit open where a patch sets requests and an autoscaler asks for them."""
        if built.resources_patched and any(isinstance(item, HorizontalPodAutoscaler) for item in unit.resources):
            unit.incomplete = True

    def _add_files(self) -> None:
        """Add an entity for each file that a kustomization names."""
        seen: set[str] = set()
        for kustomization in self.by_folder.values():
            for use in kustomization.uses:
                if use.outcome is Outcome.FILE and use.path not in seen:
                    seen.add(use.path)
                    file = self.assembly.repository.file(use.path)
                    # The file of a generator is not read for this: it may be large, or a secret.
                    source = SourceFile(use.path, "") if file is None else file.source
                    start = Scalar(source, 0, 0, "")
                    self.graph.add(Entity(Key(SYSTEM, "File", "", use.path), start, kustomization.unit))


def _add_labels(item: KubernetesObject, member: Member) -> None:
    """Give an object and its pods the labels that kustomizations add; those that are written down stay as they are."""
    if not member.labels:
        return
    own: dict[str, Scalar] = {}
    pods: dict[str, Scalar] = {}
    for added in member.labels:
        for key, value in added.pairs.pairs():
            if isinstance(value, Scalar):
                own[key.text] = value
                if added.templates or item.kind == "Pod":
                    pods[key.text] = value
    item.labels = own | item.labels
    if pods:
        for template in item.pod_templates():
            template.labels = pods | template.labels
    if isinstance(item, Workload) and item.selector is None and any(added.selectors for added in member.labels):
        item.unit.incomplete = True  # the labels make the selector that is missing here


def _merge_keys(item: KubernetesObject, member: Member) -> None:
    """Give a ConfigMap or Secret the keys that other generators merge in."""
    if not isinstance(item, DataHolder):
        return
    keys, complete = dict(item.keys), item.keys_known
    if member.generator is not None and member.generator.behavior == "merge":
        complete = False  # the base lies where it cannot be seen
    for generator in member.additions:
        if generator.behavior == "replace":
            keys, complete = {}, True
        keys |= generator.keys
        complete = complete and generator.complete
    item.keys = keys
    if isinstance(item, GeneratedObject):
        item.complete = complete
    elif not complete and member.additions:
        item.unit.incomplete = True


def _overwritten(
    members: Iterable[Member], views: dict[tuple[int, str | None], KubernetesObject]
) -> Iterator[OverwrittenNamespace]:
    """Yield the namespaces that were meant and are lost.

    A kustomization that lists the file itself contradicts it. One that builds on another folder replaces that folder's
    namespace, as overlays do on purpose: there only an object that stands out from its neighbours was put where it is.
    """
    usual: dict[int, Counter[str]] = {}
    for member in members:
        if member.written and not member.cluster_scoped:
            usual.setdefault(id(member.owner), Counter())[member.written] += 1
    for member in members:
        node = member.root.scalar("metadata", "namespace")
        item = views.get((id(member.root), member.namespace))
        if node is None or item is None or member.setter is None or node.opaque or not member.namespace:
            continue
        if member.cluster_scoped or member.namespace == member.written:
            continue
        own = member.owner.namespace_node
        if own is not None and not own.opaque:
            if own.text != member.written and member.written != PLACEHOLDER:
                yield OverwrittenNamespace(item, node, member.owner, own)
            continue
        counts = usual[id(member.owner)]
        value = member.setter.namespace_node
        if value is not None and len(counts) > 1 and member.written != counts.most_common(1)[0][0]:
            yield OverwrittenNamespace(item, node, member.setter, value)
