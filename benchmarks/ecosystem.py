"""Many repositories and what has changed: ``python benchmarks/ecosystem.py FOLDER… [--record FILE] [--against FILE]``.

Each FOLDER that is a repository (it has ``.git`` or files of its own) is checked by itself; ``--each`` takes its
sub-folders instead. Shown are, for each, the time, the peak memory, files, findings and crashes, then how often each
rule fired. ``--record`` writes all findings, without lines, as JSON; ``--against`` compares with such a record: what is
new is to be read before a release, because a finding in a repository that works is most likely a false one.

Each repository is checked in a process of its own, so that one that is killed (``--memory`` megabytes, ``--patience``
seconds) is reported like a crash and the others go on. Exit code 1 where something crashed, hung or is new or gone.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CRASHED = "repository/rule-crashed"
#: A finding, without what changes when a line is added above it: rule, file, resource, headline.
Known = tuple[str, str, str, str]


@dataclass
class Outcome:
    """What became of one repository."""

    name: str
    seconds: float = 0.0
    megabytes: int = 0
    files: int = 0
    findings: Counter[Known] = field(default_factory=Counter)
    trouble: str = ""

    @property
    def crashes(self) -> int:
        """How many rules or systems crashed."""
        return sum(count for known, count in self.findings.items() if known[0] == CRASHED)


def examine(folder: Path, *, select: str, patience: float, memory: int) -> Outcome:
    """Check one repository in a process of its own."""
    outcome = Outcome(folder.name)
    command = [sys.executable, "-m", "kubelint", "check", str(folder), "--root", str(folder), "--isolated"]
    command += ["--allow-empty", "--format", "json", "--no-baseline", *(["--select", select] if select else [])]

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))

    began = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=patience, check=False, preexec_fn=bound)
    except subprocess.TimeoutExpired:
        outcome.seconds = patience
        outcome.trouble = f"no end after {patience:.0f} s"
        return outcome
    outcome.seconds = time.perf_counter() - began
    # The kernel tells the highest peak of all children so far: that of this one only where it is a new record.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    outcome.megabytes = peak // 1024 if peak > before else 0
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        outcome.trouble = f"exit code {done.returncode}: {done.stderr.strip().splitlines()[-1:] or ''}"
        return outcome
    report: dict[str, Any] = json.loads(done.stdout)
    outcome.files = report["coverage"]["files"]
    for finding in report["findings"]:
        place = finding["span"]["path"]
        outcome.findings[finding["rule"], place, finding.get("subject") or "", finding["headline"]] += 1
    return outcome


def dump(outcomes: list[Outcome]) -> str:
    """Return a record of a run, one finding to a line, so that two records can be read side by side."""
    made = {
        outcome.name: [[*known, count] for known, count in sorted(outcome.findings.items())] for outcome in outcomes
    }
    return json.dumps(made, indent=0, sort_keys=True) + "\n"


def load(path: Path) -> dict[str, Counter[Known]]:
    """Return the findings of a recorded run, by repository."""
    made: dict[str, Counter[Known]] = {}
    for name, rows in json.loads(path.read_text(encoding="utf-8")).items():
        made[name] = Counter({(row[0], row[1], row[2], row[3]): row[4] for row in rows})
    return made


def compare(outcomes: list[Outcome], recorded: dict[str, Counter[Known]]) -> bool:
    """Print what is new and what is gone since the record; tell whether there is any."""
    changed = False
    for outcome in outcomes:
        if outcome.name not in recorded:
            print(f"{outcome.name}: not in the record")
            continue
        before = recorded[outcome.name]
        for mark, rows in (("+", outcome.findings - before), ("-", before - outcome.findings)):
            for (rule, file, subject, headline), count in sorted(rows.items()):
                changed = True
                times = f" ({count} times)" if count > 1 else ""
                print(f"{mark} {outcome.name}/{file}: {rule}: {headline}{f' [{subject}]' if subject else ''}{times}")
    return changed


def main() -> int:
    """Check, show, record and compare."""
    parser = argparse.ArgumentParser(description="Check many repositories.")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--each", action="store_true", help="take the sub-folders of each FOLDER")
    parser.add_argument("--select", default="", help="rules, groups or systems [the default ones]")
    parser.add_argument("--record", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--patience", type=float, default=300)
    parser.add_argument("--memory", type=int, default=4096)
    options = parser.parse_args()
    folders = [
        path
        for folder in options.folders
        for path in (sorted(folder.iterdir()) if options.each else [folder.resolve()])
        if path.is_dir()
    ]
    outcomes: list[Outcome] = []
    rules: Counter[str] = Counter()
    print(f"{'seconds':>8} {'MB':>6} {'files':>6} {'findings':>8}  repository")
    for folder in folders:
        outcome = examine(folder, select=options.select, patience=options.patience, memory=options.memory)
        outcomes.append(outcome)
        rules.update({known[0]: 0 for known in outcome.findings})
        for known, count in outcome.findings.items():
            rules[known[0]] += count
        peak = outcome.megabytes or "<="
        line = f"{outcome.seconds:8.2f} {peak:>6} {outcome.files:6} {outcome.findings.total():8}  {outcome.name}"
        print(line + (f"  {outcome.crashes} CRASHES" if outcome.crashes else "") + f"  {outcome.trouble}".rstrip())
    for rule, count in rules.most_common():
        print(f"{count:8}  {rule}")
    if options.record is not None:
        options.record.write_text(dump(outcomes), encoding="utf-8")
    changed = options.against is not None and compare(outcomes, load(options.against))
    return 1 if changed or any(outcome.trouble or outcome.crashes for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
