"""drone/ignored-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DronePipeline
from kubelint.tree.node import Scalar
from kubelint_schemas import drone as pack

_WHY = {
    "build": "the runner takes finished images only; `plugins/docker` builds one",
    "command": "the runner of this type does not read it",
    "ports": "a service can be reached under its name at every port that it listens on",
    "privileged": "the runner of this type does not read it",
    "push": "nothing is pushed; `plugins/docker` does that",
    "resources": "only the kubernetes runner limits what a step takes",
}
#: What was once written everywhere, and changes nothing: every port can be reached anyway.
_HARMLESS = frozenset({"ports"})
_CONDITIONS = {
    "matrix": "a matrix was expanded by Drone before 1.0; write one pipeline for each combination",
    "paths": "the server does not look at changed files, so the condition restricts nothing",
}


class IgnoredField(Rule[DronePipeline]):
    """A field that the server accepts and no runner acts on.

    ## Why
    The server's structures still have fields that have no effect: `ports` and `resources` of a docker step, `paths` and
    `matrix` in a condition. Nobody reports them. With `paths` a step that is meant for changes in one folder runs for
    every change.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: docs

    trigger:
      paths:
        include:
        - docs/**

    steps:
    - name: build
      image: node:20-alpine
      commands:
      - npm run docs
    ```

    ## Stays silent when
    - the configuration says that an extension of the server evaluates changed paths: it names the kind `paths` in
      `targets.drone.kinds`
    - the type of the pipeline is not known

    `ports` is reported as information only: the service can be reached all the same.

    ## Source
    The structures of drone-yaml and of each runner; Drone documentation, "Triggers"; the extension
    `meltwater/drone-convert-pathschanged`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each key that has no effect."""
        del graph
        ignored = pack.ignored_fields(subject.runner)
        for step in subject.containers:
            for key, _ in step.node.pairs():
                if key.text in ignored:
                    yield self._finding(subject, key, _WHY[key.text], f"a {step.noun} of a {subject.runner} pipeline")
        for owner in (subject.trigger, *(step.when for step in subject.containers)):
            for condition in owner:
                if condition.field in _CONDITIONS and not (
                    condition.field == "paths" and "paths" in subject.extra_kinds
                ):
                    yield self._finding(subject, condition.key, _CONDITIONS[condition.field], f"`{condition.owner}`")

    def _finding(self, subject: DronePipeline, key: Scalar, why: str, place: str) -> Finding:
        return self.finding(
            f"`{key.text}` has no effect in {place}",
            key,
            why,
            help="remove it",
            severity=Severity.INFO if key.text in _HARMLESS else None,
            subject=subject,
        )
