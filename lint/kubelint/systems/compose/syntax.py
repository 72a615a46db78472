"""Values that the schema takes for texts and that Compose or the engine cannot read.

Source: "Specifying durations" and "Specifying byte values" of the Compose Specification; ``units.RAMInBytes`` of
go-units; ``ParseRestartPolicy`` of the docker CLI; "Reference grammar" of distribution.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.suggest import nearest
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.kubernetes.image_syntax import image_fault
from kubelint.tree.node import Node, Scalar

_DURATION = re.compile(
    r"(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h|d|w)(?:(?:\d+(?:\.\d*)?)(?:ns|us|µs|ms|s|m|h))*\Z|0\Z", re.ASCII
)
_SIZE = re.compile(r"-?\d+(?:\.\d+)? ?(?:[kmgtp]i?b?|b)?\Z", re.ASCII | re.IGNORECASE)
_RESTARTS = ("no", "always", "on-failure", "unless-stopped")
_DURATIONS = (
    ("healthcheck", "interval"),
    ("healthcheck", "timeout"),
    ("healthcheck", "start_period"),
    ("healthcheck", "start_interval"),
    ("stop_grace_period",),
)
_SIZES = (
    ("mem_limit",),
    ("mem_reservation",),
    ("memswap_limit",),
    ("shm_size",),
    ("deploy", "resources", "limits", "memory"),
    ("deploy", "resources", "reservations", "memory"),
)


@dataclass(frozen=True, slots=True, eq=False)
class ValueFault:
    """A value that cannot be read, and what to say of it."""

    node: Scalar
    headline: str
    clause: str
    help: str
    near: tuple[str, ...] = ()


def value_faults(service: ComposeService) -> Iterator[ValueFault]:
    """Yield the values of a service that cannot be read."""
    root = service.root
    restart = root.scalar("restart")
    if restart is not None and literal(restart) is not None:
        fault = _restart(restart)
        if fault is not None:
            yield fault
    for node in _known(root, _DURATIONS):
        # A number without quotes is told by the schema.
        if _DURATION.match(node.text) is None and not (node.plain and node.text.isdecimal()):
            clause = "a number with its unit was expected"
            yield ValueFault(node, f"`{node.text}` is no duration", clause, "write it like `1m30s`")
    for node in _known(root, _SIZES):
        if _SIZE.match(node.text) is None:
            clause = "a number with `k`, `m` or `g` was expected"
            yield ValueFault(node, f"`{node.text}` is no size", clause, "write it like `512m`")
    image = service.image
    if image is not None and literal(image) is not None:
        wrong = image_fault(image.text)
        if wrong is not None:
            yield ValueFault(image, f"`{image.text[:60]}` is no image", f"it {wrong}", "write `registry/name:tag`")


def _known(root: Node, paths: tuple[tuple[str, ...], ...]) -> Iterator[Scalar]:
    """Yield the values at these paths that no variable makes."""
    for path in paths:
        node = root.scalar(*path)
        if node is not None and literal(node) is not None:
            yield node


def _restart(node: Scalar) -> ValueFault | None:
    name, colon, count = node.text.partition(":")
    if name in _RESTARTS and (not colon or (name == "on-failure" and count.isdecimal())):
        return None
    near = tuple(nearest(name, _RESTARTS))
    known = ", ".join(f"`{each}`" for each in _RESTARTS)
    return ValueFault(
        node,
        f"`{node.text}` is no restart policy",
        f"policies are {known}",
        f"write `{near[0]}`" if near else f"write one of {known}",
        near,
    )
