"""Small numbers out of manifests: seconds, counts, and numbers that may be shares."""

from __future__ import annotations

from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Node, Scalar

_LARGEST = 1 << 53


def whole_number(node: Node | None) -> int | None:
    """Return the number that a value is; None where there is none, or it is something else or only known later."""
    if not isinstance(node, Scalar) or node.opaque:
        return None
    value = node.value(GO_YAML_V2)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST else None


def number_at(node: Node, name: str, default: int) -> int | None:
    """Return the number of a field: the default where it is not set, None where it is not known."""
    value = node.get(name)
    if value is None or (isinstance(value, Scalar) and value.is_null):
        return default
    return whole_number(value)


def is_zero(node: Node | None) -> bool:
    """Tell whether a number or a share is nothing: ``0``, ``0%``."""
    if not isinstance(node, Scalar) or node.opaque:
        return False
    digits = node.text.removesuffix("%")
    return digits.isascii() and digits.isdigit() and not digits.strip("0")
