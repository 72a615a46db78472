"""Istio's configuration objects: strict schemas of all served versions, and their CEL rules as data.

Compiled by ``schemas/compile/crds.py`` from istio/istio ``manifests/charts/base/files/crd-all.gen.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from kubelint_schemas.crds.pack import Pack
from kubelint_schemas.data import read_json
from kubelint_schemas.kubernetes.resources import Resource

_PACK = Pack(__file__)


class CelRule(NamedTuple):
    """A rule that the API server applies at a place of an object.

    ``path`` steps through fields; ``[]`` is any item of a list, ``*`` any value of a map. ``rule`` is CEL.
    """

    path: tuple[str, ...]
    rule: str


def schema(api_version: str, kind: str) -> dict[str, Any] | None:
    """Return the self-contained strict JSON Schema (2020-12) of a kind; None where Istio lacks it."""
    return _PACK.schema(api_version, kind)


def kinds() -> Iterable[tuple[str, str]]:
    """Return (apiVersion, kind) of all served versions; looking one up is cheap."""
    return _PACK.kinds.keys()


def resources() -> Mapping[tuple[str, str], Resource]:
    """Return (group, kind) to plural name and scope of Istio's kinds."""
    return _PACK.resources


@cache
def cel_rules(kind: str) -> tuple[CelRule, ...]:
    """Return the CEL rules of a kind, the same in all its versions; empty where it has none."""
    rules = read_json(__file__, "cel.json").get(kind, [])
    return tuple(CelRule(tuple(entry["path"]), entry["rule"]) for entry in rules)
