"""ValidatingAdmissionPolicies of the repository, applied to its objects as if each were created.

A policy counts where a binding of the repository denies by it.

Source: Kubernetes documentation, "Validating Admission Policy"; API reference, ValidatingAdmissionPolicySpec.
"""

from __future__ import annotations

from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.refer import refer_to
from kubelint.tree.node import Scalar

UNCHECKED = "expressions of admission policies"


class AdmissionPolicy(KubernetesObject):
    """A ValidatingAdmissionPolicy."""

    cluster_scoped = True


class AdmissionBinding(KubernetesObject):
    """A ValidatingAdmissionPolicyBinding."""

    cluster_scoped = True

    @property
    def denies(self) -> bool:
        """Whether what the policy does not allow is refused."""
        return any(
            isinstance(item, Scalar) and item.text == "Deny" for item in self.root.items_at("spec", "validationActions")
        )


class Refusal(NamedTuple):
    """An object that a policy refuses: the expression that does not hold, and what its author says about it."""

    resource: KubernetesObject
    policy: AdmissionPolicy
    binding: AdmissionBinding
    expression: Scalar
    message: str | None


def link(graph: Graph) -> None:
    """Resolve the policies of bindings, make each refusal a subject, and count what could not be evaluated."""
    from kubelint.systems.kubernetes.admission_verdicts import Evaluation  # few repositories have policies

    evaluation = Evaluation(graph)
    for binding in graph.subjects(AdmissionBinding):
        reference = refer_to(
            graph, "binds-policy", binding, binding.root.scalar("spec", "policyName"), "ValidatingAdmissionPolicy",
            namespace="",
        )  # fmt: skip
        if reference is None or not binding.denies:
            continue
        for policy in reference.targets:
            if isinstance(policy, AdmissionPolicy):
                for refusal in evaluation.of(policy, binding):
                    graph.add_subject(refusal)
    if evaluation.unchecked:
        graph.unchecked[UNCHECKED] += evaluation.unchecked


VIEWS: dict[tuple[str, str], type[KubernetesObject]] = {
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): AdmissionPolicy,
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): AdmissionBinding,
}
