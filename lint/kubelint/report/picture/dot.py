"""Graphviz: `kubelint graph --format dot | dot -Tsvg`.

Source: Graphviz documentation, "DOT Language", "Shapes", "Attributes".
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.report.picture.model import Node, Picture
from kubelint.report.terminal import escape

_COLORS = {"error": "#c62828", "warning": "#b26a00", "info": "#1565c0", "": "#546e7a"}


def draw(picture: Picture) -> str:
    """Return the text of a digraph, a cluster for each unit."""
    return "".join(_lines(picture))


def _lines(picture: Picture) -> Iterator[str]:
    yield f"digraph {_quoted(picture.title)} {{\n"
    yield '  graph [rankdir=LR, fontname="Helvetica", compound=true];\n'
    yield '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=10];\n'
    yield '  edge [fontname="Helvetica", fontsize=8, color="#90a4ae"];\n'
    for unit, name in picture.units.items():
        yield f"  subgraph {_quoted('cluster_' + unit)} {{\n    label={_quoted(name)};\n"
        for node in picture.nodes:
            if node.unit == unit:
                yield f"    {_node(node)}\n"
        yield "  }\n"
    for edge in picture.edges:
        style = "" if edge.state == "resolved" else ", style=dashed"
        yield f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [label={_quoted(edge.kind)}{style}];\n"
    yield "}\n"


def _node(node: Node) -> str:
    label = f"{node.kind}\n{node.name}" + (
        f"\n{node.place.path}:{node.place.line}" if node.place else f"\n({node.state})"
    )
    style = '"rounded,dashed"' if node.state != "here" else "rounded"
    color = _COLORS["error" if node.state == "missing" else node.worst]
    return f"{_quoted(node.id)} [label={_quoted(label)}, style={style}, color={_quoted(color)}];"


def _quoted(text: str) -> str:
    """Return a quoted string; a line break becomes one of the label."""
    return '"' + "\\n".join(escape(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n")) + '"'
