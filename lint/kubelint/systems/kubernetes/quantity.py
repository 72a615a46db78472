"""Quantities: ``500m``, ``2Gi``, ``1e3``, as the API server reads and compares them.

Source: Kubernetes documentation, "Quantity" (API reference, resource-quantity): a number, then a suffix of powers of
two (``Ki`` to ``Ei``), of powers of ten (``n`` to ``E``), or a decimal exponent.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from kubelint.tree.node import Node, Scalar

_QUANTITY = re.compile(
    r"(?P<number>[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}))(?P<suffix>[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,3})?\Z",
    re.ASCII,
)
_BINARY = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40, "Pi": 1 << 50, "Ei": 1 << 60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


@lru_cache(maxsize=4_096)
def parse_quantity(text: str) -> Fraction | None:
    """Return the exact value of a quantity; None where the text is none."""
    found = _QUANTITY.match(text)
    if found is None:
        return None
    number, suffix = Fraction(found["number"].removesuffix(".")), found["suffix"] or ""
    if suffix in _BINARY:
        return number * _BINARY[suffix]
    return number * Fraction(10) ** (_DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:]) if suffix else 0)


def quantity(node: Node | None) -> Fraction | None:
    """Return the value of a node; None where there is none, or no quantity, or only a placeholder for one."""
    if not isinstance(node, Scalar) or node.opaque:
        return None
    return parse_quantity(node.text)


_MANY_CORES = 10


def show_quantity(value: Fraction, resource: str) -> str:
    """Return a value as people write it: ``1500m`` or ``129.9`` of cpu, ``1.5Gi`` of memory, ``3`` pods."""
    if resource.endswith("cpu"):
        whole = value.denominator == 1 or value >= _MANY_CORES
        return _decimal(value) if whole else f"{_decimal(value * 1000)}m"
    if resource.endswith(("memory", "storage")):
        for suffix, size in reversed(_BINARY.items()):
            if value >= size:
                return f"{_decimal(value / size)}{suffix}"
    return _decimal(value)


def _decimal(value: Fraction) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".") if value.denominator != 1 else str(value.numerator)
