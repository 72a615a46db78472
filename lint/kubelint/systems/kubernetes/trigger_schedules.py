"""Schedules of KEDA's ``cron`` triggers.

Source: KEDA documentation, "Cron" scaler (`timezone`, `start`, `end`).
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.source import Span
from kubelint.systems.kubernetes.autoscaling import ScaledJob, ScaledObject
from kubelint.systems.kubernetes.cron import schedule_fault
from kubelint.systems.kubernetes.time_zones import zone_fault
from kubelint.tree.node import Scalar


def trigger_faults(scaled: ScaledObject | ScaledJob) -> Iterator[tuple[Scalar, str, Span]]:
    """Yield value, clause on what is wrong with it and part to blame, of each trigger of the type ``cron``."""
    for trigger in scaled.triggers():
        if trigger.text_at("type") != "cron":
            continue
        for name in ("start", "end"):
            node = trigger.scalar("metadata", name)
            fault = None if node is None or node.opaque or not node.text else schedule_fault(node.text)
            if node is not None and fault is not None:
                yield node, fault.clause, node.part(fault.start, fault.end)
        zone = trigger.scalar("metadata", "timezone")
        clause = None if zone is None or zone.opaque or not zone.text else zone_fault(zone.text)
        if zone is not None and clause is not None:
            yield zone, clause, zone.span
