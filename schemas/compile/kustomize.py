"""Compile the data of ``kustomize/``: where transformers write, what lists merge by, which kinds have no namespace.

    python schemas/compile/kustomize.py API KYAML SCHEMA

API and KYAML are the folders of the Go modules ``sigs.k8s.io/kustomize/api`` and ``…/kyaml`` of one release of
kustomize; SCHEMA is the OpenAPI document that kyaml carries, written out as JSON (``openapi.Schema()``).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

OUT = Path(__file__).parents[1] / "kubelint_schemas" / "kustomize"
_TABLE = re.compile(r"(\w+FieldSpecs) = `(.*?)`(?: \+ (\w+))?", re.DOTALL)
_SCOPE = re.compile(r'\{APIVersion: "([^"]+)", Kind: "([^"]+)"\}:\s*(true|false)')


def tables(api: Path) -> dict[str, Any]:
    """Return the default field specifications by transformer."""
    texts: dict[str, tuple[str, str]] = {}
    for path in sorted((api / "internal/konfig/builtinpluginconsts").glob("*.go")):
        for name, text, more in _TABLE.findall(path.read_text()):
            texts[name] = text, more
    found: dict[str, Any] = {}
    for text, more in texts.values():
        table = yaml.safe_load(text + (texts[more][0] if more else ""))
        if isinstance(table, dict):
            found.update(table)
    return found


def scopes(kyaml: Path) -> list[str]:
    """Return ``apiVersion kind`` of each kind that is known to have no namespace."""
    text = (kyaml / "openapi/openapi.go").read_text()
    return sorted(f"{version} {kind}" for version, kind, namespaced in _SCOPE.findall(text) if namespaced == "false")


def merge_keys(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the types that lead to lists which are merged.

    ``kinds`` is apiVersion and kind to a type; ``types`` is, for each type, field to either a type or [keys, type];
    a list of scalars that are merged has no keys.
    """
    definitions = schema["definitions"]
    types: list[dict[str, Any]] = []
    numbers: dict[str, int | None] = {}

    def number(name: str) -> int | None:
        if name in numbers:
            return numbers[name]
        numbers[name] = None  # while it is being made: a type that holds itself ends here
        fields: dict[str, Any] = {}
        for field, part in definitions[name].get("properties", {}).items():
            value = entry(part)
            if value is not None:
                fields[field] = value
        if fields:
            if fields not in types:
                types.append(fields)
            numbers[name] = types.index(fields)
        return numbers[name]

    def target(part: dict[str, Any]) -> int | None:
        reference = part.get("$ref")
        return number(reference.rpartition("/")[2]) if reference else None

    def entry(part: dict[str, Any]) -> Any:
        if "merge" in part.get("x-kubernetes-patch-strategy", "").split(","):
            own = part.get("x-kubernetes-patch-merge-key")
            keys = part.get("x-kubernetes-list-map-keys") or ([own] if own else [])
            return [keys, target(part.get("items", {}))]
        return target(part)

    kinds: dict[str, int] = {}
    for name, definition in sorted(definitions.items()):
        for gvk in definition.get("x-kubernetes-group-version-kind", ()):
            group, version = gvk.get("group", ""), gvk["version"]
            found = number(name)
            if found is not None:
                kinds[f"{group}/{version} {gvk['kind']}" if group else f"{version} {gvk['kind']}"] = found
    return {"kinds": kinds, "types": types}


def main() -> None:
    """Write the files."""
    api, kyaml, schema = (Path(argument) for argument in sys.argv[1:4])
    for name, content in (
        ("transformers.json", tables(api)),
        ("merge-keys.json", merge_keys(json.loads(schema.read_text()))),
        ("cluster-scoped.json", scopes(kyaml)),
    ):
        (OUT / name).write_text(json.dumps(content, separators=(",", ":"), sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
