"""Quantities of an object that cannot be read, and those that can be but are very likely not what was meant.

Source: API reference, Quantity; Kubernetes documentation, "Resource Management for Pods and Containers", sections
"CPU resource units" and "Memory resource units" (`400m` of memory is 0.4 bytes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.parts import QuantityValue, parts
from kubelint.systems.kubernetes.quantity import parse_quantity
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Scalar
from kubelint.words import quoted

_LOOSE = re.compile(r"\s*(?P<number>[0-9]{1,20}(?:\.[0-9]{1,20})?)\s*(?P<unit>[A-Za-z]{1,12})\s*\Z", re.ASCII)
_BINARY = frozenset("kmgtpe")
_BYTES = ("memory", "storage", "sizeLimit")
_CORES = frozenset({"cpu", "requests.cpu", "limits.cpu"})
#: Where a small amount of memory or a large one of cpu is asked for and not bounded.
_ASKED_FOR = frozenset(
    {
        "core.ResourceRequirements",
        "core.VolumeResourceRequirements",
        "core.EmptyDirVolumeSource",
        "core.PersistentVolumeSpec",
    }
)
_MEBIBYTE = 1 << 20
_MANY_CORES = 100
_ROUND = 50


class AmountFault(NamedTuple):
    """A quantity, what is wrong with it in words, and what was probably meant, likeliest first."""

    resource: str
    node: Scalar
    clause: str
    explanation: str
    meant: tuple[str, ...] = ()
    #: Whether it surely is not what was meant.
    certain: bool = True


def unreadable_amounts(graph: Graph, item: KubernetesObject) -> Iterator[AmountFault]:
    """Yield the quantities that the API server cannot read, and those below zero."""
    for value, node in _written(graph, item):
        amount = _amount(node)
        if amount is None:
            meant = tuple(_repaired(value.key.text, node.text))
            yield AmountFault(value.key.text, node, "is no quantity", _explanation(node.text), meant)
        elif amount < 0:
            yield AmountFault(value.key.text, node, "must not be negative", f"this is {quoted(node.text)}")


def implausible_amounts(graph: Graph, item: KubernetesObject) -> Iterator[AmountFault]:
    """Yield the quantities that nobody means: parts of a byte, a few bytes of memory, hundreds of cores."""
    for value, node in _written(graph, item):
        amount, name = _amount(node), value.key.text
        if amount is None or amount <= 0 or value.name == "divisor" or name == "divisor":
            continue
        if name.endswith(_BYTES):
            fault = _few_bytes(value, node, amount)
            if fault is not None:
                yield fault
        elif (
            name in _CORES
            and value.holder.definition == "core.ResourceRequirements"
            and node.text.isdigit()
            and amount >= _MANY_CORES
            and amount % _ROUND == 0
        ):
            yield AmountFault(
                name, node, f"is {node.text} cores", "no unit means cores", (f"{node.text}m",), certain=False
            )


def _few_bytes(value: QuantityValue, node: Scalar, amount: Fraction) -> AmountFault | None:
    name, milli = value.key.text, node.text.endswith("m")
    if amount.denominator != 1:
        meant = (f"{node.text[:-1]}Mi",) if milli else (f"{node.text}Gi",) if node.text[-1:].isdigit() else ()
        clause = "is less than a byte" if amount < 1 else "is no whole number of bytes"
        return AmountFault(
            name, node, clause, "`m` means thousandths of a byte" if milli else "no unit means bytes", meant
        )
    if amount >= _MEBIBYTE or value.holder.definition not in _ASKED_FOR:
        return None
    number = int(amount)
    bare = node.text.isdigit()
    clause = f"is {number} byte{'' if number == 1 else 's'}"
    return AmountFault(
        name, node, clause, "no unit means bytes" if bare else "too little to run or to keep anything",
        (f"{node.text}Mi",) if bare else (), certain=False,
    )  # fmt: skip


def _written(graph: Graph, item: KubernetesObject) -> Iterator[tuple[QuantityValue, Scalar]]:
    for value in parts(graph, item).quantities:
        node = value.node
        if isinstance(node, Scalar) and not node.is_null and not node.opaque and not value.key.opaque and node.text:
            yield value, node


def _amount(node: Scalar) -> Fraction | None:
    """Return the value as the API server gets it: any form of a plain number, or the text of a quantity."""
    value = node.value(GO_YAML_V2)
    if isinstance(value, bool):
        return Fraction(0)  # the schema says that it is of a wrong type
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float):
        return Fraction(value) if value == value and abs(value) != float("inf") else None
    return parse_quantity(node.text)


def _explanation(text: str) -> str:
    found = _LOOSE.match(text)
    if found is None:
        return f"this is {quoted(text)}"
    unit = found["unit"]
    if text != f"{found['number']}{unit}" and parse_quantity(f"{found['number']}{unit}") is not None:
        return "a blank stands in it"
    return f"there is no unit `{unit}`"


def _repaired(resource: str, text: str) -> Iterator[str]:
    """Yield what may have been meant: `1gb` is `1Gi` or `1G`, `500 m` is `500m`."""
    found = _LOOSE.match(text)
    if found is None:
        return
    number, unit = found["number"], found["unit"]
    if parse_quantity(f"{number}{unit}") is not None:
        yield f"{number}{unit}"
        return
    low = unit.lower()
    if resource in _CORES:
        if low in ("mcpu", "mcpus", "mcore", "mcores", "millicore", "millicores", "millicpu", "milli"):
            yield f"{number}m"
        elif low in ("cpu", "cpus", "core", "cores", "vcpu", "vcpus"):
            yield number
        return
    letter = low[0]
    if letter not in _BINARY:
        return
    binary, decimal = f"{number}{letter.upper()}i", f"{number}{'k' if letter == 'k' else letter.upper()}"
    if low in (f"{letter}i", f"{letter}ib"):
        yield binary
    elif low in (letter, f"{letter}b"):
        yield binary
        yield decimal
