"""drone/shell-variable-substituted."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.drone.model import DroneStep
from kubelint.systems.drone.plugins import scripts
from kubelint.systems.drone.substitution import Substitution, assigned, in_scalar
from kubelint.tree.node import Node, Scalar
from kubelint_schemas.drone.variables import build_variables

#: Variables that every shell has.
_SHELL = frozenset(
    {"HOME", "HOSTNAME", "IFS", "LANG", "LOGNAME", "OLDPWD", "PATH", "PWD", "SHELL", "TMPDIR", "UID", "USER"}
)


class ShellVariableSubstituted(Rule[DroneStep]):
    """Drone replaces `${name}` with nothing before the shell, which knows the variable, sees it.

    ## Why
    The runner expands `${…}` in the file itself and knows only the variables of the build. A variable of the shell
    or of the step's own `environment` becomes an empty text: `rm -rf ${dir}/*` becomes `rm -rf /*`. `$name` is not
    touched.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: package
      image: alpine:3.19
      commands:
      - for service in billing shop; do tar czf ${service}.tgz services/${service}; done
    ```

    ## Stays silent when
    - the variable is one of Drone's, or nothing in the step sets it: it may be a parameter of the build
    - the dollar sign is doubled (`$${name}`), or there are no braces (`$name`)

    ## Source
    Drone documentation, "Environment", "Substitution" and "Escaping"; drone-cli issue 164.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each expression that eats a variable of the shell."""
        del graph
        texts = [text for text in scripts(subject) if "${" in text.source.text[text.start : text.end]]
        if not texts:
            return
        names: dict[str, tuple[Node | None, str]] = dict.fromkeys(_SHELL, (None, "the shell knows it"))
        for key, _ in (*subject.pipeline.environment, *subject.environment):
            names[key.text] = (key, "set here, for the shell")
        for name, place in assigned(list(scripts(subject))).items():
            names[name] = (place, "set here, by the shell")
        known = build_variables()
        eaten: dict[str, list[tuple[Substitution, Scalar]]] = {}
        for text in texts:
            for found in in_scalar(text):
                if found.name in names and found.name not in known:
                    eaten.setdefault(found.name, []).append((found, text))
        for name, places in eaten.items():
            yield self._finding(subject, [found for found, _ in places], places[0][1], *names[name])

    def _finding(
        self, subject: DroneStep, same: list[Substitution], text: Node, place: Node | None, words: str
    ) -> Finding:
        found, again = same[0], len(same) - 1
        shown = f"`${{{found.name}}}`"
        value = found.operation[2:] if found.operation.startswith((":-", ":=")) else ""
        becomes = f"`{value}`" if value else "an empty text"
        edits = tuple(TextEdit(each.span.file.span(each.span.start, each.span.start), "$") for each in same)
        related = [] if place is None or place is text else [(place, words)]
        return self.finding(
            f"Drone replaces {shown} with {becomes} before the shell sees it",
            found.span,
            words if place is None or place is text else "Drone knows no variable of the shell or of the step",
            related=related,
            help=f"write `${found.name}` or `$${{{found.name}}}`" if not found.operation else "double the dollar sign",
            note=f"the same {'once' if again == 1 else f'{again} times'} more in this step" if again else None,
            fix=Fix("double the dollar sign", edits, Safety.UNSAFE),
            subject=subject.pipeline,
        )
