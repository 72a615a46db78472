"""drone/ref-in-script."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.drone.model import DroneStep
from kubelint.systems.drone.plugins import scripts
from kubelint.systems.drone.substitution import Substitution, in_scalar
from kubelint_schemas.drone.variables import ref_text


class RefInScript(Rule[DroneStep]):
    """The name of a branch or a tag is pasted into a command.

    ## Why
    `${DRONE_TAG}` is replaced in the file before the shell reads it. Git allows `$(…)`, `;`, `&` and quotes in the
    names of branches and tags, so whoever may push one, or open a pull request from one, writes a part of the
    command.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: build
      image: golang:1.22
      commands:
      - go build -ldflags "-X main.version=${DRONE_TAG}" ./cmd/shop
    ```

    ## Stays silent when
    - the shell expands the variable (`"$DRONE_…"` or `$${DRONE_…}`): its value is not read as a command
    - the value goes to a plugin's setting and not to a shell
    - texts that are free altogether, such as the commit's message: `drone/script-injection` says so

    ## Source
    Drone documentation, "Environment", "Substitution"; the runners expand the text of the file.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    fixable = True

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each expression that brings foreign text into a command."""
        del graph
        commands = {id(text) for text in subject.commands}
        for text in scripts(subject):
            for found in in_scalar(text):
                what = ref_text(found.name)
                if what is not None and found.fault is None:
                    yield self._finding(subject, found, what, own=id(text) in commands)

    def _finding(self, subject: DroneStep, found: Substitution, what: str, *, own: bool) -> Finding:
        fix = None
        if own:
            edit = TextEdit(found.span.file.span(found.span.start, found.span.start), "$")
            fix = Fix("let the shell expand it", (edit,), Safety.UNSAFE)
            help_text = f'write `"$${{{found.name}}}"`, which the shell expands without reading it as a command'
        else:
            help_text = (
                f"hand `{found.name}` over as a variable (`envs: [{found.name.lower()}]`) and write `${found.name}`"
            )
        return self.finding(
            f"{what} becomes a part of the command"[0].upper() + f"{what} becomes a part of the command"[1:],
            found.span,
            "replaced before the shell reads the command",
            help=help_text,
            fix=fix,
            subject=subject.pipeline,
        )
