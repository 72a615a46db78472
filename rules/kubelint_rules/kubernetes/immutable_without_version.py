"""kubernetes/immutable-without-version."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import DataHolder


class ImmutableWithoutVersion(Rule[DataHolder]):
    """A ConfigMap or Secret is immutable and its name has no version.

    ## Why
    The API server refuses every change of an immutable object. Unless each change comes with a new name, the next
    `kubectl apply` of an edited file fails, and the object has to be deleted by hand.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web-conf
    immutable: true
    data:
      LOG_LEVEL: info
    ```

    ## Stays silent when
    - the name ends in a version, a date or a hash: `web-conf-v3`, `web-conf-5f7b9c2d8k`
    - the name is generated or a placeholder

    ## Source
    Kubernetes documentation, "ConfigMaps", section "Immutable ConfigMaps".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: DataHolder, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for an immutable object whose name stays the same."""
        del graph
        immutable, name = subject.root.scalar("immutable"), subject.name_node
        if immutable is None or immutable.text != "true" or name is None or name.opaque or _has_version(name.text):
            return
        yield self.finding(
            f"{subject.kind} `{subject.name}` is immutable, but its name has no version",
            immutable,
            "no later change can be applied",
            related=[(name, "a new name for each change would be needed")],
            help="put a version into the name and into what refers to it, or drop `immutable`",
            subject=subject,
        )


def _has_version(name: str) -> bool:
    """Tell whether the last word of a name is a version, a date or a hash: it has a digit in it."""
    last = name.replace(".", "-").rpartition("-")[2]
    return any(character.isdigit() for character in last)
