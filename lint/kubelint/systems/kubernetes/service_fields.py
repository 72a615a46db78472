"""Fields of a Service that only some of its types have.

Source: API reference, ServiceSpec and ServicePort (the descriptions of the fields); Kubernetes documentation,
"Service", sections "Headless Services" and "Type".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.systems.kubernetes.model import Service
from kubelint.tree.node import Node, Scalar, Sequence

#: Field to the types that have it.
_ONLY: dict[str, frozenset[str]] = {
    "allocateLoadBalancerNodePorts": frozenset({"LoadBalancer"}),
    "loadBalancerClass": frozenset({"LoadBalancer"}),
    "loadBalancerSourceRanges": frozenset({"LoadBalancer"}),
    "healthCheckNodePort": frozenset({"LoadBalancer"}),
    "externalTrafficPolicy": frozenset({"LoadBalancer", "NodePort"}),
}
_TYPES = frozenset({"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"})


class Contradiction(NamedTuple):
    """A field that does not go with the type, the node of the type where it is written, and what would do."""

    node: Node
    field: str
    type: str
    cause: Scalar | None
    help: str


def contradictions(service: Service) -> Iterator[Contradiction]:
    """Yield the fields of a Service that the API server refuses for its type."""
    spec = service.root.mapping("spec")
    written = service.root.scalar("spec", "type")
    kind = service.type
    if spec is None or kind not in _TYPES or (written is not None and written.opaque):
        return
    for field, types in _ONLY.items():
        key = _key_of(spec, field)
        if key is None or kind in types:
            continue
        if field == "externalTrafficPolicy" and _key_of(spec, "externalIPs") is not None:
            continue  # addresses of its own make it reachable from outside, whatever the type
        yield Contradiction(key, field, kind, written, f"remove it, or use type `{min(types)}`")
    if kind in ("ClusterIP", "ExternalName"):
        for port in spec.items_at("ports"):
            node = port.scalar("nodePort")
            if node is not None and not node.opaque and node.text != "0":
                yield Contradiction(node, "nodePort", kind, written, "remove it, or use type `NodePort`")
    address = spec.scalar("clusterIP")
    if address is not None and not address.opaque and address.text:
        if kind == "ExternalName":
            yield Contradiction(address, "clusterIP", kind, written, "remove it: a name has no address")
        elif address.text == "None" and kind in ("NodePort", "LoadBalancer"):
            yield Contradiction(address, "clusterIP: None", kind, written, "remove it, or use type `ClusterIP`")
    affinity = spec.scalar("sessionAffinity")
    config = _key_of(spec, "sessionAffinityConfig")
    if config is not None and (affinity is None or affinity.text == "None"):
        yield Contradiction(
            config, "sessionAffinityConfig", "sessionAffinity: None", affinity, "set `sessionAffinity: ClientIP`"
        )


def _key_of(spec: Node, field: str) -> Scalar | None:
    """Return the key of a field that is set to something."""
    value = spec.get(field)
    if value is None or (isinstance(value, Scalar) and (value.is_null or value.opaque or not value.text)):
        return None
    if isinstance(value, Sequence) and not value.children:
        return None
    if isinstance(value, Scalar) and value.text == "0":
        return None
    return spec.key(field)
