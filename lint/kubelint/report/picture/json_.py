"""The picture as data: nodes, edges and units, for whoever draws it another way."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kubelint.report.dump import dump
from kubelint.report.picture.model import Picture


def draw(picture: Picture) -> str:
    """Return one JSON object, ASCII only, in which names that are not UTF-8 are escaped."""
    return dump(plain(picture), indent=1) + "\n"


def plain(picture: Picture) -> dict[str, Any]:
    """Return the picture as JSON has it."""
    return {
        "title": picture.title,
        "units": [{"id": unit, "name": name} for unit, name in picture.units.items()],
        "nodes": [asdict(node) | {"worst": node.worst} for node in picture.nodes],
        "edges": [asdict(edge) for edge in picture.edges],
        "leftOut": picture.left_out,
    }
