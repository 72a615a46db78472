"""Circles among the services of a project."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TypeVar

Edge = TypeVar("Edge")


def cycles(edges: Mapping[str, Mapping[str, Edge]]) -> list[list[Edge]]:
    """Return one shortest circle of each knot of names, as the edges that lead around it.

    ``edges`` are, for each name, those to other names. A knot is a strongly connected component: in one of several
    names all wait for each other.
    """
    order = {name: number for number, name in enumerate(edges)}
    result: list[list[Edge]] = []
    for knot in _knots(edges):
        circle = _shortest(edges, knot, min(knot, key=order.__getitem__))
        if circle:
            result.append(circle)
    return result


def _knots(edges: Mapping[str, Mapping[str, Edge]]) -> list[set[str]]:
    """Return the strongly connected components that hold a circle (Tarjan's algorithm, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    knots: list[set[str]] = []
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, following = work[-1]
            for child in following:
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    on_stack.add(child)
                    work.append((child, iter(edges[child])))
                    break
                if child in on_stack:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    knot = set()
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        knot.add(member)
                        if member == node:
                            break
                    if len(knot) > 1 or node in edges[node]:
                        knots.append(knot)
    return knots


def _shortest(edges: Mapping[str, Mapping[str, Edge]], knot: set[str], start: str) -> list[Edge]:
    """Return the shortest way from a service back to itself inside its knot."""
    came: dict[str, tuple[str, Edge]] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for child, edge in edges[node].items():
            if child == start:
                way = [edge]
                while node != start:
                    node, before = came[node]
                    way.append(before)
                return way[::-1]
            if child in knot and child not in came:
                came[child] = (node, edge)
                queue.append(child)
    return []
