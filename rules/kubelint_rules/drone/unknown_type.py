"""drone/unknown-type."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replacement
from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.drone.model import DronePipeline
from kubelint.words import quoted
from kubelint_schemas import drone as pack


class UnknownType(Rule[DronePipeline]):
    """No runner takes a pipeline of this type, so the build waits for ever.

    ## Why
    A runner takes only pipelines of its own type. The server queues a pipeline of any other type without a word, and
    the build stays pending until it is cancelled.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: dokcer
    name: default

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - the type is one for which Drone has a runner, or there is no `type`, which means `docker`; with
      `targets.drone.runners` in the configuration, when it is one of those
    - the type is a placeholder that is only known later

    ## Source
    Drone documentation, "Docker Pipeline", the `type` attribute; the queue of the Drone server matches it exactly.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at a type without runner: a warning where it may be a runner that is not known here."""
        configured = graph.settings.target("drone", "runners")
        runners = tuple(str(runner) for runner in configured) if configured else pack.types()
        node = subject.type_node
        name = pack.DEFAULT_TYPE if node is None else node.text
        if name in runners or (node is not None and node.opaque):
            return
        place = node or subject.kind_node
        if place is None:
            return  # without kind and type the server refuses the file anyway
        meant = nearest(name, runners) if node is not None else []
        known = ", ".join(f"`{runner}`" for runner in runners)
        label = did_you_mean(meant)
        if not label:
            label = f"without `type`, this is a `{name}` pipeline" if node is None else "there is no runner for it"
        yield self.finding(
            f"no runner takes type {quoted(name)}: the build would wait for ever",
            place,
            label,
            help=f"write `type: {meant[0]}`"
            if meant
            else f"use one of {known}; name the type in `targets.drone.runners` if you run a runner for it",
            fix=replacement(node, meant[0]) if node is not None and len(meant) == 1 else None,
            severity=Severity.ERROR if meant or configured else Severity.WARNING,
            subject=subject,
        )
