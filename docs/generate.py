"""Write ``docs/rules``, one page for each rule made of its docstring and its golden output, and parts of the README.

Run ``python docs/generate.py`` after a rule or its fixture has changed; a test compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from kubelint.check import check
from kubelint.discovery import rules
from kubelint.options import configuration_schema, describe
from kubelint.report import Options, render
from kubelint.rule import DEFAULT_GROUPS, Rule
from kubelint_schemas import config as config_schema

DOCS = Path(__file__).resolve().parent
FIXTURES = DOCS.parent / "fixtures"
EXAMPLE = FIXTURES / "repositories" / "shop"
SHOWN = 6
IN_README = (
    "drone/unknown-kind",
    "kubernetes/service-selects-nothing",
    "kubernetes/autoscaler-target-lacks-request",
    "istio/timeout-shorter-than-retries",
)


def page(rule: type[Rule[Any]]) -> str:
    """Return the page of a rule."""
    default = rule.group in DEFAULT_GROUPS
    state = "on by default" if default else f"off by default (`--extend-select {rule.group.value}`)"
    facts = [rule.severity.label, rule.group.value, state, f"since {rule.since}"]
    if rule.fixable:
        facts.append("offers a fix")
    parts = [f"# {rule.identity()}", " · ".join(facts), rule.page()]
    if options := describe(rule):
        parts.append(f"## Options\n{options}")
    golden = FIXTURES / rule.identity() / "expected.txt"
    if golden.exists():
        frames = golden.read_text(encoding="utf-8").split("\n\n")
        frame = next((frame for frame in frames if f"[{rule.identity()}]" in frame), None)
        if frame is not None:
            parts.append(f"## What it prints\n```text\n{frame.rstrip()}\n```")
    return "\n\n".join(parts) + "\n"


def index() -> str:
    """Return the list of all rules."""
    lines = [
        "# Rules",
        "",
        "Every rule, with what it looks for. `kubelint explain RULE` prints the page in the terminal. A rule whose",
        "column *default* names a group is opt-in: select it by name or by that group.",
    ]
    family = ""
    for rule in rules():
        if rule.family() != family:
            family = rule.family()
            lines += ["", f"## {family}", "", "| rule | severity | default | fix | what it finds |"]
            lines.append("|---|---|---|---|---|")
        default = "✓" if rule.group in DEFAULT_GROUPS else rule.group.value
        fix = "✓" if rule.fixable else ""
        link = f"[{rule.slug()}]({family}/{rule.slug()}.md)"
        summary = rule.summary().replace("|", "\\|")
        lines.append(f"| {link} | {rule.severity.label} | {default} | {fix} | {summary} |")
    return "\n".join(lines) + "\n"


def readme() -> str:
    """Return the README with the output of its example and the table of what is found filled in."""
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    report = check(EXAMPLE)
    frames = render("text", report, Options()).rstrip().split("\n\n")
    chosen = [frame for frame in frames[:-1] if frame.partition("[")[2].partition("]")[0] in IN_README]
    left = len(frames) - 1 - len(chosen)
    shown = "\n\n".join([*chosen, f"[{left} more findings are left out here]", frames[-1]])
    text = _filled(text, "output: fixtures/repositories/shop", f"```text\n$ kubelint check\n{shown}\n```")
    families: dict[str, list[str]] = {}
    for rule in rules():
        families.setdefault(rule.family(), []).append(rule.slug().replace("-", " "))
    rows = ["| | rules | among them |", "|---|---|---|"]
    for family, names in families.items():
        rows.append(f"| [{family}](docs/rules/README.md#{family}) | {len(names)} | {', '.join(names[:SHOWN])} … |")
    return _filled(text, "rules", "\n".join(rows))


def _filled(text: str, marker: str, content: str) -> str:
    head, _, rest = text.partition(f"<!-- {marker} -->")
    _, _, tail = rest.partition("<!-- end -->")
    return f"{head}<!-- {marker} -->\n{content}\n<!-- end -->{tail}"


def pages() -> dict[Path, str]:
    """Return path and text of all that is generated: rule pages, blocks of the README, the configuration's schema."""
    made = {DOCS / "rules" / f"{rule.identity()}.md": page(rule) for rule in rules()}
    made[DOCS / "rules" / "README.md"] = index()
    made[DOCS.parent / "README.md"] = readme()
    schema = configuration_schema(config_schema.schema(), rules())
    made[DOCS / "kubelint.schema.json"] = json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
    return made


def main() -> None:
    """Write the pages and remove those of rules that are gone."""
    made = pages()
    for path in (DOCS / "rules").rglob("*.md"):
        if path not in made:
            path.unlink()
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(made)} pages\n")


if __name__ == "__main__":
    main()
