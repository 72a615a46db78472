"""``kubelint explain``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kubelint.cli.context import usage_error

if TYPE_CHECKING:
    from kubelint.catalogue import RuleEntry


@click.command("explain")
@click.argument("rule")
@click.option("--json", "as_json", is_flag=True, help="As a JSON object.")
def command(rule: str, as_json: bool) -> None:
    """Show the manual page of a RULE: why, an example, when it stays silent, where the claim comes from."""
    from kubelint.catalogue import entries
    from kubelint.group import DEFAULT_GROUPS, sections_of

    known = {found.identity(): found for found in entries()}
    matching = [name for name in known if name == rule or name.rpartition("/")[2] == rule]
    if len(matching) != 1:
        from kubelint.suggest import did_you_mean, nearest

        slugs = {name.rpartition("/")[2]: name for name in known}
        meant = did_you_mean(matching or nearest(rule, known) or [slugs[slug] for slug in nearest(rule, slugs)])
        usage_error(f"there is no rule `{rule}`. {meant or 'See `kubelint rules`.'}")
    found = known[matching[0]]
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
    click.echo(found.page())
    if found.has_options:
        from kubelint.options import describe

        click.echo(f"\n## Options\n{describe(found.load())}")


def _options(found: RuleEntry) -> object:
    """Return the schema of each option of a rule by name."""
    if not found.has_options:
        return {}
    from kubelint.options import options_schema

    return options_schema(found.load())["properties"]
