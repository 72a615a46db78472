"""What the patches of a kustomization may change.

Until patches are applied, what a patched object says is not the last word. A patch that leaves names, labels,
selectors, ports, volumes and environment alone changes nothing that references hang on; any other one makes the unit
incomplete, so that nothing in it is called missing.

Source: kustomize, the kustomization reference, ``patches``; RFC 6902 for JSON patches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubelint.repository import Repository
from kubelint.source import SourceFile
from kubelint.systems.kustomize.model import Kustomization, Outcome, Use
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.tree.yaml import YamlDocument, read_yaml

_POD = frozenset(
    {
        "nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "securityContext", "priorityClassName",
        "terminationGracePeriodSeconds", "activeDeadlineSeconds", "dnsPolicy", "dnsConfig", "restartPolicy",
        "automountServiceAccountToken", "enableServiceLinks", "schedulerName", "runtimeClassName",
    }
)  # fmt: skip
_CONTAINER = frozenset(
    {
        "image", "imagePullPolicy", "resources", "args", "command", "workingDir", "livenessProbe", "readinessProbe",
        "startupProbe", "lifecycle", "securityContext", "terminationMessagePath", "terminationMessagePolicy", "stdin",
        "stdinOnce", "tty", "restartPolicy", "resizePolicy",
    }
)  # fmt: skip
_SPEC = frozenset(
    {
        "replicas", "strategy", "updateStrategy", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds",
        "paused", "podManagementPolicy", "schedule", "suspend", "concurrencyPolicy", "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit", "startingDeadlineSeconds", "backoffLimit", "activeDeadlineSeconds", "timeZone",
        "ttlSecondsAfterFinished", "parallelism", "completions", "minReplicas", "maxReplicas", "behavior",
        "resources", "storageClassName", "accessModes",
    }
)  # fmt: skip
_CONTAINER_LISTS = ("containers", "initContainers")
#: Where pod templates stand, and where a Pod has its own specification.
_POD_SPECS = (("spec", "template", "spec"), ("spec", "jobTemplate", "spec", "template", "spec"), ("spec",))
_IDENTITY = frozenset({("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")})
_DIRECTIVE = "$patch"
_MOST_NODES = 20_000

Path = tuple[str, ...]


@dataclass(slots=True)
class Effect:
    """What a patch may do to what references hang on.

    ``touches``: a name, a label, a selector, a port, a volume, a variable … changes. ``removes``: objects go or get
    other names. ``resources``: requests and limits of containers change.
    """

    touches: bool = False
    removes: bool = False
    resources: bool = False

    def add(self, other: Effect) -> None:
        """Join another effect into this one."""
        self.touches = self.touches or other.touches
        self.removes = self.removes or other.removes
        self.resources = self.resources or other.resources


def effect_of_patches(kustomization: Kustomization, repository: Repository) -> Effect:
    """Return what all patches of a kustomization together may do; a patch that cannot be read may do anything."""
    effect = Effect()
    uses = {id(use.node): use for use in kustomization.uses}
    root = kustomization.root
    for node in root.items_at("patchesStrategicMerge"):
        effect.add(_effect_of(_documents(node, None, uses, repository, kustomization)))
    for name in ("patches", "patchesJson6902"):
        for entry in root.items_at(name):
            path = entry if isinstance(entry, Scalar) else entry.at("path")
            effect.add(_effect_of(_documents(path, entry.at("patch"), uses, repository, kustomization)))
            if any(entry.text_at("options", option) for option in ("allowNameChange", "allowKindChange")):
                effect.removes = effect.touches = True
    return effect


def _documents(
    path: Node | None, text: Node | None, uses: dict[int, Use], repository: Repository, owner: Kustomization
) -> list[YamlDocument] | None:
    """Return the documents of one patch; None where they cannot be read."""
    if isinstance(text, Scalar) and not text.is_null:
        return read_yaml(SourceFile(owner.document.source.path, text.text)).documents
    use = uses.get(id(path))
    if use is None:
        return [] if path is None else None
    if use.outcome is Outcome.TEXT:
        return read_yaml(SourceFile(owner.document.source.path, use.text)).documents
    file = repository.file(use.path) if use.outcome is Outcome.FILE else None
    return None if file is None else file.yaml.documents


def _effect_of(documents: list[YamlDocument] | None) -> Effect:
    if documents is None:
        return Effect(touches=True, removes=True)
    effect = Effect()
    for document in documents:
        if document.broken:
            effect.add(Effect(touches=True, removes=True))
        elif isinstance(document.root, Sequence):
            for operation in document.root.items():
                effect.add(_effect_of_operation(operation))
        elif isinstance(document.root, Mapping):
            effect.add(_effect_of_merge(document.root))
    return effect


def _effect_of_operation(operation: Node) -> Effect:
    """Return the effect of one operation of a JSON patch."""
    if operation.text_at("op") == "test":
        return Effect()
    effect = Effect()
    for name in ("path", "from"):
        node = operation.scalar(name)
        if node is None:
            continue
        steps = [step.replace("~1", "/").replace("~0", "~") for step in node.text.split("/")[1:]]
        path = tuple(step for step in steps if step != "-" and not step.isdigit())
        value = operation.at("value")
        paths = [path + below for below in _leaves(value)] if isinstance(value, Mapping | Sequence) else [path]
        if node.opaque or path in _IDENTITY or len(path) < 2:
            effect.add(Effect(touches=True, removes=True))
        effect.add(_effect_of_paths(paths))
    return effect


def _effect_of_merge(root: Mapping) -> Effect:
    """Return the effect of a strategic merge patch."""
    if root.at(_DIRECTIVE) is not None:
        return Effect(touches=True, removes=True)
    return _effect_of_paths(path for path in _leaves(root) if path not in _IDENTITY)


def _effect_of_paths(paths: Iterable[Path]) -> Effect:
    effect = Effect()
    for path in paths:
        if _DIRECTIVE in path or not _is_harmless(path):
            effect.touches = True
        if "resources" in path:
            effect.resources = True
    return effect


def _is_harmless(path: Path) -> bool:
    """Tell whether no reference hangs on the field at a path (positions in lists left out)."""
    if "annotations" in path[1:5] and path[path.index("annotations") - 1] == "metadata":
        # With these a controller makes a Secret.
        return not any(maker in step for step in path for maker in ("cert-manager", "tls-acme"))
    if len(path) > 1 and path[0] == "spec" and path[1] in _SPEC:
        return True
    for spec in _POD_SPECS:
        below = path[len(spec) :]
        if path[: len(spec)] != spec or not below:
            continue
        if below[0] in _POD:
            return True
        # The name alone says which container is meant.
        if below[0] in _CONTAINER_LISTS and len(below) > 1 and (below[1] in _CONTAINER or below[1:] == ("name",)):
            return True
    return False


def _leaves(root: Node | None) -> Iterator[Path]:
    """Yield the path of each leaf, positions in lists left out; a patch beyond all bounds yields the empty path."""
    pending: list[tuple[Node, Path]] = [] if root is None else [(root, ())]
    count = 0
    while pending:
        node, path = pending.pop()
        count += 1
        if count > _MOST_NODES:
            yield ()
            return
        if isinstance(node, Mapping) and len(node):
            pending.extend((value, (*path, key.text)) for key, value in node.pairs())
        elif isinstance(node, Sequence) and node.children:
            pending.extend((child, path) for child in node.children)
        else:
            yield path
