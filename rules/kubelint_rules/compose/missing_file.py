"""compose/missing-file."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.compose import model
from kubelint.tree.node import Scalar


class MissingFile(Rule[model.ComposeProject]):
    """A compose file names a file or folder that is not there, so Compose cannot start the project.

    ## Why
    Compose needs build contexts, Dockerfiles, environment files, included and extended files and the files of secrets
    and configs when it starts. Paths are relative to the folder of the file that they stand in (of the project for an
    override), a Dockerfile to its context.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        build:
          context: .
          dockerfile: Dockerfile.prod
    ```

    ## Stays silent when
    - the path leads out of the repository, is fetched from somewhere or holds a variable
    - git ignores it, or it lies in a submodule
    - a template of it stands beside it (`.env.example` for `.env`)
    - a script, a makefile or a README beside the compose file names it: somebody makes it there
    - an `env_file` is marked `required: false`

    An environment file or the file of a secret is a warning: people make these by hand, though git is not told so.

    ## Source
    Compose Specification, "build", "env_file", "include", "extends", "secrets" and "configs".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: model.ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each path that leads nowhere by mistake."""
        del graph
        for missing in subject.missing:
            yield self._finding(subject, missing)

    def _finding(self, subject: model.ComposeProject, missing: model.MissingFile) -> Finding:
        use, near = missing.use, missing.near
        meant = "" if near is None else did_you_mean([near.rpartition("/")[2]])
        certain = near is not None or not missing.private
        fix = None
        edit = None if near is None else _edit(use.node, use.path, near)
        if near is not None and edit is not None:
            fix = Fix(f"name `{near}`", (edit,), Safety.UNSAFE)
        return self.finding(
            f"the {use.kind} `{use.path}` does not exist",
            use.node,
            meant or "there is nothing at this path in the repository",
            help=f"write the path of `{near}`" if near is not None else f"add `{use.path}`, or mend the path",
            note=None if certain else "list it in `.gitignore` if each user makes it",
            fix=fix,
            severity=Severity.ERROR if certain else Severity.WARNING,
            subject=subject,
        )


def _edit(node: Scalar, path: str, near: str) -> TextEdit | None:
    """Return the edit that turns the last step of a path into that of a near miss in the same folder."""
    folder, _, name = path.rpartition("/")
    other_folder, _, other = near.rpartition("/")
    if folder != other_folder or not node.text.endswith(name):
        return None
    span = node.part(len(node.text) - len(name), len(node.text))
    return TextEdit(span, other) if span.text == name else None
