"""Read the data files that lie beside a loader (floor 1)."""

from __future__ import annotations

import json
import os.path
from typing import Any


def read(module_file: str, *names: str) -> bytes:
    """Return the bytes of a file, named by its path from the folder of the module that asks.

    ``os.path`` instead of pathlib, whose import alone would cost a tenth of a one-file check.
    Raises FileNotFoundError where the pack has no such file.
    """
    with open(os.path.join(os.path.dirname(module_file), *names), "rb") as file:  # noqa: PTH118, PTH120, PTH123
        return file.read()


def read_json(module_file: str, *names: str) -> Any:
    """Return what :func:`read` finds, as plain data."""
    return json.loads(read(module_file, *names))
