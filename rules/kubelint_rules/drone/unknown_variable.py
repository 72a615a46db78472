"""drone/unknown-variable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.drone.model import DroneStep
from kubelint.systems.drone.plugins import scripts, setting_scalars
from kubelint.systems.drone.substitution import Use, assigned, near_variables, uses
from kubelint.tree.node import Scalar
from kubelint_schemas.drone.variables import known_variables

_PREFIX = "DRONE_"
_MOST_COMPARED = 2_000


class UnknownVariable(Rule[DroneStep]):
    """A `DRONE_…` variable does not exist, and one with nearly the same name does.

    ## Why
    A variable that does not exist is empty, and neither Drone nor the shell says so. An image gets the tag ``, a
    release the name `v`.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: build
      image: golang:1.22
      commands:
      - go build -ldflags "-X main.commit=$DRONE_COMIT_SHA" ./cmd/shop
    ```

    ## Stays silent when
    - the step, its pipeline or an earlier command sets the variable
    - no known variable is near: an extension of the server may set it

    ## Source
    Drone documentation, "Environment", "Reference"; the runners (`environ.go` of runner-go).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each name that is a near miss."""
        texts = [*scripts(subject), *(value for _, value in setting_scalars(subject))]
        texts += [value for _, value in subject.environment if isinstance(value, Scalar)]
        seen: set[int] = set()
        own: set[str] | None = None
        for text in texts:
            if id(text) in seen or _PREFIX not in text.text:
                continue
            seen.add(id(text))
            for use in uses(text):
                if not use.name.startswith(_PREFIX) or use.name in known_variables():
                    continue
                if own is None:
                    own = {key.text for key, _ in (*subject.environment, *subject.pipeline.environment)}
                    own |= assigned(list(scripts(subject))).keys()
                near = list(near_variables(use.name)) if use.name not in own and _affordable(use.name, graph) else []
                if near:
                    yield self._finding(subject, use, near)

    def _finding(self, subject: DroneStep, use: Use, near: list[str]) -> Finding:
        fix = None
        if len(near) == 1:
            fix = Fix(f"replace `{use.name}` with `{near[0]}`", (TextEdit(use.span, near[0]),), Safety.UNSAFE)
        return self.finding(
            f"Drone sets no variable `{use.name}`, so it is empty",
            use.span,
            did_you_mean(near),
            help=f"write `{near[0]}`",
            fix=fix,
            subject=subject.pipeline,
        )


def _affordable(name: str, graph: Graph) -> bool:
    """Tell whether a name may still be compared with all known ones: a hostile file has very many."""
    compared: set[str] = graph.once("compared variables", set)
    if len(compared) < _MOST_COMPARED:
        compared.add(name)
    return name in compared
