"""The call graph of a repository as a table: who calls what, who says so, and how long each call may last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.source import Span
from kubelint.systems.istio.chain_words import call_place
from kubelint.systems.istio.chains import call_graph
from kubelint.systems.istio.edges import Edge
from kubelint.systems.istio.patience import Wait
from kubelint.systems.kubernetes.duration import show_duration


class CallRow(NamedTuple):
    """One call, under one of the alternatives.

    ``via`` is what says that there is the call (a variable, ``kubelint.io/calls``, ``sourceLabels``, ``gateway`` …) and
    ``place`` where; ``route`` the VirtualService whose route limits it, None where there is none. Times are
    nanoseconds, None is no limit: ``attempt`` of one attempt, ``total`` of all of them.
    """

    caller: str
    callees: tuple[str, ...]
    via: str
    place: Span
    route: str | None
    attempt: int | None
    total: int | None
    arithmetic: str
    sequential: bool | None

    @property
    def text(self) -> str:
        """The row as one line, without the place."""
        route = f" through {self.route}" if self.route is not None else ""
        order = "" if self.sequential is None else ", sequential" if self.sequential else ", parallel"
        return f"{self.caller} → {', '.join(self.callees)}{route}: {self.arithmetic}{order} ({self.via})"

    def data(self) -> dict[str, object]:
        """Return the row for JSON, times as Go writes them."""
        return {
            "caller": self.caller,
            "callees": list(self.callees),
            "via": self.via,
            "path": self.place.file.path,
            "line": self.place.line,
            "column": self.place.column,
            "route": self.route,
            "attempt": None if self.attempt is None else show_duration(self.attempt),
            "total": None if self.total is None else show_duration(self.total),
            "arithmetic": self.arithmetic,
            "sequential": self.sequential,
        }


def call_rows(graph: Graph) -> list[CallRow]:
    """Return the calls of a repository in the order of files; one row for each call and route that may limit it."""
    calls = call_graph(graph)
    rows = [row for edge in calls.edges for row in _rows(graph, edge, calls.over(edge))]
    return sorted(rows, key=lambda row: (row.place.key, row.caller, row.callees, row.route or ""))


def _rows(graph: Graph, edge: Edge, waits: list[Wait]) -> Iterator[CallRow]:
    found = call_place(graph, edge)
    place = found if isinstance(found, Span) else found.span
    seen: set[tuple[str | None, str]] = set()
    for wait in waits or [Wait(edge, edge.budget(None))]:
        route = None if wait.service is None else str(wait.service)
        row = CallRow(
            str(edge.caller),
            tuple(dict.fromkeys(str(service) for service in edge.services)),
            edge.via,
            place,
            route,
            wait.time,
            wait.total,
            wait.budget.arithmetic,
            None if edge.call is None else edge.call.sequential,
        )
        if (route, row.arithmetic) not in seen:
            seen.add((route, row.arithmetic))
            yield row
