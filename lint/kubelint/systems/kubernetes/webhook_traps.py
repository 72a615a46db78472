"""Webhooks in their own way: the pods that answer them cannot be created without them.

Source: Kubernetes documentation, "Dynamic Admission Control" (avoiding operating on the kube-system namespace, and
deadlocks in self-hosted webhooks).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import KubernetesObject, Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.policy import may_select, namespace_labels
from kubelint.systems.kubernetes.reach import pods_behind
from kubelint.systems.kubernetes.selectors import Requirement, label_selector
from kubelint.systems.kubernetes.webhooks import WebhookConfiguration, certain
from kubelint.tree.node import Mapping, Node, Scalar

NAME_LABEL = "kubernetes.io/metadata.name"


class Trap(NamedTuple):
    """A webhook that the pods which answer it must pass: the one that applies, and these pods."""

    webhook: Mapping
    rule: Node
    template: PodTemplate
    service: Service


def traps(graph: Graph, configuration: WebhookConfiguration) -> Iterator[Trap]:
    """Yield the webhooks that requests for the pods which answer them must pass, for certain.

    Once no such pod runs, none can be created: the webhook must allow it and nothing answers.
    """
    for webhook in configuration.webhooks():
        if (webhook.text_at("failurePolicy") or "Fail") != "Fail" or webhook.items_at("matchConditions"):
            continue
        rule = next((rule for rule in webhook.items_at("rules") if _covers_pods(rule)), None)
        node = webhook.mapping("clientConfig", "service")
        if rule is None or node is None:
            continue
        for service in _services(graph, configuration, node):
            templates = pods_behind(graph, service)
            caught = [template for template in templates if _applies(graph, webhook, template)]
            if caught and len(caught) == len(templates):
                yield Trap(webhook, rule, caught[0], service)
                break


def _services(graph: Graph, source: KubernetesObject, node: Mapping) -> Iterator[Service]:
    name = node.at("name")
    for reference in graph.outgoing(source, "routes-to"):
        if reference.node is name:
            yield from certain(graph, reference)


def _covers_pods(rule: Node) -> bool:
    def has(field: str, *wanted: str) -> bool:
        return any(isinstance(item, Scalar) and item.text in wanted for item in rule.items_at(field))

    return (
        has("operations", "CREATE", "*")
        and has("apiGroups", "", "*")
        and has("apiVersions", "v1", "*")
        and has("resources", "pods", "*", "*/*")
        and (rule.text_at("scope") or "*") != "Cluster"
    )


def _applies(graph: Graph, webhook: Mapping, template: PodTemplate) -> bool:
    """Tell whether a webhook surely applies to pods of a template."""
    objects = webhook.mapping("objectSelector")
    if objects is not None:
        selector = label_selector(objects)
        if selector.opaque or not may_select(selector, template) or not selector.matches(template.labels):
            return False
    namespaces = webhook.mapping("namespaceSelector")
    if namespaces is None or not len(namespaces):
        return True
    selector = label_selector(namespaces)
    name = template.owner.namespace
    known = namespace_labels(graph, name) if name else []
    return not selector.opaque and all(
        _surely_accepts(requirement, name, known) for requirement in selector.requirements
    )


def _surely_accepts(requirement: Requirement, name: str, known: list[dict[str, Scalar]]) -> bool:
    if requirement.key == NAME_LABEL and name:
        listed = any(value.text == name for value in requirement.values)
        return {"In": listed, "NotIn": not listed, "Exists": True}.get(requirement.operator, False)
    return bool(known) and all(requirement.accepts(labels) for labels in known)
