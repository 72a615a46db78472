"""Compile the Kubernetes pack from the ``kubernetes_validate`` package, which bundles the published schemas.

Run it with a Python that has kubernetes-validate installed, from anywhere::

    python schemas/compile/kubernetes.py

It rewrites two files in ``kubelint_schemas/kubernetes/``. ``definitions.jsonl`` holds every distinct
definition of all versions once, one a line, so that a change of one definition is one changed line;
``index.json`` says which lines make up which version and which definition is which kind. See
``kubelint_schemas/kubernetes/__init__.py`` for the reader.

What is changed on the way: descriptions go; of the ``x-kubernetes-*`` extensions only those that say how
lists are keyed and merged stay; IntOrString and Quantity become plain type lists, because ``oneOf`` of two
nullable types refuses the null that the API server accepts, and costs more.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

PACK = Path(__file__).resolve().parent.parent / "kubelint_schemas" / "kubernetes"
KEPT_EXTENSIONS = frozenset(
    {
        "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type",
        "x-kubernetes-patch-merge-key",
        "x-kubernetes-patch-strategy",
    }
)
KEPT_FORMATS = frozenset({"byte"})
PLAIN_TYPES = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": ["string", "number", "null"]},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": ["string", "integer", "null"]},
}


def stripped(schema: Any, *, names: bool = False) -> Any:
    """Return a schema without descriptions and unneeded extensions; ``names``: the keys are field names."""
    if isinstance(schema, list):
        return [stripped(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if not names and (
            key == "description"
            or (key.startswith("x-") and key not in KEPT_EXTENSIONS)
            or (key == "format" and value not in KEPT_FORMATS)
        ):
            continue
        kept[key] = stripped(value, names=not names and key in ("properties", "$defs"))
    return kept


def bundled_versions(folder: Path) -> list[str]:
    """Return the minor versions that have a strict variant, oldest first."""
    found = (re.fullmatch(r"v(\d+)\.(\d+)\.\d+-local-strict", path.name) for path in folder.iterdir())
    return [f"{major}.{minor}" for major, minor in sorted((int(m[1]), int(m[2])) for m in found if m)]


def compiled(folder: Path) -> tuple[list[str], dict[str, Any]]:
    """Return the lines of ``definitions.jsonl`` and the content of ``index.json``."""
    versions = bundled_versions(folder)
    places: dict[tuple[str, str], list[int]] = {}
    kinds: dict[tuple[str, str], str] = {}
    for number, version in enumerate(versions):
        text = (folder / f"v{version}.0-local-strict" / "_definitions.json").read_text(encoding="utf-8")
        for name, definition in json.loads(text)["$defs"].items():
            line = json.dumps(PLAIN_TYPES.get(name) or stripped(definition), separators=(",", ":"))
            places.setdefault((name, line), []).append(number)
            named = definition.get("x-kubernetes-group-version-kind", [])
            if len(named) == 1:  # DeleteOptions and WatchEvent name every group: they are no objects of their own
                group, api, kind = named[0]["group"], named[0]["version"], named[0]["kind"]
                kinds[f"{group}/{api}" if group else api, kind] = name
    lines: list[str] = []
    definitions: dict[str, list[list[int]]] = {}
    offset = 0
    for (name, line), numbers in sorted(places.items()):
        for first, last in runs(numbers):
            definitions.setdefault(name, []).append([first, last, offset, len(line)])
        lines.append(line)
        offset += len(line) + 1
    index = {
        "versions": versions,
        "kinds": [[api_version, kind, name] for (api_version, kind), name in sorted(kinds.items())],
        "definitions": definitions,
    }
    return lines, index


def runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Return first and last of each unbroken run of ascending numbers."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def main() -> None:
    """Rewrite the pack and say how large it is."""
    import kubernetes_validate  # type: ignore[import-untyped]

    folder = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
    lines, index = compiled(folder)
    (PACK / "definitions.jsonl").write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")
    compact = json.dumps(index, separators=(",", ":"))
    (PACK / "index.json").write_text(compact.replace('],"', '],\n"') + "\n", encoding="ascii", newline="\n")
    sys.stdout.write(f"{len(index['versions'])} versions, {len(index['kinds'])} kinds, {len(lines)} definitions\n")


if __name__ == "__main__":
    main()
