"""drone/step-starts-early."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DronePipeline, DroneStep
from kubelint.systems.drone.plugins import plugin_of

_ENDS = frozenset({"failure", "success"})


class StepStartsEarly(Rule[DronePipeline]):
    """A step without `depends_on` starts at once, because other steps of its pipeline have one.

    ## Why
    Steps run one after the other only as long as none has `depends_on`. As soon as one has, each step without waits for
    the clone alone. A notification or a deployment at the end of the file then runs at the beginning.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: build
      image: golang:1.22
      commands:
      - go build ./...
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
      depends_on: [build]
    - name: notify
      image: plugins/slack:1
      settings:
        webhook:
          from_secret: slack_webhook
      when:
        status: [success, failure]
    ```

    ## Stays silent when
    - the step runs commands and does not ask for the build's status: it may well be independent of the others
    - another step waits for it, it is detached, or it restores a cache: it is meant to be first
    - no step before it has `depends_on`

    ## Source
    Drone documentation, "Parallelism"; the compilers of the runners.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each step that is written as an end and runs at the beginning."""
        del graph
        steps = subject.steps
        waiting = next((step for step in steps if step.depends_on), None)
        if waiting is None or not subject.names_are_known:
            return
        started = False
        awaited = {node.text for step in subject.containers for node in step.depends_on}
        for position, step in enumerate(steps):
            if step is waiting:
                started = True
                continue
            if not started:
                continue
            if step.node.at("depends_on") is not None or step.name is None or step.name.text in awaited:
                continue
            if step.node.text_at("detach") == "true" or not _is_end(step):
                continue
            before = steps[position - 1]
            help_text = None if before.name is None else f"add `depends_on: [{before.name.text}]`"
            yield self.finding(
                f"step `{step.name.text}` does not wait for the steps before it",
                step.name,
                "without `depends_on` it starts as soon as the clone is done",
                related=[(waiting.depends_on[0], "this makes the steps of the pipeline run by `depends_on` alone")],
                help=help_text,
                subject=subject,
            )


def _is_end(step: DroneStep) -> bool:
    """Tell whether a step looks like one that closes a pipeline: it tells the status, or publishes what was made."""
    if any(condition.field == "status" for condition in step.when):
        return True
    if step.commands:
        return False
    plugin = plugin_of(step)
    names = {key.text for key, _ in step.settings}
    return plugin is not None and "restore" not in names
