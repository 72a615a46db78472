"""Which rule speaks of a violation of the Pod Security Standards, so that no place is reported twice.

Three kinds of rules read the standards: the one for namespaces that enforce a level, the two profiles, and the
single-purpose rules, which say one thing each. The most certain one that runs speaks: what a namespace rejects is left
to the first, and what a single-purpose rule reports is left to it by the profiles.

Source: Kubernetes documentation, "Pod Security Admission" (the labels of namespaces).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import security_context
from kubelint.systems.kubernetes.host_paths import host_path_kind
from kubelint.systems.kubernetes.model import Namespace
from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.systems.kubernetes.pod_security import Violation, evaluate, target_version, violations
from kubelint.systems.kubernetes.validation import parse_version
from kubelint.tree.node import Node, Scalar
from kubelint_schemas.kubernetes.pod_security import LEVELS, Version, dangerous_capabilities

ENFORCE = "pod-security.kubernetes.io/enforce"
ENFORCE_VERSION = f"{ENFORCE}-version"
LEVEL_RULE = "kubernetes/pod-security-level-violated"
CONTRADICTION_RULE = "kubernetes/root-contradicts-non-root"
HOST_PATH = "`hostPath`"
_REPLACED_TITLES = {"HostPath Volumes": ("Volume Types",)}


class Enforcement(NamedTuple):
    """The level that a namespace enforces; ``node`` is the value of its label."""

    namespace: Namespace
    level: str
    version: Version
    node: Scalar


def opinions(graph: Graph, template: PodTemplate, *names: str) -> Iterator[Violation]:
    """Yield the violations of some controls in the targeted version, for single-purpose rules.

    What the namespace rejects at admission is left out: the rule for that says it already.
    """
    found = evaluate(graph, template, target_version(graph))
    for name in names:
        for violation in found.get(name, ()):
            titles = {violation.control.title, *_REPLACED_TITLES.get(violation.control.title, ())}
            if not any(is_rejected(graph, template, violation.node, title) for title in titles):
                yield violation


def profile(graph: Graph, template: PodTemplate, level: str) -> Iterator[list[Violation]]:
    """Yield the violations of a level in the targeted version that no other rule which runs reports."""
    for found in violations(graph, template, level, target_version(graph)):
        left = [
            violation
            for violation in found
            if not is_rejected(graph, template, violation.node, violation.control.title)
            and not _has_own_rule(graph, violation)
        ]
        if left:
            yield left


def enforcement(graph: Graph, template: PodTemplate) -> Enforcement | None:
    """Return what the namespace of a pod enforces; None where nothing is enforced or nobody can tell.

    The namespace must be written down, and every Namespace object of the name that may be meant must have the label;
    of several the most lenient counts.
    """
    owner = template.owner
    if not owner.namespace:
        return None
    name = owner.namespace

    def find() -> Enforcement | None:
        targets = graph.find(Key("kubernetes", "Namespace", "", name), owner.unit, file=owner.root.source)
        found = [_enforcement_of(graph, item) for item in targets if isinstance(item, Namespace)]
        if not found or None in found:
            return None
        return min((item for item in found if item is not None), key=lambda item: LEVELS.index(item.level))

    return graph.once(("enforcement", name, id(owner.unit), owner.root.source.path), find)


def is_rejected(graph: Graph, template: PodTemplate, node: Node, title: str) -> bool:
    """Tell whether the rule for namespaces reports a node for the control of a title."""

    def find() -> frozenset[tuple[int, str]]:
        enforced = enforcement(graph, template)
        if enforced is None or not graph.settings.selects(LEVEL_RULE, "correctness", by_default=True):
            return frozenset()
        return frozenset(
            (id(violation.node), violation.control.title)
            for found in violations(graph, template, enforced.level, enforced.version)
            for violation in found
        )

    return (id(node), title) in graph.once(("rejected", id(template)), find)


def is_rejected_volume(graph: Graph, template: PodTemplate, node: Node) -> bool:
    """Tell whether the rule for namespaces reports the path of a volume, at whatever level."""
    return any(is_rejected(graph, template, node, title) for title in ("HostPath Volumes", "Volume Types"))


# -- who speaks ----------------------------------------------------------------------------------------------------


def _has_own_rule(graph: Graph, violation: Violation) -> bool:
    """Tell whether a rule runs that reports this very violation at this place."""
    control = violation.control
    if violation.missing:
        return _runs(graph, control.rule) and any(
            _reported_as_missing(control.rule, container) for container in violation.containers
        )
    if control.set_rule == "may-run-as-root":
        return _reported_as_root(graph, violation)
    if control.set_rule == "added-capability" and isinstance(violation.node, Scalar):
        name = security_context.capability(violation.node)
        dangerous = name in dangerous_capabilities() and _runs(graph, "dangerous-capability")
        return dangerous or (name != "NET_BIND_SERVICE" and _runs(graph, control.rule))
    if control.set_rule in ("restricted-volume-type", "host-path-volume"):
        return _runs(graph, volume_rule(graph, violation))
    return _runs(graph, control.set_rule)


def volume_rule(graph: Graph, violation: Violation) -> str:
    """Return the single-purpose rule that speaks of a volume: the most special one that runs."""
    if HOST_PATH not in violation.what:
        return "restricted-volume-type"
    if isinstance(violation.node, Scalar):
        special = {"socket": "container-runtime-socket", "sensitive": "sensitive-host-path"}.get(
            host_path_kind(violation.node.text) or ""
        )
        if special is not None and _runs(graph, special):
            return special
    return "host-path-volume"


def _runs(graph: Graph, rule: str) -> bool:
    return graph.settings.selects(f"kubernetes/{rule}", "security", by_default=False)


def _reported_as_missing(rule: str, container: Container) -> bool:
    if security_context.is_windows(container.template):
        return False
    if rule == "may-run-as-root":
        return security_context.may_be_root(container)
    if rule == "capabilities-kept":
        return bool(security_context.kept_capabilities(container))
    return not security_context.is_privileged(container)


def _reported_as_root(graph: Graph, violation: Violation) -> bool:
    """Tell whether a rule reports a user that is root, or a container that need not run as another one."""
    field = "runAsUser" if violation.control.id == "root-user" else "runAsNonRoot"
    subject = [
        container
        for container in violation.template.containers
        if security_context.effective(container, field) is violation.node
    ]
    if any(security_context.contradicts_non_root(container) for container in subject):
        return graph.settings.selects(CONTRADICTION_RULE, "correctness", by_default=True)
    return _runs(graph, "may-run-as-root") and any(security_context.may_be_root(container) for container in subject)


def _enforcement_of(graph: Graph, namespace: Namespace) -> Enforcement | None:
    level = namespace.labels.get(ENFORCE)
    if level is None or level.text not in LEVELS[1:]:
        return None
    version = target_version(graph)
    pinned = namespace.labels.get(ENFORCE_VERSION)
    if pinned is not None and pinned.text != "latest":
        given = parse_version(pinned.text)
        if given is None:
            return None
        version = min(version, given)
    return Enforcement(namespace, level.text, version, level)
