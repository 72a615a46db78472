"""Write ``docs/rules``: one page for each rule, made of its docstring and the golden output of its fixture.

Run ``python docs/generate.py`` after a rule or its fixture has changed; a test compares.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from kubelint.discovery import rules
from kubelint.options import describe
from kubelint.rule import DEFAULT_GROUPS, Rule

DOCS = Path(__file__).resolve().parent
FIXTURES = DOCS.parent / "fixtures"


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
        "Every rule, with what it looks for. `kubelint explain RULE` prints the same page in the terminal. Rules without",
        "a mark in the column *default* are opt-in: select them by name or by group.",
    ]
    family = ""
    for rule in rules():
        if rule.family() != family:
            family = rule.family()
            lines += ["", f"## {family}", "", "| rule | severity | default | fix | what it finds |", "|---|---|---|---|---|"]
        default = "✓" if rule.group in DEFAULT_GROUPS else rule.group.value
        fix = "✓" if rule.fixable else ""
        link = f"[{rule.slug()}]({family}/{rule.slug()}.md)"
        summary = rule.summary().replace("|", "\\|")
        lines.append(f"| {link} | {rule.severity.label} | {default} | {fix} | {summary} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Return path and text of everything that belongs into ``docs/rules``."""
    made = {DOCS / "rules" / f"{rule.identity()}.md": page(rule) for rule in rules()}
    made[DOCS / "rules" / "README.md"] = index()
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
