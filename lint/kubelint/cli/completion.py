"""``kubelint completion``."""

from __future__ import annotations

import click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a SHELL: `eval "$(kubelint completion bash)"`."""
    from click.shell_completion import get_completion_class

    from kubelint.cli import cli

    made = get_completion_class(shell)
    if made is None:  # pragma: no cover - click knows all three
        return
    click.echo(made(cli, {}, "kubelint", "_KUBELINT_COMPLETE").source())
