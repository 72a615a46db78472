"""The Certificates whose authority cert-manager puts into what the API server calls.

Webhook configurations, APIServices and definitions with a converter name one in an annotation. The Service that is
called must be in it under the name that the API server uses: ``<name>.<namespace>.svc``.

Source: cert-manager documentation, "CA Injector"; Kubernetes documentation, "Dynamic Admission Control" (Service
reference).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Resolution
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.certificates import GROUP, Certificate
from kubelint.systems.kubernetes.model import CustomResourceDefinition, KubernetesObject, Service
from kubelint.systems.kubernetes.refer import refer_to
from kubelint.systems.kubernetes.webhooks import ExtensionServer, WebhookConfiguration
from kubelint.tree.node import Scalar

ANNOTATION = "cert-manager.io/inject-ca-from"
CERTIFICATE_KIND = f"Certificate.{GROUP}"


class Unnamed(NamedTuple):
    """A Service that the API server calls, by the name that its certificate does not have."""

    node: Scalar
    host: str
    certificate: Certificate


def link(graph: Graph) -> None:
    """Resolve the Certificates that the annotations name."""
    for item in _called(graph):
        given = item.annotation(ANNOTATION)
        if given is not None and not given.opaque and given.text.count("/") == 1:
            namespace, _, name = given.text.partition("/")
            span = given.part(len(namespace) + 1, len(given.text))
            node = Scalar(span.file, span.start, span.end, name)
            refer_to(graph, "injects-from", item, node, CERTIFICATE_KIND, namespace=namespace)


def without_namespace(item: KubernetesObject) -> Scalar | None:
    """Return the annotation of an object where it does not have the form ``namespace/name``."""
    given = item.annotation(ANNOTATION)
    return None if given is None or given.opaque or given.text.count("/") == 1 else given


def unnamed_services(graph: Graph, item: KubernetesObject) -> Iterator[Unnamed]:
    """Yield the Services that are called and that the Certificate of the annotation is not for.

    A Certificate of an authority, or one without a name of a Service, signs others: it says nothing.
    """
    certificates = [
        target
        for reference in graph.outgoing(item, "injects-from")
        if reference.resolution is Resolution.RESOLVED
        for target in reference.targets
        if isinstance(target, Certificate)
    ]
    if len(certificates) != 1:
        return
    certificate = certificates[0]
    names = [name.text for name in certificate.hosts()]
    if certificate.root.text_at("spec", "isCA") == "true" or not certificate.hosts_known:
        return
    if not any(name.endswith(".svc") or ".svc." in name for name in names):
        return
    for reference in graph.outgoing(item, "routes-to"):
        node = reference.node
        if isinstance(node, Scalar) and any(isinstance(target, Service) for target in reference.targets):
            host = f"{node.text}.{reference.wanted.namespace}.svc"
            if reference.wanted.namespace and not any(_is_for(name, host) for name in names):
                yield Unnamed(node, host, certificate)


def _is_for(name: str, host: str) -> bool:
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


def _called(graph: Graph) -> Iterator[KubernetesObject]:
    for kind in (WebhookConfiguration, ExtensionServer, CustomResourceDefinition):
        yield from graph.subjects(kind)
