"""drone/unknown-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replacement
from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault, SchemaError
from kubelint.suggest import did_you_mean
from kubelint.systems.drone.model import DroneDocument, DronePipeline
from kubelint.systems.drone.places import holder, home, level
from kubelint.tree.node import Scalar
from kubelint_schemas import drone as pack

_CONDITIONS = ("trigger", "when")


class UnknownField(Rule[DroneDocument]):
    """Drone drops a field that it does not know in silence.

    ## Why
    No parser of Drone refuses unknown keys. With `comands` a step runs nothing and the build is green; with `branches`
    in `when` a step that should run on one branch runs on all of them.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: test
      image: golang:1.22
      comands:
      - go test ./...
    ```

    ## Stays silent when
    - kind or type are not known for certain: their own rules say so
    - the field only holds what other places take over by alias (`*name`), or begins with `x-`, `.` or `_`
    - the server knows the field although no runner acts on it (`ports`, `build`)
    - `settings` and `environment`, whose keys are free

    ## Source
    Drone documentation, the specification of each pipeline type; the structures of the server and the runners.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: DroneDocument, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each field that neither the server nor the runner of the type knows."""
        del graph
        for error in subject.errors:
            if error.fault is Fault.UNKNOWN_FIELD:
                yield self._finding(subject, error)

    def _finding(self, subject: DroneDocument, error: SchemaError) -> Finding:
        above = error.path[:-1]
        noun = level(above)
        in_condition = noun in _CONDITIONS
        place = home(noun, error.name) if isinstance(subject, DronePipeline) else None
        label = did_you_mean(error.candidates)
        if not label:
            label = "dropped, so it restricts nothing" if in_condition else "dropped in silence"
        fix = None
        if len(error.candidates) == 1 and isinstance(error.node, Scalar):
            fix = replacement(error.node, error.candidates[0])
        return self.finding(
            f"{holder(subject, above)} has no field `{error.name}`",
            error.node,
            label,
            help=self._help(subject, error, noun, place),
            note="without it the condition restricts nothing" if in_condition and error.candidates else None,
            fix=fix,
            subject=subject,
        )

    @staticmethod
    def _help(subject: DroneDocument, error: SchemaError, noun: str, place: str | None) -> str:
        if error.candidates:
            return f"write `{error.candidates[0]}`"
        if place is not None:
            return f"it belongs {place}"
        longer = [name for name in error.allowed if str(name).startswith(f"{error.name}_")]
        if len(longer) == 1:
            return f"write `{longer[0]}`"
        if isinstance(subject, DronePipeline) and noun in (pack.PIPELINE, "step", "service"):
            others = pack.types_with(pack.PIPELINE if noun == pack.PIPELINE else "step", error.name)
            if others:
                return f"remove it; pipelines of type {', '.join(f'`{name}`' for name in others)} have it"
        known = ", ".join(f"`{name}`" for name in error.allowed)
        return f"remove it; known fields are {known}" if known else "remove it"
