"""From a folder to the objects that its kustomization builds: the one door of this package."""

from __future__ import annotations

from typing import NamedTuple

from kubelint.systems.kustomize.build.configuration import Configuration
from kubelint.systems.kustomize.build.edit import as_text, drop, is_text, put, put_at
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.identity import text
from kubelint.systems.kustomize.build.loader import Loader, Opaque
from kubelint.systems.kustomize.build.order import sort
from kubelint.systems.kustomize.build.origin import ORIGIN, TRANSFORMATIONS, annotation, transformations
from kubelint.systems.kustomize.build.plugins import add_suffixes
from kubelint.systems.kustomize.build.references import update_references
from kubelint.systems.kustomize.build.rendered import Collection, Rendered
from kubelint.systems.kustomize.build.target import State, Target
from kubelint.systems.kustomize.build.watch import Watch
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar

_LOCAL = "config.kubernetes.io/local-config"
_MANAGED_BY = "app.kubernetes.io/managed-by"
_VERSION = "kustomize-v5.5.0"


class Final(NamedTuple):
    """What the last steps of a build do where they are left out of its result.

    ``names`` are the nodes of the names that objects get in the end, by the identity of the object; ``followed`` the
    identities of the nodes of references that follow them.
    """

    names: dict[int, Node]
    followed: set[int]


class Build(NamedTuple):
    """What a kustomization builds; ``opaque`` are the parts that are only known elsewhere."""

    kustomization: Kustomization
    objects: list[Rendered]
    opaque: list[Opaque]
    final: Final

    @property
    def roots(self) -> list[Mapping]:
        """The trees of the objects."""
        return [item.root for item in self.objects]


def build(loader: Loader, folder: str, *, as_printed: bool = True) -> Build:
    """Return what the kustomization of a folder builds; raises BuildError where kustomize would refuse it.

    Without ``as_printed`` the last steps are left out: references stay as they are written, generated names get no
    suffix and annotations keep their types. So a reader, who looks for names and mistakes in files, finds them; what
    the last steps would do is in ``final``. The namespaces of references follow all the same: without them nobody
    would find what was put elsewhere.
    """
    kustomization = loader.kustomization(folder)
    root = kustomization.root
    metadata = {text(node) for node in root.items_at("buildMetadata")}
    target, state = Target(loader), State()
    target.tracked = bool(metadata)
    target.set_schema(kustomization)
    target.accumulate(kustomization, state, "")
    items = state.items
    final = Final({}, set())
    if as_printed:
        add_suffixes(items)
        update_references(items, state.configuration)
    else:
        final = _last_steps(items, state.configuration, loader.watch)
    state.variables.resolve(items, state.configuration["varReference"])
    items.items = [item for item in items if item.strings("annotations").get(_LOCAL, "false") == "false"]
    sort(items, root.get("sortOptions"))
    for item in items if as_printed else ():
        _finish(item, metadata, root.get("buildMetadata") or root)
    return Build(kustomization, items.items, target.opaque, final)


def _last_steps(items: Collection, configuration: Configuration, watch: Watch | None) -> Final:
    """Do the steps that are left out, on copies; an error of them is noted by who watches."""
    copies = Collection(item.copy() for item in items)
    add_suffixes(copies)
    try:
        followed = update_references(copies, configuration)
    except BuildError as error:
        if watch is None:
            raise
        watch.refuse(error)
        return Final({}, set())
    if any(past.namespace != item.identity.namespace for item in items for past in item.previous):
        update_references(items, configuration, names=False)
    names = {
        id(item): copy.root.at("metadata", "name") or copy.root
        for item, copy in zip(items, copies, strict=True)
        if copy.previous
    }
    return Final(names, followed)


def _finish(item: Rendered, metadata: set[str], place: Node) -> None:
    """Add what ``buildMetadata`` asks for, and write annotations as kustomize does: as texts."""
    if "managedByLabel" in metadata:
        item.root = put_at(item.root, ("metadata", "labels", _MANAGED_BY), MadeScalar(place, _VERSION, by=place))
    if "originAnnotations" in metadata and item.origin is not None:
        shown = annotation(item.origin)
        item.root = put_at(item.root, ("metadata", "annotations", ORIGIN), MadeScalar(place, shown, by=place))
    if "transformerAnnotations" in metadata and item.transformations:
        shown = transformations(item.transformations)
        item.root = put_at(item.root, ("metadata", "annotations", TRANSFORMATIONS), MadeScalar(place, shown, by=place))
    annotations = item.root.at("metadata", "annotations")
    if annotations is None:
        return
    pairs = list(annotations.pairs())
    head = item.root.mapping("metadata")
    assert head is not None  # noqa: S101 - the annotations are in it
    if not pairs:
        item.root = put(item.root, "metadata", drop(head, "annotations"))
    elif not all(is_text(value) for _, value in pairs):
        entries = [
            (key, as_text(value) if isinstance(value, Scalar) else MadeScalar(value, "", replaced=value))
            for key, value in pairs
        ]
        strings = Mapping(annotations.source, annotations.start, annotations.end, list(entries))
        item.root = put(item.root, "metadata", put(head, "annotations", strings))
