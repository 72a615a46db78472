"""``kubelint rules``."""

from __future__ import annotations

import json

import click

from kubelint.cli.context import usage_error
from kubelint.suggest import did_you_mean, nearest


@click.command("rules")
@click.option("--json", "as_json", is_flag=True, help="As a JSON array.")
@click.option("--markdown", "as_markdown", is_flag=True, help="As a Markdown table.")
@click.option("--fixable", is_flag=True, help="Only rules that offer a fix.")
@click.option("--default/--opt-in", "default", default=None, help="Only rules that run by default, or only the others.")
@click.option("--search", metavar="WORDS", help="Only rules whose page has all these words.")
@click.argument("names", nargs=-1)
def command(
    names: tuple[str, ...], as_json: bool, as_markdown: bool, fixable: bool, default: bool | None, search: str | None
) -> None:
    """List the rules, all or those of the NAMES (systems, groups or rules)."""
    from kubelint.catalogue import entries
    from kubelint.group import DEFAULT_GROUPS

    everything = entries()
    known = {name for rule in everything for name in (rule.identity(), rule.family(), rule.group.value)}
    for name in names:
        if name not in known:
            usage_error(f"there is no rule, system or group `{name}`. {did_you_mean(nearest(name, known))}".rstrip())
    words = (search or "").lower().split()
    found = [
        rule
        for rule in everything
        if (not names or {rule.identity(), rule.family(), rule.group.value} & set(names))
        and (rule.fixable or not fixable)
        and (default is None or (rule.group in DEFAULT_GROUPS) == default)
        and all(word in f"{rule.identity()} {rule.summary()} {rule.page()}".lower() for word in words)
    ]
    if as_json:
        table = [
            {
                "id": rule.identity(),
                "severity": rule.severity.label,
                "group": rule.group.value,
                "default": rule.group in DEFAULT_GROUPS,
                "fixable": rule.fixable,
                "since": rule.since,
                "summary": rule.summary(),
            }
            for rule in found
        ]
        click.echo(json.dumps(table, indent=2, ensure_ascii=False))
        return
    if as_markdown:
        click.echo("| rule | severity | group | default | fix | summary |\n|---|---|---|---|---|---|")
        for rule in found:
            runs, fix = "yes" if rule.group in DEFAULT_GROUPS else "", "yes" if rule.fixable else ""
            summary = rule.summary().replace("|", "\\|")
            click.echo(
                f"| `{rule.identity()}` | {rule.severity.label} | {rule.group.value} | {runs} | {fix} | {summary} |"
            )
        return
    width = max((len(rule.identity()) for rule in found), default=0)
    for rule in found:
        mark = " " if rule.group in DEFAULT_GROUPS else "-"
        click.echo(f"{mark} {rule.identity():{width}}  {rule.severity.label:7}  {rule.summary()}")
    off = sum(1 for rule in found if rule.group not in DEFAULT_GROUPS)
    click.echo(f"{len(found)} rules" + (f", {off} of them off by default (-)" if off else ""), err=True)
