"""drone/script-injection."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.drone.model import DroneStep
from kubelint.systems.drone.plugins import scripts
from kubelint.systems.drone.substitution import Substitution, in_scalar
from kubelint_schemas.drone.variables import free_text


class ScriptInjection(Rule[DroneStep]):
    """A text that anybody may write is pasted into a command.

    ## Why
    `${DRONE_COMMIT_MESSAGE}` is replaced in the file before the shell reads it, so the message becomes part of the
    command. A quote in it breaks the build; `$(…)` in it runs, with the secrets of the step. Whoever opens a pull
    request writes it.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: announce
      image: curlimages/curl:8.7.1
      environment:
        HOOK:
          from_secret: chat_webhook
      commands:
      - curl -d "text=${DRONE_COMMIT_MESSAGE}" $HOOK
    ```

    ## Stays silent when
    - the shell expands the variable (`"$DRONE_…"` or `$${DRONE_…}`): its value is not read as a command
    - the value goes to a plugin's setting and not to a shell
    - names that git restricts, such as a branch's or a tag's: `drone/ref-in-script` says so

    ## Source
    Drone documentation, "Environment", "Substitution"; the runners expand the text of the file.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each expression that brings foreign text into a command."""
        del graph
        commands = {id(text) for text in subject.commands}
        for text in scripts(subject):
            for found in in_scalar(text):
                what = free_text(found.name)
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
