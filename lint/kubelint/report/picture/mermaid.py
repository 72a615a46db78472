"""Mermaid, which GitHub, GitLab and many wikis draw in a Markdown block.

They refuse a text of more than 50,000 characters or 500 edges: what is beyond that is left out, and a comment says so.

Source: Mermaid documentation, "Flowcharts", "Configuration" (`maxTextSize`, `maxEdges`).
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.report.picture.model import Node, Picture
from kubelint.report.terminal import escape

MOST_EDGES = 500


def draw(picture: Picture) -> str:
    """Return the text of a flowchart, a subgraph for each unit."""
    return "".join(_lines(picture))


def _lines(picture: Picture) -> Iterator[str]:
    names = {node.id: f"n{number}" for number, node in enumerate(picture.nodes)}
    edges = picture.edges[:MOST_EDGES]
    used = {end for edge in edges for end in (edge.source, edge.target)}
    few = len(picture.edges) <= MOST_EDGES
    if not few:
        yield f"%% {len(picture.edges) - MOST_EDGES} of {len(picture.edges)} references are left out\n"
    yield "flowchart LR\n"
    for number, (unit, name) in enumerate(picture.units.items()):
        nodes = [node for node in picture.nodes if node.unit == unit and (few or node.id in used)]
        if nodes:
            yield f"  subgraph s{number}[{_quoted(name)}]\n"
            yield from (f"    {names[node.id]}{_shape(node)}\n" for node in nodes)
            yield "  end\n"
    for edge in edges:
        arrow = "-->" if edge.state == "resolved" else "-.->"
        yield f"  {names[edge.source]} {arrow}|{_quoted(edge.kind)}| {names[edge.target]}\n"
    yield "  classDef error stroke:#c62828,stroke-width:2px\n  classDef warning stroke:#b26a00,stroke-width:2px\n"
    yield "  classDef missing stroke:#c62828,stroke-dasharray:4\n  classDef outside stroke:#90a4ae,stroke-dasharray:4\n"
    for style in ("error", "warning", "missing", "outside"):
        chosen = [
            names[node.id] for node in picture.nodes if style in (node.worst, node.state) and (few or node.id in used)
        ]
        if chosen:
            yield f"  class {','.join(chosen)} {style}\n"


def _shape(node: Node) -> str:
    return f"[{_quoted(f'{node.kind}<br/>{_text(node.name)}', raw=True)}]"


def _quoted(text: str, *, raw: bool = False) -> str:
    return f'"{text if raw else _text(text)}"'


def _text(text: str) -> str:
    """Return text in which nothing is Mermaid's or HTML's: its entities are written with ``#``."""
    return "".join(
        character if character.isalnum() or character in " /._:-" else f"#{ord(character)};"
        for character in escape(text)
    )
