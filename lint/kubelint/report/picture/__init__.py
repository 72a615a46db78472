"""Pictures of the graph: units, entities, references, with the findings on them.

:mod:`model` chooses what is drawn, :mod:`layout` where, and a module for each format writes it; none of them knows
another. :data:`FORMATS` names them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubelint.report.picture.model import Picture

#: The formats and the modules that write them.
FORMATS: dict[str, str] = {
    "html": "kubelint.report.picture.html",
    "svg": "kubelint.report.picture.svg",
    "dot": "kubelint.report.picture.dot",
    "mermaid": "kubelint.report.picture.mermaid",
    "json": "kubelint.report.picture.json_",
}


def draw(name: str, picture: Picture) -> str:
    """Return a picture in the format of that name; raises KeyError where there is no such format."""
    module = importlib.import_module(FORMATS[name])
    text: str = module.draw(picture)
    return text
