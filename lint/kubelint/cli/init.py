"""``kubelint init``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from kubelint import __version__
from kubelint.cli.context import open_project, usage_error, write_file
from kubelint.config import FILE_NAMES, Settings, find_configuration

PRE_COMMIT = ".pre-commit-config.yaml"
_HOOK = f"""\
  - repo: https://github.com/kubelint/kubelint
    rev: v{__version__}
    hooks:
      - id: kubelint
"""
_HEAD = """\
# yaml-language-server: $schema=https://raw.githubusercontent.com/kubelint/kubelint/main/docs/kubelint.schema.json
# Settings of kubelint. Nothing here is needed: what is commented out shows what can be said, with its default.
# `kubelint config` prints the settings in effect, https://github.com/kubelint/kubelint/blob/main/docs/configuration.md
# describes all.
"""


@click.command("init")
@click.option("--root", type=click.Path(path_type=Path), help="The root of the repository; found by itself otherwise.")
@click.option(
    "--pre-commit/--no-pre-commit", default=None, help="Add the hook to .pre-commit-config.yaml [where there is one]."
)
def command(root: Path | None, pre_commit: bool | None) -> None:
    """Write a commented configuration for what the repository holds, and the pre-commit hook."""
    from kubelint.build import build
    from kubelint.discovery import systems
    from kubelint.repository import Repository

    project = open_project((), root, None, isolated=True)
    existing = find_configuration(project.root)
    if existing is not None:
        usage_error(f"{existing.name} exists already; `kubelint config` shows the settings in effect")
    repository = Repository(project.root)
    built = build(repository, Settings(), systems())
    counts = Counter(document.system for document in built.documents)
    target = project.root / FILE_NAMES[0]
    write_file(target, _configuration(counts))
    found = ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "nothing of a known system yet"
    click.echo(f"wrote {FILE_NAMES[0]} (found: {found})")
    hooks = project.root / PRE_COMMIT
    if pre_commit or (pre_commit is None and hooks.exists()):
        click.echo(_add_hook(hooks))
    click.echo("next: `kubelint check`; where it reports more than you can mend today, `kubelint baseline create`")


def _configuration(counts: Counter[str]) -> str:
    targets = [
        line
        for system, lines in (
            (
                "kubernetes",
                ["#   kubernetes: 1.33      # the version that the manifests are for; default: the newest known"],
            ),
            ("kubespray", ["#   kubespray: 2.28       # the release that the inventory is for"]),
            (
                "istio",
                [
                    "#   istio:",
                    "#     version: 1.24",
                    "#     cluster-domain: cluster.local",
                    "#     root-namespace: istio-system",
                ],
            ),
            (
                "drone",
                [
                    "#   drone:",
                    "#     trusted: false      # the repository's Trusted setting on the server",
                    "#     runners: [docker]   # pipeline types that have a runner",
                ],
            ),
            ("compose", ["#   compose:", "#     environment: [TAG]  # variables that the shell provides"]),
        )
        if counts[system] or (system == "istio" and counts["kubernetes"])
        for line in lines
    ]
    parts = [_HEAD]
    if targets:
        parts.append("# What the configuration is meant for.\n# targets:\n" + "\n".join(targets) + "\n")
    parts.append(
        "# Groups that are off by default: security, reliability, deprecation, drift, style (see `kubelint rules`).\n"
        "# rules:\n"
        "#   extend-select: [reliability]\n"
        "#   ignore: [kubernetes/misspelt-domain]\n"
    )
    if counts["kubernetes"]:
        parts.append(
            "# Names that exist in the cluster and not here, so that a near miss is not taken for them.\n"
            "# externals: [Secret/regcred]\n"
        )
    parts.append("# exclude: [third_party]\n# fail-on: warning\n")
    return "\n".join(parts)


def _add_hook(path: Path) -> str:
    """Add the hook to the end of the list of repositories; says what was done."""
    if not path.exists():
        write_file(path, "repos:\n" + _HOOK)
        return f"wrote {path.name}"
    text = path.read_text(encoding="utf-8")
    if "kubelint" in text:
        return f"{path.name} has the hook already"
    from kubelint.source import SourceFile
    from kubelint.tree.node import Sequence
    from kubelint.tree.yaml import read_yaml

    source = SourceFile(path.name, text)
    stream = read_yaml(source)
    root = stream.documents[0].root if len(stream.documents) == 1 and not stream.problems else None
    repositories = None if root is None else root.at("repos")
    if not isinstance(repositories, Sequence) or not repositories.children or text[repositories.start] == "[":
        return f"add this to `repos` of {path.name}:\n{_HOOK}"
    last = repositories.children[-1]
    dash = text.rfind("-", 0, last.start)
    line = source.lines.line(dash)
    indent = " " * (dash - source.lines.bounds(line)[0])
    hook = "".join(f"{indent}{line.removeprefix('  ')}" for line in _HOOK.splitlines(keepends=True))
    end = source.lines.bounds(source.lines.line(max(last.start, last.end - 1)))[1]
    write_file(path, f"{text[:end]}\n{hook.rstrip()}{text[end:] or chr(10)}")
    return f"added the hook to {path.name}"
