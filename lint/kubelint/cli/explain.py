"""``kubelint explain``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kubelint.cli.context import usage_error, wants_color

if TYPE_CHECKING:
    from kubelint.catalogue import RuleEntry


@click.command("explain")
@click.argument("rule")
@click.option("--json", "as_json", is_flag=True, help="As a JSON object.")
def command(rule: str, as_json: bool) -> None:
    """Show the manual page of a RULE: why, an example, when it stays silent, where the claim comes from."""
    from kubelint.group import DEFAULT_GROUPS, sections_of

    found = _find(rule)
    default = found.group in DEFAULT_GROUPS
    if as_json:
        page = {
            "id": found.identity(),
            "summary": found.summary(),
            "severity": found.severity.label,
            "group": found.group.value,
            "default": default,
            "fixable": found.fixable,
            "since": found.since,
            "sections": dict(sections_of(found.page())),
            "options": _options(found),
        }
        click.echo(json.dumps(page, indent=2, ensure_ascii=False))
        return
    click.echo(click.style(found.identity(), bold=True))
    state = "on by default" if default else f"off by default; select it with `--extend-select {found.group.value}`"
    click.echo(f"{found.severity.label} · {found.group.value} · {state} · since {found.since}")
    click.echo()
    text = found.page()
    if found.has_options:
        from kubelint.options import describe

        text += f"\n\n## Options\n{describe(found.load())}"
    color = wants_color("auto")
    click.echo(_rendered(text) if color else text, color=color)


def _rendered(page: str) -> str:
    """Return a page for a terminal: headings bold, code coloured, the name of a file in the place of its fence."""
    lines: list[str] = []
    fenced = False
    for line in page.split("\n"):
        if line.startswith("```"):
            fenced = not fenced
            name = line[3:].strip().partition(" ")[2]
            if fenced and name:
                lines.append(click.style(f"  {name}", dim=True))
            continue
        if fenced:
            code, mark, comment = line.partition(" # ")
            styled = click.style(f"  │ {code}", fg="cyan")
            lines.append(styled + (click.style(f"{mark}{comment}", dim=True) if mark else ""))
        elif line.startswith("## "):
            lines.append(click.style(line[3:], bold=True))
        else:
            parts = line.split("`")
            even = len(parts) % 2 == 1
            lines.append(
                "".join(click.style(p, fg="cyan") if i % 2 else p for i, p in enumerate(parts)) if even else line
            )
    return "\n".join(lines)


def _options(found: RuleEntry) -> object:
    """Return the schema of each option of a rule by name."""
    if not found.has_options:
        return {}
    from kubelint.options import options_schema

    return options_schema(found.load())["properties"]


def _find(rule: str) -> RuleEntry:
    """Return the rule of an id, or of a name that only one has."""
    from kubelint.catalogue import entries, find

    found = find(rule)
    if found is not None:
        return found
    known = {found.identity(): found for found in entries()}
    matching = [name for name in known if name.rpartition("/")[2] == rule]
    if len(matching) != 1:
        from kubelint.suggest import did_you_mean, nearest

        slugs = {name.rpartition("/")[2]: name for name in known}
        meant = did_you_mean(matching or nearest(rule, known) or [slugs[slug] for slug in nearest(rule, slugs)])
        usage_error(f"there is no rule `{rule}`. {meant or 'See `kubelint rules`.'}")
    return known[matching[0]]
