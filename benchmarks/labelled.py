"""kubelint over files that others have labelled: ``python benchmarks/labelled.py polaris [CORPUS]``.

``polaris``: the folder ``test/checks`` of the polaris repository has one folder for each of its checks, with files that
the check is to find (``failure*``) and files that it is to pass (``success*``, and ``mutated*``: what its fix makes of
a failure). Each file is checked alone, by the rules that ``docs/coming-from.md`` maps the check to: in a failure at
least one of them must find something, in a success none.

CORPUS is the folder that holds the repository ``polaris``; default: ``../shared/corpus`` beside this one. Exit code 1
where a mapped check misses and nobody has argued why (:data:`ARGUED`), 2 where there is no corpus.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kubelint.check import check
from kubelint.config import Settings
from kubelint.discovery import rules

HERE = Path(__file__).resolve().parent.parent
MAPPING = HERE / "docs" / "coming-from.md"
ROW = re.compile(r"^\| `(?P<check>[^`]+)` \| (?P<rules>[^|]*) \|", re.MULTILINE)

UNTAGGED = "an image without tag is always pulled: the API server sets the policy"
CLOSED = "a direction of `policyTypes` without rules is closed, so the pod is isolated"
ELSEWHERE = "a role that is not in the file may be elsewhere; `role-not-found` asks for it in a closed unit"
AT_MINIMUM = "while the autoscaler runs its minimum, which is 1 where it is not set, no pod may be evicted"
#: Files on whose label we do not agree, by ``check/file``, and why.
ARGUED = {
    "clusterrolebindingPodExecAttach/failure.binding_points_to_missing_ref.yaml": ELSEWHERE,
    "hpaMinAvailability/success.minReplicaAbsent.yaml": "`minReplicas` defaults to 1: it says the same as the failure",
    "missingNetworkPolicy/failure.netpol_missing_egress_rules.yaml": CLOSED,
    "missingNetworkPolicy/failure.netpol_missing_ingress_rules.yaml": CLOSED,
    "pdbMinAvailableGreaterThanHPAMinReplicas/success.equals.yaml": AT_MINIMUM,
    "pdbMinAvailableGreaterThanHPAMinReplicas/success.no-min-replicas.yaml": AT_MINIMUM,
    "pullPolicyNotAlways/failure.cron-job.yaml": UNTAGGED,
    "pullPolicyNotAlways/failure.yaml": UNTAGGED,
    "rolebindingClusterRolePodExecAttach/failure.binding_points_to_missing_ref.yaml": ELSEWHERE,
    "rolebindingRolePodExecAttach/failure.binding_points_to_missing_ref.yaml": ELSEWHERE,
    "rolebindingRolePodExecAttach/success.role_binding_cluster_role_binding.yaml": (
        "it grants all of exec through a ClusterRole, for which polaris has another check and we have not"
    ),
}


@dataclass
class Outcome:
    """What came of one labelled check; ``wrong`` are the files on which kubelint says the opposite."""

    name: str
    rules: tuple[str, ...]
    found: int = 0
    failures: int = 0
    silent: int = 0
    successes: int = 0
    wrong: list[str] = field(default_factory=list)


def mapped(tool: str) -> dict[str, tuple[str, ...]]:
    """Return the rules that each check of a tool is mapped to; an empty tuple where there is none."""
    sections = re.split(r"^## ", MAPPING.read_text(encoding="utf-8"), flags=re.MULTILINE)
    section = next(text for text in sections if text.startswith(tool))
    return {row["check"]: tuple(re.findall(r"`([a-z-]+/[a-z0-9-]+)`", row["rules"])) for row in ROW.finditer(section)}


def fires(file: Path, identities: tuple[str, ...]) -> bool:
    """Tell whether one of the rules finds something in a file that stands alone."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(file, Path(folder) / file.name)
        report = check(Path(folder), Settings(select=identities))
        return any(finding.rule in identities for finding in report.findings)


def polaris(corpus: Path) -> Iterator[Outcome]:
    """Yield the outcome of each check of polaris that has labelled files."""
    mapping = mapped("polaris")
    known = {rule.identity() for rule in rules()}
    for folder in sorted((corpus / "polaris" / "test" / "checks").iterdir()):
        # A check.yaml beside the files is a check that the user wrote: an example of the format, not one of polaris'.
        if (folder / "check.yaml").exists():
            continue
        outcome = Outcome(folder.name, tuple(name for name in mapping.get(folder.name, ()) if name in known))
        for file in sorted(folder.glob("*.yaml")) if outcome.rules else ():
            bad = file.name.startswith("failure")
            fired = fires(file, outcome.rules)
            outcome.failures += bad
            outcome.successes += not bad
            outcome.found += bad and fired
            outcome.silent += not bad and not fired
            if bad is not fired:
                outcome.wrong.append(f"{folder.name}/{file.name}")
        yield outcome


def table(outcomes: list[Outcome]) -> str:
    """Return the outcomes as a Markdown table, with the arguments below."""
    lines = ["| check | rules | failures found | successes silent | |", "|---|---|---|---|---|"]
    for outcome in outcomes:
        names = ", ".join(f"`{name}`" for name in outcome.rules) or "—"
        if not outcome.rules:
            lines.append(f"| {outcome.name} | {names} | | | not mapped |")
            continue
        open_ones = [file for file in outcome.wrong if file not in ARGUED]
        state = "**" + ", ".join(Path(file).name for file in open_ones) + "**" if open_ones else ""
        argued = len(outcome.wrong) - len(open_ones)
        state += f"{' ' if state else ''}{argued} argued" if argued else ""
        lines.append(
            f"| {outcome.name} | {names} | {outcome.found}/{outcome.failures} "
            f"| {outcome.silent}/{outcome.successes} | {state} |"
        )
    wrong = [file for outcome in outcomes for file in outcome.wrong]
    lines += ["", *(f"- {file}: {ARGUED[file]}" for file in wrong if file in ARGUED)]
    mapped_ones = [outcome for outcome in outcomes if outcome.rules]
    clean = sum(not outcome.wrong for outcome in mapped_ones)
    lines += ["", f"{clean} of {len(mapped_ones)} mapped checks agree in every file."]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print the table and return the exit code."""
    if not arguments or arguments[0] != "polaris" or len(arguments) > 2:
        print(__doc__, file=sys.stderr)
        return 2
    corpus = Path(arguments[1]) if len(arguments) == 2 else HERE.parent / "shared" / "corpus"
    if not (corpus / "polaris" / "test" / "checks").is_dir():
        print(f"labelled.py: no polaris/test/checks in {corpus}", file=sys.stderr)
        return 2
    outcomes = list(polaris(corpus))
    print(table(outcomes))
    unargued = [file for outcome in outcomes for file in outcome.wrong if file not in ARGUED]
    return 1 if unargued else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
