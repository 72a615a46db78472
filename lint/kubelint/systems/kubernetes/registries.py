"""Registries that a Secret has credentials for.

Source: Kubernetes documentation, "Pull an Image from a Private Registry" and "Images" (Interpretation of config.json);
API reference, Secret types `kubernetes.io/dockerconfigjson` and `kubernetes.io/dockercfg`.
"""

from __future__ import annotations

import base64
import binascii
import json
from fnmatch import fnmatchcase

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.image import ImageReference
from kubelint.systems.kubernetes.model import Secret
from kubelint.tree.node import Scalar
from kubelint.tree.opaque import is_opaque

#: The type of a Secret that holds credentials, and the key that they stand under.
PULL_SECRET_TYPES = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}
_DOCKER_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
_LARGEST = 1 << 20


def registries(graph: Graph, secret: Secret) -> frozenset[str] | None:
    """Return the registries (with a path where one is given) that a Secret is for; None where that is not known."""
    return graph.once(("registries", id(secret)), lambda: _registries(secret))


def _registries(secret: Secret) -> frozenset[str] | None:
    key = PULL_SECRET_TYPES.get(secret.root.text_at("type") or "")
    if key is None:
        return None
    text = _plain(secret, key)
    if text is None:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    entries = data.get("auths") if key == ".dockerconfigjson" and isinstance(data, dict) else data
    if not isinstance(entries, dict) or not entries or any(is_opaque(str(entry)) for entry in entries):
        return None
    return frozenset(_normal(str(entry)) for entry in entries)


def _plain(secret: Secret, key: str) -> str | None:
    given = secret.root.scalar("stringData", key)
    if given is not None:
        return None if len(given.text) > _LARGEST else given.text
    encoded = secret.root.at("data", key)
    if not isinstance(encoded, Scalar) or encoded.opaque or len(encoded.text) > _LARGEST:
        return None
    try:
        return base64.b64decode("".join(encoded.text.split()), validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def _normal(entry: str) -> str:
    """Return host and path of an entry: the scheme and the versions of the registry API say nothing."""
    rest = entry.partition("://")[2] or entry
    rest = rest.removesuffix("/").removesuffix("/v1").removesuffix("/v2").rstrip("/")
    host, slash, path = rest.partition("/")
    return ("docker.io" if host in _DOCKER_HUB else host) + slash + path


def is_for(entries: frozenset[str], image: ImageReference) -> bool:
    """Tell whether one of the entries is for an image: its registry, or a path above it; a star fits in a host."""
    for entry in entries:
        host, _, path = entry.partition("/")
        if fnmatchcase(image.registry, host) and (not path or f"{image.repository}/".startswith(f"{path}/")):
            return True
    return False
