"""drone/unknown-kind."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replacement
from kubelint.finding import Finding, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean
from kubelint.systems.drone.model import DroneDocument, LegacyFile
from kubelint.words import quoted
from kubelint_schemas import drone as pack


class UnknownKind(Rule[DroneDocument]):
    """No runner takes a document of an unknown kind, so the build waits for ever.

    ## Why
    The Drone server takes every kind that it does not know as a pipeline and queues it. A runner asks for the kind
    `pipeline` and never gets it: the build stays pending until it is cancelled, and no tool of Drone says why.

    ## Example
    ```yaml .drone.yml
    kind: pipline
    type: docker
    name: default

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - the kind is one of Drone's: `pipeline`, `secret`, `signature`, `template`, `cron`, `registry`
    - the configuration names the kind in `targets.drone.kinds`, because an extension of the server handles it
    - the kind is a placeholder that is only known later

    ## Source
    Drone documentation, "Docker Pipeline", the `kind` attribute; the queue of the Drone server matches it exactly.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: DroneDocument, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at a kind that nobody knows: an error where it is a slip, else a warning."""
        del graph
        node = subject.kind_node
        if node is None or node.opaque or subject.kind_is_known or isinstance(subject, LegacyFile):
            return
        meant = subject.meant_kinds
        fix = None
        if len(meant) == 1:
            certain = meant[0] == pack.PIPELINE and subject.root.at("steps") is not None
            fix = replacement(node, meant[0], Safety.SAFE if certain else Safety.UNSAFE)
        known = ", ".join(f"`{kind}`" for kind in pack.kinds())
        yield self.finding(
            f"no runner takes kind {quoted(node.text)}: the build would wait for ever",
            node,
            did_you_mean(meant) or "not a kind that Drone knows",
            help=f"write `kind: {meant[0]}`"
            if meant
            else f"use one of {known}; name the kind in `targets.drone.kinds` if an extension of the server handles it",
            fix=fix,
            severity=Severity.ERROR if meant else Severity.WARNING,
            subject=subject,
        )
