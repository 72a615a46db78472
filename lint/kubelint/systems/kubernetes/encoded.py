"""Values that must be base64: the data of Secrets, binary data of ConfigMaps, certificates of webhooks.

Source: OpenAPI specification of Kubernetes, format ``byte``; RFC 4648, section 4; documentation of Go's
``encoding/base64`` (line ends are skipped, nothing else is).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.parts import BytesValue, parts
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Scalar

_STRAY = re.compile(r"[^A-Za-z0-9+/=]", re.ASCII)
#: Capital letters and underscores alone are a mark that something replaces.
_MARK = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z", re.ASCII)
_MULTIPLE = 4


def decode(node: Scalar) -> bytes | None:
    """Return the bytes that a value stands for; None where it is no base64."""
    try:
        return base64.b64decode(node.text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        return None


def badly_encoded(graph: Graph, item: KubernetesObject) -> Iterator[tuple[BytesValue, Scalar, str]]:
    """Yield the values that are no base64, with the reason as a clause."""
    for value in parts(graph, item).bytes:
        node = value.node
        if (
            isinstance(node, Scalar)
            and not node.is_null
            and not node.opaque
            and isinstance(node.value(GO_YAML_V2), str)
            and not _MARK.match(node.text)
            and decode(node) is None
        ):
            yield value, node, _reason(node.text)


def encoded(text: str) -> str:
    """Return a text as base64."""
    return base64.b64encode(text.encode()).decode()


def _reason(text: str) -> str:
    packed = text.replace("\n", "").replace("\r", "")
    stray = _STRAY.search(packed)
    if stray is not None:
        return "a blank is no part of base64" if stray[0].isspace() else f"`{stray[0]}` is no part of base64"
    if len(packed) % _MULTIPLE:
        return f"its length, {len(packed)}, is no multiple of {_MULTIPLE}"
    return "a `=` stands where none can be"
