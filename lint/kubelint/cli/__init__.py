"""The command line, one module per command, imported when it is asked for (floor 11)."""

from __future__ import annotations

import importlib

import click

from kubelint import __version__

COMMANDS = {
    "check": "Check a repository and report what is wrong.",
    "init": "Write a configuration for what the repository holds, and the pre-commit hook.",
    "baseline": "Hide the findings of today, so that only new ones are reported.",
    "explain": "Show the manual page of a rule.",
    "rules": "List the rules.",
    "files": "Show what each file is taken for, and why.",
    "refs": "Show who refers to a resource and what it refers to.",
    "graph": "Draw what refers to what, with the findings on it.",
    "render": "Print what a kustomization builds.",
    "server": "Serve an editor (Language Server Protocol).",
    "cache": "Show or empty the cache of reports.",
    "config": "Show the settings in effect, or their JSON Schema.",
    "completion": "Print the completion script of a shell.",
}


class _Commands(click.Group):
    """A group that imports a command's module only when it is run or its own help is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"kubelint.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            from kubelint.suggest import did_you_mean, nearest

            ctx.fail(f"there is no command `{name}`. {did_you_mean(nearest(name, COMMANDS))}".rstrip())
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes of check: 0 clean, 1 findings, 2 usage, configuration or internal error, 3 nothing to check.",
)
@click.version_option(__version__, prog_name="kubelint", message="%(prog)s %(version)s")
def cli() -> None:
    """Find what is wrong in and between the configuration files of cloud-native systems."""


def main() -> None:
    """Run the command line; an internal error is one line and exit code 2, never a traceback."""
    from kubelint.cli.guard import guarded

    guarded(cli)
