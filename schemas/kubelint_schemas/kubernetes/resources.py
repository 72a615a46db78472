"""What Kubernetes calls its own kinds in requests and RBAC rules, and whether they live in a namespace.

The facts are ``resources.json`` (kept by hand; its head names the sources). They hold for all API versions of
a kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from kubelint_schemas.data import read_json


class Resource(NamedTuple):
    """A kind of object: ``group`` is empty for the core group; ``plural`` is the name that RBAC rules use."""

    group: str
    kind: str
    plural: str
    namespaced: bool
    subresources: tuple[str, ...]
    short_names: tuple[str, ...]


class AuthorizationOnly(NamedTuple):
    """A name that RBAC rules may use beside the objects: subresources, or verbs such as ``impersonate``."""

    group: str
    plural: str
    subresources: tuple[str, ...]
    verbs: tuple[str, ...]


@cache
def resources() -> Mapping[tuple[str, str], Resource]:
    """Return (group, kind) to its resource, for all built-in kinds, removed ones included."""
    return MappingProxyType(
        {
            (entry["group"], entry["kind"]): Resource(
                entry["group"],
                entry["kind"],
                entry["plural"],
                entry["namespaced"],
                tuple(entry.get("subresources", ())),
                tuple(entry.get("short_names", ())),
            )
            for entry in read_json(__file__, "resources.json")["resources"]
        }
    )


def resource(api_version: str, kind: str) -> Resource | None:
    """Return the resource of an object's apiVersion and kind; None where it is no built-in kind."""
    return resources().get((api_version.rpartition("/")[0], kind))


@cache
def authorization_only() -> tuple[AuthorizationOnly, ...]:
    """Return the names that only authorization knows."""
    return tuple(
        AuthorizationOnly(entry["group"], entry["plural"], tuple(entry["subresources"]), tuple(entry["verbs"]))
        for entry in read_json(__file__, "resources.json")["authorization_only"]
    )
