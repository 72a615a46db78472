"""Schemas of custom resources from the folders that the configuration names (``schemas``).

A folder of the repository holds JSON Schemas that were made from definitions, in the layout of public catalogues:
``<group>/<kind>_<version>.json``, the kind in lower case; ``<kind>_<version>.json`` stands for any group. They are
data: nothing in them is loaded from elsewhere. Definitions in YAML need no setting: those of the repository count by
themselves.
"""

from __future__ import annotations

import json
from typing import Any

from kubelint.graph.query import Graph
from kubelint.paths import join
from kubelint_schemas.crds.structural import object_schema

UNREADABLE = "configured schemas that cannot be read"
MISSING = "configured folders of schemas that do not exist"


def configured_schema(graph: Graph, api_version: str, kind: str) -> dict[str, Any] | None:
    """Return the schema of a kind from the configured folders; None where they have none.

    A file that is no schema, and a folder that is not there, are counted as unchecked.
    """
    if not graph.settings.schemas:
        return None
    found: dict[str, Any] | None = graph.once(
        ("configured schema", api_version, kind), lambda: _search(graph, api_version, kind)
    )
    return found


def _search(graph: Graph, api_version: str, kind: str) -> dict[str, Any] | None:
    group, _, version = api_version.rpartition("/")
    name = f"{kind.lower()}_{version}.json"
    if not group or any(mark in f"{group}{name}" for mark in ("/", "\\", "\0")):
        return None
    for folder in _folders(graph):
        for path in (join(folder, f"{group}/{name}"), join(folder, name)):
            source = graph.repository.source(path)
            if source is None:
                continue
            try:
                return object_schema(json.loads(source.text), api_version, kind)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                graph.unchecked[UNREADABLE] += 1
    return None


def _folders(graph: Graph) -> list[str]:
    def collect() -> list[str]:
        folders = [folder.strip("/").removeprefix("./") for folder in graph.settings.schemas]
        known = [folder for folder in folders if graph.repository.is_directory(folder)]
        if len(known) < len(folders):
            graph.unchecked[MISSING] += len(folders) - len(known)
        return known

    return graph.once("folders of schemas", collect)
