"""Whether the replicas of a workload are kept apart.

Source: Kubernetes documentation, "Pod Topology Spread Constraints" and "Assigning Pods to Nodes"; API reference,
PodAffinityTerm.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.systems.kubernetes.pod import INJECTED_LABELS, PodTemplate
from kubelint.systems.kubernetes.resource_requirements import has
from kubelint.systems.kubernetes.selectors import label_selector
from kubelint.tree.node import Node, Scalar


def is_spread(template: PodTemplate) -> bool:
    """Tell whether something keeps the pods of a template apart, or may do so once it is known.

    A spread constraint counts as it stands; an anti-affinity only where its selector means the template's own labels.
    """
    spec = template.spec
    constraints = spec.at("topologySpreadConstraints")
    if constraints is not None and (constraints.items() or (isinstance(constraints, Scalar) and constraints.opaque)):
        return True
    if not has(spec, "affinity", "podAntiAffinity"):
        return False
    rules = spec.mapping("affinity", "podAntiAffinity")
    return rules is None or any(_means(term, template) for term in _terms(rules))


def keeps_apart(template: PodTemplate, topology_key: str) -> Node | None:
    """Return the required term that keeps the template's own pods apart over a key; None where none certainly does."""
    path = ("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    for term in template.spec.items_at(*path):
        key, selector = term.scalar("topologyKey"), term.at("labelSelector")
        if key is None or key.text != topology_key or selector is None or isinstance(selector, Scalar):
            continue
        if not label_selector(selector).opaque and _means(term, template):
            return key
    return None


def _terms(rules: Node) -> Iterator[Node]:
    yield from rules.items_at("requiredDuringSchedulingIgnoredDuringExecution")
    for preference in rules.items_at("preferredDuringSchedulingIgnoredDuringExecution"):
        term = preference.at("podAffinityTerm")
        if term is not None:
            yield term


def _means(term: Node, template: PodTemplate) -> bool:
    """Tell whether a term applies to the template's own pods."""
    node = term.at("labelSelector")
    if node is None:
        return False
    if isinstance(node, Scalar):
        return node.opaque
    selector = label_selector(node)
    return selector.opaque or all(
        requirement.key in INJECTED_LABELS or requirement.accepts(template.labels)
        for requirement in selector.requirements
    )
