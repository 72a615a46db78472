"""kubernetes/malformed-calls."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.calls import CallsProblem


class MalformedCalls(Rule[CallsProblem]):
    """A part of a declaration of calls (`kubelint.io/calls`) cannot be read, so it is not checked.

    ## Why
    The annotation says which Services a program calls and how long it waits for each: `reviews timeout=3s attempts=2,
    details`; `calls` in `.kubelint.yaml` says the same for a workload. `timeout` is the program's own limit for one
    attempt, `attempts` how often it tries in all, `retries` how often it tries again, `pause` the time in between;
    `sequential` or `parallel` says whether it waits for the calls before it. They belong to the Service before them.
    Only a call that could be read takes part in checks of timeouts along call chains.

    ## Example
    ```yaml productpage.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: productpage
      annotations:
        kubelint.io/calls: reviews timeout=3 attempts=2
    spec:
      selector:
        matchLabels:
          app: productpage
      template:
        metadata:
          labels:
            app: productpage
        spec:
          containers:
          - name: productpage
            image: registry.istio.io/release/examples-bookinfo-productpage-v1:1.20.3
    ```

    ## Stays silent when
    - the annotation is a plain list of Services, separated by commas or blanks
    - its value is a placeholder

    ## Source
    kubelint's own annotation; times as in the documentation of Go, `time.ParseDuration`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: CallsProblem, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each part that cannot be read."""
        del graph
        yield self.finding(
            subject.message,
            subject.span,
            "this part is not read",
            help=subject.help,
            subject=subject.resource or "",
        )
