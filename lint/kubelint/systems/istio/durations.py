"""Durations in Istio's resources: protobuf durations that are read with Go's ``time.ParseDuration``.

Source: Istio, ``pkg/config/validation/agent/validation.go`` (``ValidateDuration``: at least one millisecond, whole
milliseconds) and the CRDs (``duration(self) >= duration('1ms')``).
"""

from __future__ import annotations

from kubelint.systems.kubernetes.duration import MILLISECOND, parse_duration
from kubelint.tree.node import Scalar


def duration(node: Scalar | None) -> int | None:
    """Return a duration in nanoseconds; None where there is none, or none that Istio would accept."""
    if node is None or node.opaque or duration_fault(node) is not None:
        return None
    return parse_duration(node.text)


def duration_fault(node: Scalar) -> str | None:
    """Return in words why Istio refuses a duration; None where it takes it, or where it is only known later."""
    if node.opaque:
        return None
    nanoseconds = parse_duration(node.text)
    if nanoseconds is None:
        return "is no duration"
    if nanoseconds < MILLISECOND:
        return "is shorter than 1ms"
    if nanoseconds % MILLISECOND:
        return "is no whole number of milliseconds"
    return None
