"""kubernetes/object-defined-twice."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.alternatives import defined_before
from kubelint.systems.kubernetes.model import KubernetesObject


class ObjectDefinedTwice(Rule[KubernetesObject]):
    """The same object is defined twice, and the later definition replaces the earlier one.

    ## Why
    `kubectl apply` applies one after the other: what only the first one says is lost, and each run changes the
    object twice.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 8080
    ```

    ## Stays silent when
    - the definitions are in different files of a folder, unless the configuration calls the unit `closed`: they are
      alternatives
    - kind, namespace or name differ
    - the name is a placeholder or left to `generateName`

    ## Source
    Kubernetes documentation, "Object Names and IDs": only one object of a kind can have a name at a time.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each definition but the first."""
        first = defined_before(graph, subject)
        if first is None:
            return
        yield self.finding(
            f"{subject.kind} `{subject.name}` is defined twice",
            subject.name_node or subject,
            "this definition replaces the one before",
            related=[(first, "the first definition")],
            help="remove one of the two, or give it another name",
            subject=subject,
        )
