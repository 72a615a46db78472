"""The parts of Istio's objects that others refer to."""

from __future__ import annotations

from kubelint.graph.model import Entity, Key
from kubelint.graph.query import Graph
from kubelint.systems.istio.hosts import Mesh, resolve_host
from kubelint.systems.istio.mesh import mesh as mesh_of
from kubelint.systems.istio.model import SYSTEM, DestinationRule, Gateway, ServiceEntry, Subset


def assemble(graph: Graph) -> None:
    """Add subsets, hosts of ServiceEntries and servers of gateways to the graph."""
    mesh = mesh_of(graph)
    for rule in graph.subjects(DestinationRule):
        _add_subsets(graph, rule, mesh)
    for entry in graph.subjects(ServiceEntry):
        for node in entry.hosts:
            graph.add(Entity(Key(SYSTEM, "host", "", node.text), node, entry.unit, entry))
    for gateway in graph.subjects(Gateway):
        for server in gateway.servers:
            port = server.scalar("port", "name") or server.scalar("port", "number")
            if port is not None:
                key = Key(SYSTEM, "server", gateway.namespace, f"{gateway.name}/{port.text}")
                graph.add(Entity(key, port, gateway.unit, gateway))


def _add_subsets(graph: Graph, rule: DestinationRule, mesh: Mesh) -> None:
    if rule.host is None:
        return
    host = resolve_host(rule.host.text, rule.namespace, mesh)
    for name, node in rule.subset_nodes():
        key = Key(SYSTEM, "subset", host.namespace or "", f"{host.name}/{name.text}")
        subset = Subset(key, name, rule, node)
        # Of two subsets with the same name the first one counts. Source: Istio, ``mergeDestinationRule``.
        rule.subsets.setdefault(name.text, subset)
        graph.add(subset)
