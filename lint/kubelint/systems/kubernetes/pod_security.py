"""The Pod Security Standards: which controls of a level the pods of a template violate, and where.

The controls are data (``kubelint_schemas.kubernetes.pod_security``); here are the few ways to look that they need.

Source: Kubernetes documentation, "Pod Security Standards".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.edits import insert_field
from kubelint.finding import Fix, Safety
from kubelint.graph.query import Graph
from kubelint.source import TextEdit
from kubelint.systems.kubernetes import security_context
from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.systems.kubernetes.validation import parse_version, target
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint_schemas.kubernetes.pod_security import Control, Version, active, controls

ALL = "ALL"


class Violation(NamedTuple):
    """One place where a control is violated: a value that it does not accept, or a setting that is missing.

    ``what`` is the value in the reader's words; ``containers`` are those that it concerns, none for the pod itself;
    ``detail`` is a clause for the place where the usual one would not do.
    """

    control: Control
    template: PodTemplate
    node: Node
    what: str
    missing: bool = False
    containers: tuple[Container, ...] = ()
    detail: str = ""

    @property
    def who(self) -> str:
        """The container that it concerns, or the workload where it concerns all or none."""
        if len(self.containers) == 1:
            return f"container `{self.containers[0].label}`"
        return f"{self.template.owner.kind} `{self.template.owner.name}`"

    @property
    def label(self) -> str:
        """A clause that explains the place."""
        if self.detail:
            return self.detail
        if not self.missing:
            return self.control.label
        names = " and ".join(f"`{container.label}`" for container in self.containers[:3])
        return f"{names} {'lacks' if len(self.containers) == 1 else 'lack'} {self.what}"

    @property
    def note(self) -> str:
        """Which control of which level it is."""
        return f"Pod Security Standards, {self.control.level}: {self.control.title}"

    @property
    def fix(self) -> Fix | None:
        """The edit that makes the place conform; None where more than one value would do, or the place is unusual.

        It is not safe, for the program may need what is taken from it, unless it only changes the case of a word.
        """
        control = self.control
        if self.detail and isinstance(self.node, Scalar) and self.node.plain:  # the right word in the wrong case
            return Fix(f"write `{ALL}`", (TextEdit(self.node.span, ALL),), Safety.SAFE)
        word = False if control.forbidden == (True,) else control.allowed[0][0] if control.allowed else None
        if control.shape != "value" or not isinstance(word, bool):
            return None
        text = str(word).lower()
        if not self.missing:
            if not isinstance(self.node, Scalar) or not self.node.plain:
                return None
            return Fix(f"write `{text}`", (TextEdit(self.node.span, text),), Safety.UNSAFE)
        holder = self.template.spec if control.pod is not None else self.containers[0].node
        context = holder.mapping(security_context.CONTEXT)
        edit = None if context is None else insert_field(context, f"{control.container[0][-1]}: {text}")
        return None if edit is None else Fix(f"set {self.what}", (edit,), Safety.UNSAFE)


def evaluate(graph: Graph, template: PodTemplate, version: Version) -> dict[str, list[Violation]]:
    """Return the violations of every control that a policy version has, by the id of the control."""

    def look() -> dict[str, list[Violation]]:
        return {
            control.id: sorted(_SHAPES[control.shape](control, template, version), key=lambda found: found.node.start)
            for control in controls().values()
            if control.since <= version and not _exempt(control, template, version)
        }

    return graph.once(("pod security", id(template), version), look)


def violations(graph: Graph, template: PodTemplate, level: str, version: Version) -> Iterator[list[Violation]]:
    """Yield the violations of a level in a policy version, those of one control together."""
    found = evaluate(graph, template, version)
    for control in active(level, version):
        if found.get(control.id):
            yield found[control.id]


def fix_of(found: list[Violation]) -> Fix | None:
    """Return the edits for all places of a finding as one; None where a place has none."""
    fixes = [fix for violation in found if (fix := violation.fix) is not None]
    if not fixes or len(fixes) < len(found):
        return None
    safe = all(fix.safety is Safety.SAFE for fix in fixes)
    edits = tuple(edit for fix in fixes for edit in fix.edits)
    return Fix(fixes[0].title, edits, Safety.SAFE if safe else Safety.UNSAFE)


def target_version(graph: Graph) -> Version:
    """Return the targeted version as numbers."""
    return parse_version(target(graph)) or (1, 0)


# -- looking -------------------------------------------------------------------------------------------------------


def _exempt(control: Control, template: PodTemplate, version: Version) -> bool:
    """Tell whether the standards leave the pods of a template out of a control."""
    windows, relaxed = control.windows_since, control.user_namespaces_since
    if windows is not None and windows <= version and template.spec.text_at("os", "name") == "windows":
        return True
    return relaxed is not None and relaxed <= version and security_context.in_user_namespace(template)


def _value(control: Control, template: PodTemplate, version: Version) -> Iterator[Violation]:
    """Look at a field of the pod and of each container; ``required`` wants it to be set, or inherited from the pod."""
    own = None if control.pod is None else template.spec.scalar(*control.pod)
    if control.pod is not None and own is not None and _refuses(control, own, version):
        yield Violation(control, template, own, _said(control.pod, own))
    lacking = []
    for container in template.containers:
        found = [(path, node) for path in control.container if (node := container.node.scalar(*path)) is not None]
        for path, node in found:
            if _refuses(control, node, version):
                yield Violation(control, template, node, _said(path, node), containers=(container,))
        if not found and control.required and own is None and not security_context.context_unknown(container):
            lacking.append(container)
    yield from _missing(control, template, lacking)


def _missing(control: Control, template: PodTemplate, lacking: list[Container]) -> Iterator[Violation]:
    """Yield the violations of containers that lack a setting: one, at the pod, where it could be set for all."""
    if not lacking:
        return
    field = control.container[0][-1]
    wanted = control.allowed[0][0] if control.allowed else None
    what = f"`{field}: {str(wanted).lower()}`" if isinstance(wanted, bool) else f"`{control.container[0][-2]}`"
    if control.pod is not None and len(lacking) == len(template.containers):
        yield Violation(
            control, template, security_context.pod_place(template), what, missing=True, containers=tuple(lacking)
        )
        return
    for container in lacking:
        yield Violation(
            control, template, security_context.place(container), what, missing=True, containers=(container,)
        )


def _items(control: Control, template: PodTemplate, version: Version) -> Iterator[Violation]:
    """Look at each item of a list of the pod or of its containers."""
    places: list[tuple[Node, tuple[str, ...], tuple[Container, ...]]] = [
        (container.node, path, (container,)) for container in template.containers for path in control.container
    ]
    if control.pod is not None:
        places.append((template.spec, control.pod, ()))
    for holder, path, containers in places:
        for item in holder.items_at(*path):
            node = item if control.item is None else item.scalar(control.item)
            if isinstance(node, Scalar) and not node.is_null and _refuses(control, node, version):
                yield Violation(control, template, node, f"{control.noun} `{node.text}`", containers=containers)


def _contains(control: Control, template: PodTemplate, version: Version) -> Iterator[Violation]:
    """Look whether a list of each container has the value that is wanted; it is compared as it stands."""
    path = control.container[0]
    for container in template.containers:
        items = [item for item in container.node.items_at(*path) if isinstance(item, Scalar)]
        if security_context.context_unknown(container) or any(
            item.opaque or control.accepts(item.text, version) for item in items
        ):
            continue
        nearly = next((item for item in items if item.text.upper() == ALL), None)
        place = nearly or (items[0] if items else security_context.place(container))
        detail = "" if nearly is None else f"admission compares it as it stands with `{ALL}`"
        yield Violation(
            control,
            template,
            place,
            f"`capabilities.drop: [{ALL}]`",
            missing=True,
            containers=(container,),
            detail=detail,
        )


def _volumes(control: Control, template: PodTemplate, version: Version) -> Iterator[Violation]:
    """Look at the type of each volume; one without any is an ``emptyDir``."""
    for volume in template.spec.items_at("volumes"):
        if not isinstance(volume, Mapping):
            continue
        for key, value in volume.pairs():
            if key.text == "name" or (isinstance(value, Scalar) and (value.is_null or value.opaque)):
                continue
            if not control.accepts(key.text, version):
                place = value.scalar("path") if key.text == "hostPath" else None
                yield Violation(control, template, place or key, f"volume type `{key.text}`")


def _annotations(control: Control, template: PodTemplate, version: Version) -> Iterator[Violation]:
    """Look at the annotations of the pod that begin with the control's prefix."""
    metadata = template.metadata
    if metadata is None:
        return
    for key, value in metadata.pairs_at("annotations"):
        if key.text.startswith(control.prefix) and isinstance(value, Scalar) and _refuses(control, value, version):
            yield Violation(control, template, value, f"`{value.text}` in an annotation")


_SHAPES = {
    "value": _value,
    "items": _items,
    "contains": _contains,
    "volumes": _volumes,
    "annotations": _annotations,
}


def _refuses(control: Control, node: Scalar, version: Version) -> bool:
    """Tell whether a value is certainly not accepted: what is only known later or has the wrong type is neither."""
    if node.opaque:
        return False
    value = node.value(GO_YAML_V2)
    known = [word for word, _ in control.allowed] if control.allowed is not None else control.forbidden
    if not any(type(word) is type(value) for word in known):
        return False
    return not control.accepts(value, version)


def _said(path: tuple[str, ...], node: Scalar) -> str:
    field = ".".join(path[-2:]) if path[-1] in ("type", "host", "user", "role") else path[-1]
    return f"`{field}: {node.text}`"
