"""kubernetes/environment-sources-overlap."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.systems.kubernetes.environment import overridden
from kubelint.systems.kubernetes.pod import Container


class EnvironmentSourcesOverlap(Rule[Container]):
    """A variable is set by several sources, to different values.

    ## Why
    Of two sources under `envFrom` the later one wins, and `env` wins over both. Where that is not meant, the
    program runs with a value that nobody looks at.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: defaults
    data:
      LOG_LEVEL: info
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      LOG_LEVEL: debug
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
            envFrom:
            - configMapRef:
                name: defaults
            - configMapRef:
                name: web
    ```

    ## Stays silent when
    - both values are the same
    - a `prefix` keeps the names apart
    - one of the sources is not in the repository, or there are several alternatives of it

    ## Source
    API reference, Container, `envFrom`: the value of the last source takes precedence, and `env` over that.
    """

    severity = Severity.INFO
    group = Group.STYLE
    keys = ("envFrom",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each variable that a later source sets again."""
        for setting, winner in overridden(graph, subject):
            winning: list[tuple[Place, str]] = [] if winner.holder is None else [(winner.key, "but this one")]
            by = "`env`" if winner.holder is None else f"{winner.holder.kind} `{winner.holder.name}`"
            yield self.finding(
                f"`{setting.name}` of container `{subject.label}` is set again by {by}",
                winner.reference or winner.key,
                "this one wins",
                related=[(setting.key, "this value is not used"), *winning],
                help="set the variable in one place, or give one source a `prefix`",
                subject=subject.owner,
            )
