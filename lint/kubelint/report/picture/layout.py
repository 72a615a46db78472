"""Where each node goes: units side by side, in each one layer below the other, references pointing down.

A layer is how far a node is from those that nobody refers to, cycles taken as one; within a layer nodes stand near what
they are connected to. Nodes without references fill rows at the end. All numbers are pixels; the result depends on the
picture alone.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kubelint.report.picture.model import Node, Picture

#: A node, the room between two of them, and what surrounds them in the box of a unit.
WIDTH, HEIGHT, GAP, LEVEL, MARGIN, TITLE = 190, 44, 22, 50, 24, 26
_SWEEPS = 4
#: A layer or a row is no longer than this.
_MOST_IN_ROW = 12


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The rectangles of nodes and units by their ids, and the size of the whole."""

    nodes: dict[str, Box]
    units: dict[str, Box]
    width: float
    height: float


def arrange(picture: Picture) -> Layout:
    """Return where everything goes."""
    members: dict[str, list[Node]] = defaultdict(list)
    for node in picture.nodes:
        members[node.unit].append(node)
    edges: dict[str, set[str]] = defaultdict(set)
    for edge in picture.edges:
        edges[edge.source].add(edge.target)
    inner = {unit: _unit(nodes, edges) for unit, nodes in members.items()}
    return _side_by_side(picture, inner)


def _unit(nodes: list[Node], edges: dict[str, set[str]]) -> dict[str, tuple[float, float]]:
    """Return the place of each node of a unit, relative to the inside of its box."""
    ids = {node.id for node in nodes}
    inside = {node.id: sorted(edges[node.id] & ids) for node in nodes}
    touched = {node for node, targets in inside.items() if targets} | {
        t for targets in inside.values() for t in targets
    }
    rows = _rows(_layers([node.id for node in nodes if node.id in touched], inside), inside)
    alone = [node.id for node in nodes if node.id not in touched]
    per_row = min(_MOST_IN_ROW, max(3, math.ceil(math.sqrt(len(alone))), max(map(len, rows), default=0)))
    tops: list[tuple[list[str], float]] = []
    y = 0.0
    for row in rows:
        tops.append((row, y))
        y += HEIGHT + LEVEL
    for start in range(0, len(alone), per_row):
        tops.append((alone[start : start + per_row], y))
        y += HEIGHT + GAP
    widest = max((len(row) for row, _ in tops), default=1)
    places: dict[str, tuple[float, float]] = {}
    for row, top in tops:
        indent = (widest - len(row)) * (WIDTH + GAP) / 2 if row and row[0] in touched else 0
        places |= {node: (indent + index * (WIDTH + GAP), top) for index, node in enumerate(row)}
    return places


def _layers(nodes: list[str], edges: dict[str, list[str]]) -> list[list[str]]:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from((source, target) for source in nodes for target in edges[source])
    whole = nx.condensation(graph)
    layers: list[list[str]] = []
    order = {node: number for number, node in enumerate(nodes)}
    for generation in nx.topological_generations(whole):
        found = [node for component in generation for node in whole.nodes[component]["members"]]
        layers.append(sorted(found, key=order.__getitem__))
    return layers


def _rows(layers: list[list[str]], edges: dict[str, list[str]]) -> list[list[str]]:
    """Return the layers in an order that shortens edges, long ones broken into several rows."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for source, targets in edges.items():
        for target in targets:
            neighbours[source].append(target)
            neighbours[target].append(source)
    place = {node: index - len(layer) / 2 for layer in layers for index, node in enumerate(layer)}
    for _ in range(_SWEEPS):
        for layer in layers:
            layer.sort(key=lambda node: _mean((place[other] for other in neighbours[node]), place[node]))
            place |= {node: index - len(layer) / 2 for index, node in enumerate(layer)}
    return [layer[start : start + _MOST_IN_ROW] for layer in layers for start in range(0, len(layer), _MOST_IN_ROW)]


def _mean(values: Iterable[float], default: float) -> float:
    found = list(values)
    return sum(found) / len(found) if found else default


def _side_by_side(picture: Picture, inner: dict[str, dict[str, tuple[float, float]]]) -> Layout:
    """Put the boxes of the units on shelves that are about as wide as all of them are high."""
    sizes: dict[str, tuple[float, float]] = {}
    for unit, places in inner.items():
        width = max((x for x, _ in places.values()), default=0.0) + WIDTH + 2 * MARGIN
        height = max((y for _, y in places.values()), default=0.0) + HEIGHT + 2 * MARGIN + TITLE
        sizes[unit] = (width, height)
    area = sum((width + MARGIN) * (height + MARGIN) for width, height in sizes.values())
    shelf = max(math.sqrt(area * 1.6), max((width for width, _ in sizes.values()), default=0.0))
    order = [unit for unit in picture.units if unit in sizes]
    order += [unit for unit in sizes if unit not in picture.units]
    order.sort(key=lambda unit: (unit == "outside", -sizes[unit][1]))
    nodes: dict[str, Box] = {}
    units: dict[str, Box] = {}
    x = y = tallest = widest = 0.0
    for unit in order:
        width, height = sizes[unit]
        if x and x + width > shelf:
            x, y, tallest = 0.0, y + tallest + MARGIN, 0.0
        units[unit] = Box(x, y, width, height)
        for node, (left, top) in inner[unit].items():
            nodes[node] = Box(x + MARGIN + left, y + MARGIN + TITLE + top, WIDTH, HEIGHT)
        x += width + MARGIN
        widest, tallest = max(widest, x), max(tallest, height)
    return Layout(nodes, units, max(widest - MARGIN, 0.0), y + tallest)
