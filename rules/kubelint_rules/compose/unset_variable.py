"""compose/unset-variable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.compose import model

_MOST_PLACES = 8


class UnsetVariable(Rule[model.ComposeProject]):
    """A variable without default is set nowhere, so Compose puts an empty text in its place.

    ## Why
    Compose replaces variables from the shell and from `.env` in the project's folder, not from the files that services
    name under `env_file`. What is set in neither becomes empty with nothing but a warning: an image without a tag, a
    database without a password.

    ## Example
    ```yaml compose.yaml
    services:
      db:
        image: postgres:16
        environment:
          POSTGRES_PASSWORD: ${DB_PASSWORD}
    ```
    ```ini .env
    DB_PASWORD=not-a-secret
    ```

    ## Stays silent when
    - the variable has a default (`${X:-d}`), or is required (`${X:?message}`) and nothing has a similar name
    - another environment file of the folder (`.env.example`, `prod.env`), a script, a makefile or a README names it;
      a file that is nothing but the `env_file` of a service does not count
    - the project has no environment file at all: then everything comes from the shell
    - the shell, Compose or a CI system sets it (`HOME`, `COMPOSE_*`, `GITHUB_*`)
    - `targets.compose.environment` of the configuration lists it

    It is an error where an environment file has a similar name, else a warning.

    ## Source
    Compose Specification, "Interpolation"; documentation of Docker Compose, "Environment variables precedence".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: model.ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield one finding for each variable, with all its places."""
        del graph
        for variable in subject.unset:
            yield self._finding(subject, variable)

    def _finding(self, subject: model.ComposeProject, variable: model.UnsetVariable) -> Finding:
        name = variable.name
        first, *others = variable.places
        files = [file.source.path for file in variable.environment.files]
        where = f"`{files[0]}` does not set it" if files else "no environment file sets it"
        consequence = "Compose stops here" if variable.required else "it becomes an empty text"
        near = [entry.key.text for entry in variable.near]
        help_text = f"set it in `{files[0]}`, or give it a default: `${{{name}:-…}}`" if files else None
        note = None
        fix = None
        if near:
            help_text = f"write `{near[0]}`"
            if len(near) == 1 and all(place.text == name for place in variable.places):
                edits = tuple(TextEdit(place, near[0]) for place in variable.places)
                fix = Fix(f"replace `{name}` with `{near[0]}`", edits, Safety.UNSAFE)
        elif variable.in_command:
            note = f"write `$${name}` if the shell in the container is to replace it"
        for entry in variable.for_containers:
            where = f"`{entry.key.source.path}` sets it for containers only"
            help_text = f"set it in `.env`, or start with `--env-file {entry.key.source.name}`"
        related = [(entry.key.span, "only what `env_file` is given to sees this") for entry in variable.for_containers]
        related += [(entry.key.span, f"`{entry.key.text}` is set here") for entry in variable.near]
        related += [(place, "used here, too") for place in others[:_MOST_PLACES]]
        return self.finding(
            f"variable `{name}` is not set" + (f"; {did_you_mean(near)}" if near else ""),
            first,
            f"{where}: {consequence}",
            related=related,
            help=help_text,
            note=note,
            fix=fix,
            severity=Severity.ERROR if near else Severity.WARNING,
            subject=subject,
        )
