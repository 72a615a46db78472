"""Which objects select given pods: the way back of a selector, over the whole repository.

References (``graph.incoming``) say which pods an object means, and prefer those of its own unit. To say that *nothing*
covers a pod, every object anywhere counts that could: that is what this index answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kubelint.graph.query import Graph, fits
from kubelint.systems.kubernetes.model import KubernetesObject, PodDisruptionBudget, Service
from kubelint.systems.kubernetes.pod import INJECTED_LABELS, PodTemplate
from kubelint.systems.kubernetes.selectors import Selector


class SelectorIndex:
    """Objects by one label that they want, so that asking is linear in what fits and not in what exists."""

    def __init__(self, holders: Iterable[tuple[KubernetesObject, Selector]]) -> None:
        self._by_label: dict[tuple[str, str], list[tuple[KubernetesObject, Selector]]] = defaultdict(list)
        self._others: list[tuple[KubernetesObject, Selector]] = []
        for holder, selector in holders:
            certain = next(
                (
                    (key, value.text)
                    for key, value, _ in selector.equalities()
                    if not value.opaque and key not in INJECTED_LABELS
                ),
                None,
            )
            (self._others if certain is None else self._by_label[certain]).append((holder, selector))

    def selecting(self, template: PodTemplate) -> list[KubernetesObject]:
        """Return the objects whose selector accepts the pods of a template, or may do so once it is known."""
        pool = list(self._others)
        if any(value.opaque for value in template.labels.values()):
            for some in self._by_label.values():
                pool += some
        else:
            for key, value in template.labels.items():
                pool += self._by_label.get((key, value.text), ())
        namespace = template.owner.namespace
        return [
            holder
            for holder, selector in pool
            if fits(holder.namespace, namespace) and (selector.opaque or _accepts(selector, template))
        ]


def budgets_over(graph: Graph, template: PodTemplate) -> list[KubernetesObject]:
    """Return the PodDisruptionBudgets that cover the pods of a template.

    An empty selector covers every pod of the namespace in policy/v1, and none in policy/v1beta1; without selector a
    budget covers none. Source: API reference, PodDisruptionBudgetSpec.
    """

    def make() -> SelectorIndex:
        budgets = graph.subjects(PodDisruptionBudget)
        return SelectorIndex(
            (budget, budget.selector)
            for budget in budgets
            if budget.selector is not None
            and not (budget.selector.everything and budget.root.text_at("apiVersion") == "policy/v1beta1")
        )

    return graph.once("budgets by label", make).selecting(template)


def services_before(graph: Graph, template: PodTemplate) -> list[Service]:
    """Return the Services that send traffic to the pods of a template, as far as the repository says."""
    return [
        reference.source
        for reference in graph.incoming(template.owner, "selects")
        if isinstance(reference.source, Service)
    ]


def _accepts(selector: Selector, template: PodTemplate) -> bool:
    return all(
        requirement.key in INJECTED_LABELS or requirement.accepts(template.labels)
        for requirement in selector.requirements
    )
