"""drone/environment-not-expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import Span
from kubelint.systems.drone.model import DroneStep
from kubelint.systems.drone.substitution import in_scalar, uses
from kubelint.tree.node import Node, Scalar
from kubelint_schemas.drone.variables import build_variables, known_variables

_COMMON = frozenset({"GOPATH", "HOME", "HOSTNAME", "JAVA_HOME", "LD_LIBRARY_PATH", "PATH", "PWD", "PYTHONPATH", "USER"})
_DOUBLED = re.compile(r"\$\$")


class EnvironmentNotExpanded(Rule[DroneStep]):
    """A value of `environment` refers to another variable, which nothing expands.

    ## Why
    The values of `environment` are handed to the container as they are written; no shell reads them. `PATH:
    $PATH:/go/bin` sets the path to those very characters, and the step finds no command any more. `${PATH}` is expanded
    by Drone, which does not know it, to nothing.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: test
      image: golang:1.22
      environment:
        PATH: $PATH:/root/go/bin
      commands:
      - golangci-lint run
    ```

    ## Stays silent when
    - the variable is one of Drone's in braces (`${DRONE_COMMIT_SHA}`), which Drone does expand
    - the name is neither a common one nor set in the same `environment`: it may be part of a password
    - a command of the step evaluates the variable again (`eval`, `envsubst`)

    ## Source
    Drone documentation, "Environment": variables in the environment section are not expanded.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each reference that stays as it is, or becomes empty."""
        del graph
        entries = [
            (key, value) for key, value in subject.environment if isinstance(value, Scalar) and "$" in value.text
        ]
        if not entries or any("eval " in text.text or "envsubst" in text.text for text in subject.commands):
            return
        siblings: dict[str, Node] = {key.text: key for key, _ in (*subject.pipeline.environment, *subject.environment)}
        for key, value in entries:
            if _DOUBLED.search(value.text):
                continue
            substituted = {found.name: found.span for found in in_scalar(value)}
            for use in uses(value):
                if use.braced:
                    if use.name in build_variables() or use.name not in {*siblings, *_COMMON}:
                        continue
                    then = "Drone expands it, and it knows only the variables of the build: it becomes empty"
                    yield self._finding(subject, key, use.name, substituted.get(use.name, use.span), then, siblings)
                elif use.name in {*siblings, *_COMMON} or use.name in known_variables():
                    place = use.span.file.span(use.span.start - 1, use.span.end)
                    then = "no shell reads this value: it stays as it is written"
                    yield self._finding(subject, key, use.name, place, then, siblings)

    def _finding(
        self, subject: DroneStep, key: Scalar, name: str, place: Span, then: str, siblings: dict[str, Node]
    ) -> Finding:
        if name in build_variables():
            help_text = f"write `${{{name}}}`, which Drone expands"
        else:
            help_text = f"set `{key.text}` in the commands (`export {key.text}=…`), where a shell expands it"
        other = siblings.get(name)
        return self.finding(
            f"`{place.text}` is not expanded in the value of `{key.text}`",
            place,
            then,
            related=[] if other is None or other is key else [(other, f"`{name}` is set here")],
            help=help_text,
            subject=subject.pipeline,
        )
