"""Targets of routes, Ingresses and bindings that exist, but in another namespace than the one that is asked."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.model import Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.suggest import is_near
from kubelint.systems.kubernetes.gateway import Route
from kubelint.systems.kubernetes.model import ClusterRoleBinding, Ingress, KubernetesObject, RoleBinding
from kubelint.tree.node import Node

_VERBS = ("attaches-to", "routes-to", "binds")


def target_elsewhere(graph: Graph, source: KubernetesObject) -> Iterator[tuple[Reference, KubernetesObject, Node]]:
    """Yield what a route, an Ingress or a binding refers to in vain, the object elsewhere, and the place to blame.

    Only objects of the same unit count: what is applied together most likely belongs together. The namespace of an
    account that a binding names must be a near miss, for accounts of the same name are everywhere.
    """
    if not isinstance(source, Route | Ingress | RoleBinding | ClusterRoleBinding) or source.unit.incomplete:
        return
    for verb in _VERBS:
        for reference in graph.outgoing(source, verb):
            wanted = reference.wanted
            if (
                graph.is_external(wanted)
                or reference.resolution not in (Resolution.UNKNOWN, Resolution.MISSING)
                or not wanted.namespace
            ):
                continue
            found = [
                other
                for other in graph.find(wanted._replace(namespace=""), source.unit)
                if isinstance(other, KubernetesObject) and other.unit is source.unit
            ]
            near = verb != "binds" or (bool(found) and is_near(wanted.namespace, found[0].namespace))
            if len(found) == 1 and near:
                yield reference, found[0], _written_namespace(source, reference) or reference.node


def _written_namespace(binding: KubernetesObject, reference: Reference) -> Node | None:
    """Return the namespace that a binding gives to an account; None where it gives none, or for other references."""
    for subject in binding.root.items_at("subjects"):
        if subject.at("name") is reference.node:
            return subject.at("namespace")
    return None
