"""The objects that Kubernetes serves itself: their schemas by version, their lifecycle and their resources.

Schemas are strict (unknown fields are errors) and without descriptions. They are the published OpenAPI
definitions as bundled by kubernetes-validate, compiled by ``schemas/compile/kubernetes.py``. A definition
that many versions share is stored once: ``index.json`` gives, for each definition, the runs of versions and
the place in ``definitions.jsonl``. Only what one kind reaches is parsed, because a check of one file must not
pay for the two hundred other kinds.

Everything returned is shared: read it, never change it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from kubelint_schemas.data import read, read_json

_REFERENCE = re.compile(rb'"\$ref":"#/\$defs/([^"]+)"')
_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:[.+-].*)?\Z", re.DOTALL)
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


class _Index(NamedTuple):
    versions: tuple[str, ...]
    kinds: list[tuple[str, str, str]]
    definitions: dict[str, list[list[int]]]


@cache
def _index() -> _Index:
    index = read_json(__file__, "index.json")
    return _Index(tuple(index["versions"]), index["kinds"], index["definitions"])


@cache
def _texts() -> bytes:
    return read(__file__, "definitions.jsonl")


def versions() -> tuple[str, ...]:
    """Return the bundled minor versions, oldest first: ``("1.25", …)``."""
    return _index().versions


@lru_cache(maxsize=64)
def nearest_version(target: str) -> str:
    """Return the bundled version that stands in for a target such as ``1.30``, ``v1.30.4`` or ``1.16``.

    Targets older than the oldest bundled version get the oldest, newer ones the newest. Raises ValueError
    where the text is no version.
    """
    found = _VERSION.match(target)
    if found is None:
        raise ValueError(f"not a Kubernetes version: {target!r}")
    wanted = int(found[1]), int(found[2])
    bundled = versions()
    for version in reversed(bundled):
        major, _, minor = version.partition(".")
        if (int(major), int(minor)) <= wanted:
            return version
    return bundled[0]


@lru_cache(maxsize=64)
def kinds(version: str) -> Mapping[tuple[str, str], str]:
    """Return (apiVersion, kind) to the name of its definition, for all objects that a version serves."""
    number = _number(version)
    definitions = _index().definitions
    return MappingProxyType(
        {
            (api_version, kind): name
            for api_version, kind, name in _index().kinds
            if any(first <= number <= last for first, last, _, _ in definitions[name])
        }
    )


@lru_cache(maxsize=1024)
def schema(version: str, api_version: str, kind: str) -> dict[str, Any] | None:
    """Return the self-contained JSON Schema (2020-12) of a kind; None where that version does not serve it.

    ``version`` is taken through :func:`nearest_version`, whose ValueError it may raise.
    """
    name = kinds(version).get((api_version, kind))
    return None if name is None else _closure(_number(version), name)


@cache
def object_meta() -> dict[str, Any]:
    """Return the definitions that any ``metadata`` needs, by name: ObjectMeta and what it reaches."""
    definitions: dict[str, Any] = _closure(len(versions()) - 1, OBJECT_META)["$defs"]
    return definitions


def _number(version: str) -> int:
    return versions().index(nearest_version(version))


def _closure(number: int, root: str) -> dict[str, Any]:
    """Return a schema that refers to ``root``, with all definitions that it reaches under ``$defs``."""
    definitions, texts = _index().definitions, _texts()
    parts: list[bytes] = []
    seen, waiting = {root}, [root]
    while waiting:
        name = waiting.pop()
        for first, last, offset, length in definitions[name]:
            if first <= number <= last:
                text = texts[offset : offset + length]
                parts.append(b'"%b":%b' % (name.encode(), text))
                for found in _REFERENCE.findall(text):
                    reference = found.decode()
                    if reference not in seen:
                        seen.add(reference)
                        waiting.append(reference)
                break
    document = b'{"$ref":"#/$defs/%b","$defs":{%b}}' % (root.encode(), b",".join(parts))
    loaded: dict[str, Any] = json.loads(document)
    return loaded
