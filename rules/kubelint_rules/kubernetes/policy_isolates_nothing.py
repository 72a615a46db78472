"""kubernetes/policy-isolates-nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import NetworkPolicy


class PolicyIsolatesNothing(Rule[NetworkPolicy]):
    """A NetworkPolicy's selector matches no pod, and a near miss shows which ones were meant.

    ## Why
    The object is accepted and has no effect: the pods stay open to everybody.

    ## Example
    ```yaml web.yaml
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: web
    spec:
      podSelector:
        matchLabels:
          app: wbe
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
    ```

    ## Stays silent when
    - the selector is empty (it means all pods)
    - pods with these labels exist anywhere in the repository, in a namespace that fits
    - nothing in the same unit is near to what the selector asks for

    ## Source
    Kubernetes documentation, "Network Policies".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: NetworkPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject, "isolates"):
            match = reference.detail
            if not reference.dangling or not isinstance(match, SelectorMatch):
                continue
            mismatch = match.mismatches[0] if match.mismatches else None
            values = () if mismatch is None else mismatch.requirement.values
            related = []
            if mismatch is not None and match.nearest is not None and mismatch.actual is not None:
                owner = match.nearest.owner
                related = [(mismatch.actual, f"the pods of {owner.kind} `{owner.name}` have this")]
            yield self.finding(
                f"NetworkPolicy `{subject.name}` isolates no pod",
                values[0] if values else match.selector.node,
                "no pod has this together with the other labels" if match.scattered else "no pod has this label",
                related=related,
                help="correct the selector or the labels of the pods",
                subject=subject,
            )
