"""A still picture: SVG that stands alone, light or dark as its reader is."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape as html_escape

from kubelint.report.picture.layout import HEIGHT, WIDTH, Box, arrange
from kubelint.report.picture.model import Node, Picture
from kubelint.report.terminal import escape

_MARGIN = 16
#: Characters of a name that fit into a node.
_LONGEST = 26
_STYLE = """
text{font:12px system-ui,sans-serif;fill:#1c2b33}.k{font-size:10px;fill:#607d8b}.u{font-weight:600}
.unit{fill:#f6f8fa;stroke:#d0d7de}.node{fill:#fff;stroke:#90a4ae}.error{stroke:#c62828;stroke-width:2}
.warning{stroke:#b26a00;stroke-width:2}.info{stroke:#1565c0}.missing{stroke:#c62828;stroke-dasharray:4}
.outside{stroke:#90a4ae;stroke-dasharray:4}.edge{fill:none;stroke:#90a4ae}.near-miss,.edge.missing{stroke:#c62828}
.unknown{stroke-dasharray:4}svg{background:#fff}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.k{fill:#9fb3bf}.unit{fill:#161b22;stroke:#30363d}
.node{fill:#0d1117}svg{background:#0d1117}}
"""


def draw(picture: Picture) -> str:
    """Return the document."""
    return "".join(_lines(picture))


def _lines(picture: Picture) -> Iterator[str]:
    layout = arrange(picture)
    width, height = layout.width + 2 * _MARGIN, layout.height + 2 * _MARGIN
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-_MARGIN} {-_MARGIN} {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}"><title>{_text(picture.title)}</title><style>{_STYLE}</style>\n'
        '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="#90a4ae"/></marker></defs>\n'
    )
    for unit, box in layout.units.items():
        yield _rectangle(box, "unit", 10)
        name = _text(picture.units.get(unit, unit))
        yield f'<text class="u" x="{box.x + 14:.0f}" y="{box.y + 22:.0f}">{name}</text>\n'
    for edge in picture.edges:
        start, end = layout.nodes[edge.source], layout.nodes[edge.target]
        yield f'<path class="edge {edge.state}" d="{_curve(start, end)}" marker-end="url(#a)">'
        yield f"<title>{_text(edge.kind)} {_text(', '.join(edge.names))}</title></path>\n"
    for node in picture.nodes:
        yield from _node(node, layout.nodes[node.id])
    yield "</svg>\n"


def _node(node: Node, box: Box) -> Iterator[str]:
    place = f"{node.place}" if node.place is not None else node.state
    issues = "".join(f"\n{issue.severity}: {issue.text} ({issue.rule})" for issue in node.issues)
    yield f"<g><title>{_text(f'{node.kind} {node.name}')}\n{_text(place)}{_multiline(issues)}</title>"
    yield _rectangle(box, f"node {node.worst} {node.state}", 6)
    kind = _text(_short(node.kind.partition(".")[0]))
    yield f'<text class="k" x="{box.x + 10:.0f}" y="{box.y + 17:.0f}">{kind}</text>'
    yield f'<text x="{box.x + 10:.0f}" y="{box.y + 34:.0f}">{_text(_short(node.name))}</text></g>\n'


def _curve(start: Box, end: Box) -> str:
    """Return a path from the lower edge of one box to the upper edge of another, or between their sides."""
    x1, x2 = start.x + WIDTH / 2, end.x + WIDTH / 2
    if end.y > start.y + HEIGHT:
        y1, y2 = start.y + HEIGHT, end.y
    elif end.y + HEIGHT < start.y:
        y1, y2 = start.y, end.y + HEIGHT
    else:
        right = end.x > start.x
        x1, x2 = (start.x + WIDTH, end.x) if right else (start.x, end.x + WIDTH)
        y, third = start.y + HEIGHT / 2, (x2 - x1) / 3
        return f"M{x1:.0f} {y:.0f}C{x1 + third:.0f} {y - 24:.0f} {x2 - third:.0f} {y - 24:.0f} {x2:.0f} {y:.0f}"
    middle = (y1 + y2) / 2
    return f"M{x1:.0f} {y1:.0f}C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2:.0f}"


def _rectangle(box: Box, name: str, radius: int) -> str:
    return (
        f'<rect class="{" ".join(name.split())}" x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" '
        f'height="{box.height:.0f}" rx="{radius}"/>'
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _text(text: str) -> str:
    return html_escape(escape(text))


def _multiline(text: str) -> str:
    return "\n".join(map(_text, text.split("\n")))
