"""drone/never-runs."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DronePipeline, DroneStep
from kubelint.systems.drone.reach import Never, never


class NeverRuns(Rule[DronePipeline]):
    """The conditions of a pipeline or a step contradict each other, so that no build meets them.

    ## Why
    All fields of `trigger` and `when` must match. A tag has no branch, a push has no ref below `refs/tags/`, a step
    cannot run for an event for which its pipeline does not run. What never runs is never missed: the build is green.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    trigger:
      event: [push, pull_request]

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
    - name: publish
      image: plugins/docker:20
      settings:
        repo: octocat/hello-world
      when:
        event: tag
    ```

    ## Stays silent when
    - a pattern that is not written out (`release/*`) or a placeholder may match
    - a value is one that no build has: `drone/wrong-value` says so

    ## Source
    Drone documentation, "Triggers" and "Conditions"; how the server fills event, branch, ref, cron and target of a
    build.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for the pipeline, or for each of its steps."""
        del graph
        found = never(subject)
        if found is not None:
            yield self._finding(subject, None, found)
            return
        for step in subject.containers:
            found = never(subject, step)
            if found is not None:
                yield self._finding(subject, step, found)

    def _finding(self, subject: DronePipeline, step: DroneStep | None, found: Never) -> Finding:
        if step is None:
            who = f"pipeline `{subject.name}`"
        else:
            who = f"{step.noun} `{step.name.text}`" if step.name is not None else f"this {step.noun}"
        return self.finding(
            f"{who} never runs",
            found.node,
            found.reason,
            related=[] if found.other is None else [(found.other, found.other_words)],
            help=f"change the condition on `{found.field}`, or remove it",
            subject=subject,
        )
