"""Compile the Compose pack from the JSON Schema that compose-go carries (Apache-2.0).

::

    go mod download -json github.com/compose-spec/compose-go/v2@latest     # prints "Dir"
    python schemas/compile/compose.py DIR/schema/compose-spec.json

It rewrites ``kubelint_schemas/compose/compose-spec.json``: the same schema without titles, descriptions,
defaults and examples, one definition a line.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "kubelint_schemas" / "compose" / "compose-spec.json"
PROSE = frozenset({"$comment", "$id", "default", "description", "examples", "title"})
NAMED = frozenset({"$defs", "definitions", "patternProperties", "properties"})


def stripped(schema: Any, *, names: bool = False) -> Any:
    """Return a schema without prose; ``names``: the keys are field names, none of which goes."""
    if isinstance(schema, list):
        return [stripped(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: stripped(value, names=not names and key in NAMED)
        for key, value in schema.items()
        if names or key not in PROSE
    }


def main(path: Path) -> None:
    """Rewrite the pack from a ``compose-spec.json``."""
    schema = stripped(json.loads(path.read_text(encoding="utf-8")))
    definitions = schema.pop("$defs")
    lines = [f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in definitions.items()]
    head = json.dumps(schema, separators=(",", ":"))[:-1]
    text = head + ',\n"$defs":{\n' + ",\n".join(lines) + "\n}}\n"
    TARGET.write_text(text, encoding="ascii", newline="\n")
    sys.stdout.write(f"{len(definitions)} definitions, {len(text)} characters\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
