"""The Compose Specification: the JSON Schema of compose files.

Compiled by ``schemas/compile/compose.py`` from compose-go (compose-spec/compose-go
``schema/compose-spec.json``), which is what Docker Compose itself validates with. Formats (durations, byte
sizes, ports) are not part of it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from kubelint_schemas.data import read_json


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a compose file. It is shared: read it, never change it."""
    loaded: dict[str, Any] = read_json(__file__, "compose-spec.json")
    return loaded
