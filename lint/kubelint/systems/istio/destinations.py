"""Which DestinationRules say something about a host, and which one a client gets.

Source: Istio, ``pilot/pkg/model/push_context.go`` (``destinationRule``) and ``destination_rule.go``
(``mergeDestinationRule``): the namespace of the client is looked at first, then that of the service, then the root
namespace; the first that has a rule for the host wins, and in it the most specific host.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kubelint.graph.model import Unit
from kubelint.graph.query import Graph, fits
from kubelint.systems.istio.folders import upwards
from kubelint.systems.istio.hosts import Host, Mesh, covers, exported_to, most_specific, resolve_host
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import DestinationRule


class DestinationRules:
    """All DestinationRules of a repository, by host."""

    def __init__(self, rules: Iterable[DestinationRule], mesh: Mesh) -> None:
        self.mesh = mesh
        self._below: dict[tuple[str, str], list[tuple[Host, DestinationRule]]] = defaultdict(list)
        self._wildcard: list[tuple[Host, DestinationRule]] = []
        for rule in rules:
            if rule.host is None or rule.host.opaque:
                continue
            host = resolve_host(rule.host.text, rule.namespace, mesh)
            if host.wildcard:
                self._wildcard.append((host, rule))
            else:
                for directory in upwards(rule.unit.path):
                    self._below[directory, host.name].append((host, rule))

    def about(self, host: Host, unit: Unit | None = None) -> list[DestinationRule]:
        """Return the rules whose host is or covers this one, whoever gets them; exact ones first.

        With a unit, the exact ones are those of the nearest folder upwards that has any.
        """
        found: list[DestinationRule] = []
        for directory in upwards("" if unit is None else unit.path):
            found = [rule for own, rule in self._below.get((directory, host.name), ()) if own.same(host)]
            if found:
                break
        return found + [rule for own, rule in self._wildcard if covers(own.name, host, self.mesh)]

    def effective(self, host: Host, client_namespace: str, unit: Unit | None = None) -> list[DestinationRule]:
        """Return the rules that a client of that namespace gets for a host: merged where there are several.

        With a unit, those of the nearest folder upwards are preferred.
        """
        rules = self.about(host, unit)
        for namespace in (client_namespace, host.namespace, self.mesh.root_namespace):
            if namespace is None:
                continue
            here = [rule for rule in rules if fits(rule.namespace, namespace) and exported_to(rule, client_namespace)]
            if here:
                return self._most_specific(here, host)
        return [] if unit is None else self.effective(host, client_namespace)

    def _most_specific(self, rules: list[DestinationRule], host: Host) -> list[DestinationRule]:
        hosts = [(resolve_host(rule.host.text, rule.namespace, self.mesh), rule) for rule in rules if rule.host]
        exact = [rule for own, rule in hosts if not own.wildcard and own.same(host)]
        if exact:
            return exact
        patterns = {rule.host.text: rule for rule in rules if rule.host is not None}
        best = most_specific(host.fqdn(self.mesh, host.namespace or "*"), patterns) or next(iter(patterns), None)
        return [rule for rule in rules if rule.host is not None and rule.host.text == best]


def destination_rules(graph: Graph) -> DestinationRules:
    """Return the index of all DestinationRules."""
    return graph.once(
        "istio destination rules",
        lambda: DestinationRules(graph.subjects(DestinationRule), mesh(graph)),
    )
