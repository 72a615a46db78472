"""What a run costs: the phases and the rules, for ``--profile-rules`` (floor 0)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple


class RuleCost(NamedTuple):
    """What one rule has cost."""

    rule: str
    seconds: float
    subjects: int
    findings: int


@dataclass(slots=True)
class Profile:
    """Collects the cost of phases and rules.

    Rules share what the graph works out once: the first that asks pays for it. ``wanted`` is False for one that nobody
    will look at.
    """

    wanted: bool = True
    phases: dict[str, float] = field(default_factory=dict)
    rules: list[RuleCost] = field(default_factory=list)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the time that the block takes to a phase."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.phases[name] = self.phases.get(name, 0.0) + time.perf_counter() - start

    def rule(self, rule: str, seconds: float, subjects: int, findings: int) -> None:
        """Note what one rule has cost."""
        self.rules.append(RuleCost(rule, seconds, subjects, findings))

    def table(self) -> str:
        """Return the costs as text, the dearest rules first."""
        total = sum(self.phases.values()) or 1.0
        lines = [f"{'phase':<44}{'seconds':>9}{'share':>8}"]
        lines += [f"{name:<44}{seconds:>9.3f}{seconds / total:>8.1%}" for name, seconds in self.phases.items()]
        lines += ["", f"{'rule':<44}{'seconds':>9}{'share':>8}{'subjects':>10}{'findings':>10}"]
        for cost in sorted(self.rules, key=lambda cost: (-cost.seconds, cost.rule)):
            share = cost.seconds / total
            lines.append(f"{cost.rule:<44}{cost.seconds:>9.3f}{share:>8.1%}{cost.subjects:>10}{cost.findings:>10}")
        return "\n".join(lines) + "\n"
