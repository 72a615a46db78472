"""What the API server calls: admission webhooks, extension servers, converters of custom resources.

Source: Kubernetes documentation, "Dynamic Admission Control" (Service reference, Matching requests), "Admission Webhook
Good Practices", "Kubernetes API Aggregation Layer", "Versions in CustomResourceDefinitions" (Webhook conversion); API
reference, ServiceReference (port 443 unless set).
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.model import Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import CustomResourceDefinition, KubernetesObject, Service
from kubelint.systems.kubernetes.refer import SYSTEM, part, refer_to_service
from kubelint.systems.kubernetes.scope import units_together
from kubelint.tree.node import Mapping, Scalar

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
    services = [service for service in certain(graph, reference) if service.type != "ExternalName"]
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


def certain(graph: Graph, reference: Reference) -> list[Service]:
    """Return the Services that a reference surely means, and no namesakes of other folders."""
    unit = reference.source.unit
    return [
        target
        for target in reference.targets
        if isinstance(target, Service)
        and (target.unit is unit or target.namespace == reference.wanted.namespace)
        and units_together(graph, target.unit, unit)
    ]


VIEWS: dict[tuple[str, str], type[KubernetesObject]] = {
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): WebhookConfiguration,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): WebhookConfiguration,
    ("apiregistration.k8s.io", "APIService"): ExtensionServer,
}
