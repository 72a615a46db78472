"""Which external authorization stands before the routes of a gateway, and how long it may take.

Source: Istio reference, "AuthorizationPolicy" (action ``CUSTOM``), "Global Mesh Options"
(``ExtensionProvider.EnvoyExternalAuthorizationHttpProvider.timeout``, 600 seconds unless set).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.query import Graph, fits
from kubelint.systems.istio.durations import duration
from kubelint.systems.istio.mesh import mesh, mesh_configs
from kubelint.systems.istio.model import AuthorizationPolicy, Gateway
from kubelint.systems.kubernetes.duration import SECOND
from kubelint.systems.kubernetes.selectors import equality_selector, label_map
from kubelint.tree.node import Mapping, Scalar

DEFAULT = 600 * SECOND
_KINDS = ("envoyExtAuthzHttp", "envoyExtAuthzGrpc")


class Authorizer(NamedTuple):
    """A policy that asks a provider: ``node`` is the provider's name in it, ``time`` what the provider may take."""

    policy: AuthorizationPolicy
    node: Scalar
    time: int


def authorizers_before(graph: Graph, gateways: list[Gateway]) -> list[Authorizer]:
    """Return the policies that are in effect at the pods of a gateway."""
    root = mesh(graph).root_namespace
    return [
        authorizer
        for authorizer in _custom(graph)
        for gateway in gateways
        if authorizer.policy.namespace == root or fits(authorizer.policy.namespace, gateway.namespace)
        if _selects(authorizer.policy, gateway)
    ]


def _selects(policy: AuthorizationPolicy, gateway: Gateway) -> bool:
    """Tell whether a policy selects the pods that a gateway selects."""
    labels = policy.root.mapping("spec", "selector", "matchLabels")
    if labels is None:
        return policy.root.at("spec", "targetRefs") is None
    return equality_selector(labels).matches(label_map(gateway.root.at("spec", "selector")))


def _custom(graph: Graph) -> list[Authorizer]:
    """Return the policies with a provider that the repository knows."""

    def collect() -> list[Authorizer]:
        found = []
        for policy in graph.subjects(AuthorizationPolicy):
            node = policy.root.scalar("spec", "provider", "name")
            if policy.root.text_at("spec", "action") == "CUSTOM" and node is not None:
                known = list(_times(graph, node.text))
                if known:
                    found.append(Authorizer(policy, node, min(known)))
        return found

    return graph.once("istio custom authorization", collect)


def _times(graph: Graph, name: str) -> Iterator[int]:
    for config in mesh_configs(graph):
        for entry in config.root.items_at("extensionProviders"):
            for kind in _KINDS if entry.text_at("name") == name else ():
                provider = entry.at(kind)
                if isinstance(provider, Mapping):
                    yield duration(provider.scalar("timeout")) or DEFAULT
