"""Which requests admission webhooks and policies are asked about.

Source: API reference, RuleWithOperations and NamedRuleWithOperations (`apiGroups`, `resources`).
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.systems.kubernetes.access import AccessRule
from kubelint.systems.kubernetes.admission import AdmissionPolicy
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.webhooks import WebhookConfiguration
from kubelint.tree.node import Node, Scalar


def request_rules(item: KubernetesObject) -> Iterator[AccessRule]:
    """Yield the rules by which a webhook or a policy is asked, in the form of rules of a role; wildcards left out."""
    if isinstance(item, WebhookConfiguration):
        nodes = [rule for webhook in item.webhooks() for rule in webhook.items_at("rules")]
    elif isinstance(item, AdmissionPolicy):
        nodes = item.root.items_at("spec", "matchConstraints", "resourceRules")
    else:
        nodes = []
    for node in nodes:
        resources = [resource for resource in _texts(node, "resources") if "*" not in resource.text]
        yield AccessRule(item, node, _texts(node, "apiGroups"), resources, [], [], [])


def _texts(node: Node, field: str) -> list[Scalar]:
    return [entry for entry in node.items_at(field) if isinstance(entry, Scalar)]
