"""Update strategies that never get anywhere.

Source: API reference, RollingUpdateDeployment and RollingUpdateDaemonSet: not both of `maxSurge` and `maxUnavailable`
may be 0; a DaemonSet takes only one of them above 0.
"""

from __future__ import annotations

from typing import NamedTuple

from kubelint.systems.kubernetes.model import DaemonSet, Deployment, Workload
from kubelint.systems.kubernetes.numbers import is_zero
from kubelint.tree.node import Node, Scalar


class Stalemate(NamedTuple):
    """The two fields that do not go together, and why."""

    node: Scalar
    other: Scalar | None
    headline: str
    label: str
    help: str


def stalemate(workload: Workload) -> Stalemate | None:
    """Return why the API server refuses a rolling update; None where it can move on."""
    if isinstance(workload, Deployment):
        rolling = workload.root.at("spec", "strategy", "rollingUpdate")
        return None if rolling is None else _both_zero(rolling, "25%", "25%")
    if isinstance(workload, DaemonSet):
        rolling = workload.root.at("spec", "updateStrategy", "rollingUpdate")
        return None if rolling is None else _both_zero(rolling, "0", "1") or _both_given(rolling)
    return None


def _both_zero(rolling: Node, surge_default: str, unavailable_default: str) -> Stalemate | None:
    surge, unavailable = rolling.scalar("maxSurge"), rolling.scalar("maxUnavailable")
    no_surge = is_zero(surge) if surge is not None else surge_default == "0"
    none_gone = is_zero(unavailable) if unavailable is not None else unavailable_default == "0"
    node = unavailable or surge
    if not (no_surge and none_gone) or node is None:
        return None
    other = surge if node is unavailable else None
    return Stalemate(
        node,
        other,
        "the update can neither add a pod nor take one away",
        "`maxUnavailable` and `maxSurge` are both 0",
        "set one of them to 1 or more",
    )


def _both_given(rolling: Node) -> Stalemate | None:
    surge, unavailable = rolling.scalar("maxSurge"), rolling.scalar("maxUnavailable")
    if surge is None or surge.opaque or is_zero(surge):
        return None
    if unavailable is not None and (unavailable.opaque or is_zero(unavailable)):
        return None
    return Stalemate(
        surge,
        unavailable,
        "a DaemonSet takes `maxSurge` only with `maxUnavailable: 0`",
        "above 0" if unavailable is not None else "`maxUnavailable` is 1 unless it is set",
        "set `maxUnavailable: 0`",
    )
