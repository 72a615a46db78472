"""Built-in generators and transformers that are declared as objects (``generators``, ``transformers``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kubelint.systems.kustomize.build import generate
from kubelint.systems.kustomize.build.edit import empty_mapping, put, put_at
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.fieldspec import Table, spec_of_node, split_path
from kubelint.systems.kustomize.build.identity import text
from kubelint.systems.kustomize.build.rendered import Collection, Rendered
from kubelint.systems.kustomize.build.selector import Selector
from kubelint.systems.kustomize.build.transformers import Affix, Images, Namespace, Pairs, Replicas
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar

BUILT_IN = "builtin"
Apply = Callable[[Collection], object]


def field(node: Node, name: str) -> Node | None:
    """Return a field whatever the case of its name, as Go's decoder takes it."""
    found = node.get(name)
    if found is None:
        found = next((value for key, value in node.pairs() if key.text.lower() == name.lower()), None)
    return found


def is_built_in(item: Rendered) -> bool:
    """Tell whether the object configures a plugin of kustomize itself."""
    return text(item.root.get("apiVersion")) == BUILT_IN


def generated(item: Rendered, load: generate.Load) -> list[Rendered]:
    """Return what a built-in generator makes; raises BuildError for one that there is none."""
    kind, root = item.gvk.kind, item.root
    if kind in ("ConfigMapGenerator", "SecretGenerator"):
        entry = root
        for name in ("name", "namespace"):
            value = root.at("metadata", name)
            if not text(entry.get(name)) and value is not None:
                entry = put(entry, name, value)
        options = field(entry, "options")
        return [generate.generate(kind.removesuffix("Generator"), entry, [] if options is None else [options], load)]
    if kind == "IAMPolicyGenerator":
        return [_service_account(item)]
    raise BuildError(f"kustomize has no built-in generator `{kind}`", root.get("kind") or root)


def _service_account(item: Rendered) -> Rendered:
    """Return the ServiceAccount of Google's workload identity that ``IAMPolicyGenerator`` makes."""
    root = item.root
    if text(field(root, "cloud")) != "gke":
        raise BuildError("`cloud` must be `gke`", field(root, "cloud") or root)

    def made(place: Node | None, value: str) -> Scalar:
        return MadeScalar(place or root, value, by=root)

    account = root.at("serviceAccount", "name")
    address = f"{text(account)}@{text(root.at('serviceAccount', 'projectId'))}.iam.gserviceaccount.com"
    annotations = put(empty_mapping(root), "iam.gke.io/gcp-service-account", made(account, address))
    name = root.at("kubernetesService", "name")
    metadata = put(put(empty_mapping(root), "annotations", annotations), "name", made(name, text(name)))
    namespace = root.at("kubernetesService", "namespace")
    if text(namespace):
        metadata = put(metadata, "namespace", made(namespace, text(namespace)))
    result = put(empty_mapping(root), "apiVersion", made(None, "v1"))
    result = put(result, "kind", made(None, "ServiceAccount"))
    return Rendered(put(result, "metadata", metadata))


def transformers(item: Rendered) -> Iterator[Apply] | None:
    """Yield what a built-in transformer does that needs no files; None for any other."""
    make = _MAKERS.get(item.gvk.kind)
    return None if make is None else make(item.root)


def _table(root: Mapping) -> Table:
    specs = field(root, "fieldSpecs")
    return Table(spec_of_node(node) for node in (() if specs is None else specs.items()))


def _namespace(root: Mapping) -> Iterator[Apply]:
    value = root.scalar("metadata", "namespace")
    if value is not None:
        subjects = text(field(root, "setRoleBindingSubjects")) or "defaultOnly"
        unset_only = text(field(root, "unsetOnly")) == "true"
        yield Namespace(value, _table(root), subjects, unset_only).apply


def _affixes(root: Mapping) -> Iterator[Apply]:
    for name in ("prefix", "suffix"):
        value = field(root, name)
        if isinstance(value, Scalar) and value.text:
            yield Affix(value, _table(root), suffix=name == "suffix").apply


def _pairs(root: Mapping) -> Iterator[Apply]:
    for name in ("labels", "annotations"):
        value = field(root, name)
        if isinstance(value, Mapping):
            yield Pairs(value, _table(root)).apply


def _images(root: Mapping) -> Iterator[Apply]:
    entry = field(root, "imageTag")
    if entry is not None:
        yield Images(entry, _table(root)).apply


def _replicas(root: Mapping) -> Iterator[Apply]:
    entry = field(root, "replica")
    if entry is not None:
        replicas = Replicas(text(entry.get("name")), entry.get("count") or entry, entry, _table(root))

        def apply(items: Collection) -> None:
            if not replicas.apply(items):
                raise BuildError(f"nothing with replicas is called `{replicas.name}`", replicas.place)

        yield apply


def _hash(_: Mapping) -> Iterator[Apply]:
    yield add_suffixes


def add_suffixes(items: Collection) -> None:
    """Add to the names of generated objects the suffix that tells their content."""
    for item in items:
        if item.hashed:
            item.remember()
            item.rename(f"{item.name}-{generate.suffix(item.root)}", item.source)


def add_value(root: Mapping, folder: str) -> Iterator[Apply]:
    """Yield what a ``ValueAddTransformer`` does: it puts one value into a field of each object that is selected."""
    value = field(root, "value")
    if not isinstance(value, Scalar) or not value.text.strip():
        value = MadeScalar(root, folder.rpartition("/")[2], by=root)
    text_value = MadeScalar(value, value.text.strip(), by=root)
    for target in root.items_at("targets"):
        chosen = target.get("selector")
        selector = None if chosen is None else Selector(chosen)
        steps = split_path(text(target.get("fieldPath")))
        position = target.scalar("filePathPosition")
        index = 0 if position is None or not position.text.isdecimal() else int(position.text)

        def change(
            items: Collection,
            selector: Selector | None = selector,
            steps: tuple[str, ...] = steps,
            index: int = index,
        ) -> None:
            for item in items if selector is None else selector.select(items.items):
                if steps == ("metadata", "namespace"):
                    item.root = Namespace(text_value, Table()).change(item.root, item.gvk)
                    continue
                old = item.root.at(*steps)
                made = text_value
                if index:
                    parts = text(old).split("/")
                    rooted = not parts[0] and len(parts) > 1
                    parts = parts[1:] if rooted else parts
                    parts.insert(min(index - 1, len(parts)), text_value.text)
                    shown = "/".join(part for part in parts if part)
                    made = MadeScalar(text_value, f"/{shown}" if rooted else shown, by=root, replaced=old)
                item.root = put_at(item.root, steps, made)

        yield change


_MAKERS: dict[str, Callable[[Mapping], Iterator[Apply]]] = {
    "NamespaceTransformer": _namespace,
    "PrefixTransformer": _affixes,
    "SuffixTransformer": _affixes,
    "PrefixSuffixTransformer": _affixes,
    "LabelTransformer": _pairs,
    "AnnotationsTransformer": _pairs,
    "ImageTagTransformer": _images,
    "ReplicaCountTransformer": _replicas,
    "HashTransformer": _hash,
}
