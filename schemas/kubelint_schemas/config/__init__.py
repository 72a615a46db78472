"""The JSON Schema of ``.kubelint.yaml``."""

import json
from pathlib import Path
from typing import Any


def schema() -> dict[str, Any]:
    """Return the schema as plain data."""
    data: dict[str, Any] = json.loads((Path(__file__).parent / "kubelint.schema.json").read_bytes())
    return data
