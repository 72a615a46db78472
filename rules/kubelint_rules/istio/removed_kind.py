"""istio/removed-kind."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import RemovedObject
from kubelint.systems.istio.workloads import removed_kind


class RemovedKind(Rule[RemovedObject]):
    """An object is of a kind that Istio does not have any more.

    ## Why
    The groups `rbac.istio.io`, `authentication.istio.io` and `config.istio.io` are gone. Nobody reads such objects:
    access that they should restrict is open.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.istio.io/v1alpha1
    kind: ServiceRole
    metadata:
      name: reviews
    spec:
      rules:
      - services: ["*"]
    ```

    ## Stays silent when
    - the group is one that Istio has

    ## Source
    Istio release notes, 1.6.
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS

    def check(self, subject: RemovedObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for an object that nobody reads."""
        del graph
        for remark in removed_kind(subject):
            yield self.finding_of(remark, subject)
