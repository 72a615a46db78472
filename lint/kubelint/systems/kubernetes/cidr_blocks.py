"""Exceptions of CIDR blocks in NetworkPolicies.

Source: API reference, IPBlock (`except`: values are rejected that are outside the `cidr` range).
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.networks import parse_cidr
from kubelint.systems.kubernetes.parts import parts
from kubelint.tree.node import Scalar


def stray_exceptions(graph: Graph, item: KubernetesObject) -> Iterator[tuple[Scalar, Scalar]]:
    """Yield the exceptions that are no smaller part of their block, with the block."""
    for part in parts(graph, item).of("networking.IPBlock"):
        block = part.node.scalar("cidr")
        network = None if block is None or block.opaque else parse_cidr(block.text)
        for node in part.node.items_at("except"):
            if block is None or network is None or not isinstance(node, Scalar) or node.opaque:
                continue
            inner = parse_cidr(node.text)
            if inner is None:
                continue
            inside = (
                inner.version == network.version
                and inner.prefixlen > network.prefixlen
                and inner.network_address in network
            )
            if not inside:
                yield node, block
