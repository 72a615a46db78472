"""From the outside to rights in the cluster: an entry, a Service, its pods, their account, a role that is dangerous.

Source: Kubernetes documentation, "Role Based Access Control Good Practices" (privilege escalation risks) and "Configure
Service Accounts for Pods".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.access import access_rules
from kubelint.systems.kubernetes.accounts import account_name, bindings_of
from kubelint.systems.kubernetes.gateway import Route
from kubelint.systems.kubernetes.model import ClusterRole, Ingress, KubernetesObject, Role, Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.reach import pods_behind
from kubelint.systems.kubernetes.rights import granted, is_everything
from kubelint.systems.kubernetes.service_tokens import SWITCH
from kubelint.tree.node import Node, Scalar

#: Rights that lead to others, and what their holder does with them.
_DANGEROUS = {
    "secrets": "may read every Secret",
    "exec": "may run commands in pods",
    "pods": "may start pods",
    "escalation": "may take more rights",
    "node-proxy": "may command the kubelets",
    "webhooks": "may write admission webhooks",
}
_ALL = "cluster-admin"


class AttackPath(NamedTuple):
    """A way from an entry to a right: the pod's account, the binding and where its role allows what ``power`` says."""

    entry: KubernetesObject
    template: PodTemplate
    account: Scalar
    binding: KubernetesObject
    right: Node
    power: str


def attack_paths(graph: Graph, service: Service) -> Iterator[AttackPath]:
    """Yield the ways that begin at a Service which is open to the outside: one for each workload behind it."""
    entry = _entry(graph, service)
    if entry is None:
        return
    for template in pods_behind(graph, service):
        account = account_name(template)
        if account is None or account.opaque or _without_token(graph, template, account):
            continue
        for binding in bindings_of(graph, account.text, template.owner.namespace):
            right = _right(graph, binding)
            if right is not None:
                yield AttackPath(entry, template, account, binding, *right)
                break


def _entry(graph: Graph, service: Service) -> KubernetesObject | None:
    if service.type in ("LoadBalancer", "NodePort"):
        return service
    sources = (reference.source for reference in graph.incoming(service, "routes-to"))
    return next((source for source in sources if isinstance(source, Ingress | Route)), None)


def _without_token(graph: Graph, template: PodTemplate, account: Scalar) -> bool:
    """Tell whether the pod gets no token: it decides before its account does."""
    own = template.spec.scalar(SWITCH)
    if own is not None:
        return own.text == "false"
    return any(
        reference.node is account
        and any(
            isinstance(target, KubernetesObject) and target.root.text_at(SWITCH) == "false"
            for target in reference.targets
        )
        for reference in graph.outgoing(template.owner, "runs-as")
    )


def _right(graph: Graph, binding: KubernetesObject) -> tuple[Node, str] | None:
    for reference in graph.outgoing(binding, "grants"):
        if reference.wanted.name == _ALL and reference.wanted.kind == "ClusterRole":
            return reference.node, "may do everything"
        for role in reference.targets:
            if isinstance(role, Role | ClusterRole):
                found = graph.once(("dangerous right", id(role)), lambda role=role: _of_role(graph, role))  # type: ignore[misc]
                if found is not None:
                    return found
    return None


def _of_role(graph: Graph, role: KubernetesObject) -> tuple[Node, str] | None:
    for rule in access_rules(role):
        if is_everything(rule):
            return rule.resources[0], "may do everything"
        for name, power in _DANGEROUS.items():
            grant = granted(graph, rule, name)
            if grant is not None:
                return grant.node, power
    return None
