"""How many pods a PodDisruptionBudget lets go at a time.

Source: Kubernetes documentation, "Specifying a Disruption Budget for your Application" (percentages are rounded up) and
"Disruptions"; API reference, PodDisruptionBudgetSpec.
"""

from __future__ import annotations

from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.alternatives import side_by_side, together
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import PodDisruptionBudget, Workload
from kubelint.systems.kubernetes.scale import REPLICATED_KINDS, Scale, scale
from kubelint.tree.node import Scalar

_LONGEST_NUMBER = 9


class Allowance(NamedTuple):
    """What a budget comes to: ``pods`` run at least, of which ``allowed`` may be gone, because of ``node``."""

    pods: int
    allowed: int
    node: Scalar
    workloads: tuple[tuple[Workload, Scale], ...]


def covered(graph: Graph, budget: PodDisruptionBudget) -> list[Workload]:
    """Return the workloads whose pods a budget covers and that are applied together with it and with each other."""
    owners = [
        template.owner
        for reference in graph.outgoing(budget, "protects")
        if isinstance(reference.detail, SelectorMatch) and reference.targets
        for template in reference.detail.templates
    ]
    beside = [owner for owner in owners if isinstance(owner, Workload) and together(graph, budget, owner)]
    return side_by_side(graph, beside)


def forbids_all(budget: PodDisruptionBudget) -> Scalar | None:
    """Return the node that lets no pod go however many run; None where there is none."""
    for field, values in (("maxUnavailable", ("0", "0%")), ("minAvailable", ("100%",))):
        node = budget.root.scalar("spec", field)
        if node is not None and node.text in values:
            return node
    return None


def allowance(graph: Graph, budget: PodDisruptionBudget) -> Allowance | None:
    """Return what a budget comes to while the fewest pods run; None where that is not known for certain.

    A number of pods that is written nowhere is not known: somebody else may set it.
    """
    if budget.unit.incomplete:
        return None
    workloads = covered(graph, budget)
    scales = [scale(graph, workload) for workload in workloads]
    if not workloads or any(workload.kind not in REPLICATED_KINDS for workload in workloads):
        return None
    pods = 0
    for bounds in scales:
        if bounds.minimum is None or (bounds.node is None and bounds.scaler is None):
            return None
        pods += bounds.minimum
    least, most = budget.root.scalar("spec", "minAvailable"), budget.root.scalar("spec", "maxUnavailable")
    node = most or least
    if node is None or pods == 0 or (most is not None and least is not None):
        return None
    number = _of(node.text, pods)
    if number is None:
        return None
    allowed = number if most is not None else pods - number
    return Allowance(pods, max(0, min(pods, allowed)), node, tuple(zip(workloads, scales, strict=True)))


def _of(text: str, pods: int) -> int | None:
    """Return a number or a percentage of the pods, rounded up."""
    percent = text.endswith("%")
    digits = text.removesuffix("%")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _LONGEST_NUMBER:
        return None
    return -(-int(digits) * pods // 100) if percent else int(digits)
