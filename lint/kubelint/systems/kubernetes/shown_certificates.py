"""Which Certificate writes the Secret that an Ingress or a Gateway shows, and for which hosts it is shown.

Source: cert-manager documentation, "Certificate resource"; API reference, IngressTLS; Gateway API specification,
GatewayTLSConfig.
"""

from __future__ import annotations

from collections import defaultdict

from kubelint.graph.model import Reference
from kubelint.graph.query import Graph, fits
from kubelint.systems.kubernetes.certificates import Certificate
from kubelint.systems.kubernetes.exposure import rule_hosts
from kubelint.systems.kubernetes.gateway import Listeners
from kubelint.systems.kubernetes.model import Ingress, KubernetesObject
from kubelint.tree.node import Node, Scalar


def writers(graph: Graph, item: KubernetesObject, reference: Reference) -> list[Certificate]:
    """Return the Certificates that write the Secret of a ``shows-certificate`` reference; those of the unit if any."""

    def collect() -> dict[str, list[Certificate]]:
        found: dict[str, list[Certificate]] = defaultdict(list)
        for certificate in graph.subjects(Certificate):
            name = certificate.secret_name
            if name is not None and not name.opaque:
                found[name.text].append(certificate)
        return found

    namespace = reference.wanted.namespace
    found = [
        certificate
        for certificate in graph.once("certificates by secret", collect).get(reference.wanted.name, ())
        if fits(certificate.namespace, namespace)
        # In another folder only a namespace that is written on both sides tells that it is the same Secret.
        and (certificate.unit is item.unit or (namespace and certificate.namespace))
    ]
    return [certificate for certificate in found if certificate.unit is item.unit] or found


def shown_hosts(item: KubernetesObject, reference: Reference) -> list[Scalar]:
    """Return the hosts for which the Secret of a ``shows-certificate`` reference is shown."""
    if isinstance(item, Ingress) and isinstance(reference.detail, Node):
        entry = reference.detail
        if entry.at("hosts") is None:
            return rule_hosts(item) if len(item.root.items_at("spec", "tls")) == 1 else []
        return [host for host in entry.items_at("hosts") if isinstance(host, Scalar)]
    if isinstance(item, Listeners):
        return [
            listener.hostname
            for listener in item.listeners
            if listener.hostname is not None
            and any(each is reference.detail for each in listener.node.items_at("tls", "certificateRefs"))
            and len(listener.node.items_at("tls", "certificateRefs")) == 1
        ]
    return []
