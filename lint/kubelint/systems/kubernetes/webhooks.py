"""What the API server calls: admission webhooks, extension servers, converters of custom resources.

Source: Kubernetes documentation, "Dynamic Admission Control" (Service reference, Matching requests), "Admission Webhook
Good Practices", "Kubernetes API Aggregation Layer", "Versions in CustomResourceDefinitions" (Webhook conversion); API
reference, ServiceReference (port 443 unless set).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import CustomResourceDefinition, KubernetesObject, Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.policy import may_select, namespace_labels
from kubelint.systems.kubernetes.reach import pods_behind
from kubelint.systems.kubernetes.refer import SYSTEM, part, refer_to_service
from kubelint.systems.kubernetes.scope import units_together
from kubelint.systems.kubernetes.selectors import Requirement, label_selector
from kubelint.tree.node import Mapping, Node, Scalar

NAME_LABEL = "kubernetes.io/metadata.name"
_DEFAULT_PORT = "443"


class WebhookConfiguration(KubernetesObject):
    """A MutatingWebhookConfiguration or ValidatingWebhookConfiguration."""

    cluster_scoped = True

    def webhooks(self) -> Iterator[Mapping]:
        """Yield the webhooks."""
        for node in self.root.items_at("webhooks"):
            if isinstance(node, Mapping):
                yield node


class ExtensionServer(KubernetesObject):
    """An APIService."""

    cluster_scoped = True


class Trap(NamedTuple):
    """A webhook that the pods which answer it must pass: the one that applies, and these pods."""

    webhook: Mapping
    rule: Node
    template: PodTemplate
    service: Service


def link(graph: Graph) -> None:
    """Resolve the Services, with their ports, that the API server calls."""
    for configuration in graph.subjects(WebhookConfiguration):
        for webhook in configuration.webhooks():
            _refer(graph, configuration, webhook.mapping("clientConfig", "service"))
    for server in graph.subjects(ExtensionServer):
        _refer(graph, server, server.root.mapping("spec", "service"))
    for definition in graph.subjects(CustomResourceDefinition):
        for path in (("webhook", "clientConfig", "service"), ("webhookClientConfig", "service")):
            _refer(graph, definition, definition.root.mapping("spec", "conversion", *path))


def _refer(graph: Graph, source: KubernetesObject, node: Mapping | None) -> None:
    if node is None:
        return
    name, namespace = node.scalar("name"), node.scalar("namespace")
    if name is None or namespace is None or namespace.opaque:
        return
    port = node.scalar("port")
    reference = refer_to_service(graph, source, name, port, namespace=namespace.text)
    if reference is None:
        return
    if reference.resolution is Resolution.RESOLVED and port is None:
        _refer_to_default_port(graph, reference, name)
    elif reference.resolution is Resolution.UNKNOWN and not name.opaque:
        _refer_elsewhere(graph, source, name, namespace)


def _refer_to_default_port(graph: Graph, reference: Reference, name: Scalar) -> None:
    """Resolve the port that is called when none is written down: 443."""
    services = [service for service in _certain(graph, reference) if service.type != "ExternalName"]
    ports = [port for service in services for port in (entry.scalar("port") for entry in service.ports)]
    if not services or any(port is None or port.opaque or port.text == _DEFAULT_PORT for port in ports) or not ports:
        return
    wanted = Key(SYSTEM, "Service port", reference.wanted.namespace, f"{name.text}:{_DEFAULT_PORT}")
    result = Reference("routes-to-port", reference.source, name, wanted, Resolution.MISSING, detail=services)
    result.candidates = tuple(part(graph, services[0], port, wanted) for port in ports[:3] if port is not None)
    graph.add_reference(result)


def _refer_elsewhere(graph: Graph, source: KubernetesObject, name: Scalar, namespace: Scalar) -> None:
    """Add a near miss of the namespace where the unit has a Service of the very name in another one."""
    wanted = Key(SYSTEM, "Service", namespace.text, name.text)
    others = [found for found in graph.find(wanted._replace(namespace="")) if found.unit is source.unit]
    if others and not source.unit.incomplete and not graph.is_external(wanted):
        place = Key(SYSTEM, "Namespace", "", namespace.text)
        graph.add_reference(
            Reference("called-in", source, namespace, place, Resolution.NEAR_MISS, candidates=tuple(others))
        )


# -- webhooks in their own way -----------------------------------------------------------------------------------------


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
            yield from _certain(graph, reference)


def _certain(graph: Graph, reference: Reference) -> list[Service]:
    """Return the Services that a reference surely means, and no namesakes of other folders."""
    unit = reference.source.unit
    return [
        target
        for target in reference.targets
        if isinstance(target, Service)
        and (target.unit is unit or target.namespace == reference.wanted.namespace)
        and units_together(graph, target.unit, unit)
    ]


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


VIEWS: dict[tuple[str, str], type[KubernetesObject]] = {
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): WebhookConfiguration,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): WebhookConfiguration,
    ("apiregistration.k8s.io", "APIService"): ExtensionServer,
}
