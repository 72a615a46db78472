"""kubernetes/policy-peer-selects-nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.labels import LabelSlip
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import NetworkPolicy


class PolicyPeerSelectsNothing(Rule[NetworkPolicy]):
    """A peer of a NetworkPolicy selects no pod or Namespace, and a near miss shows which was meant.

    ## Why
    The policy is accepted, and the traffic that this entry should allow stays closed: the client waits until it times
    out.

    ## Example
    ```yaml shop.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: api
      namespace: shop
    spec:
      selector:
        matchLabels:
          app: api
      template:
        metadata:
          labels:
            app: api
        spec:
          containers:
          - name: api
            image: registry.example.com/shop/api:1.4.2
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: db
      namespace: shop
    spec:
      selector:
        matchLabels:
          app: db
      template:
        metadata:
          labels:
            app: db
        spec:
          containers:
          - name: db
            image: registry.example.com/shop/db:1.4.2
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: db
      namespace: shop
    spec:
      podSelector:
        matchLabels:
          app: db
      policyTypes: [Ingress]
      ingress:
      - from:
        - podSelector:
            matchLabels:
              app: apii
        ports:
        - port: 5432
    ```

    ## Stays silent when
    - pods with these labels exist anywhere in the repository, in a namespace that fits
    - a Namespace with these labels exists, is well known, or is one that objects are in
    - nothing in the same unit is near to what the selector asks for: Namespaces often live elsewhere
    - the selector is for pods of other Namespaces

    ## Source
    Kubernetes documentation, "Network Policies", section "Behavior of `to` and `from` selectors".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: NetworkPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for reference in graph.outgoing(subject):
            if reference.kind not in ("admits", "admits-namespace") or not reference.dangling:
                continue
            at, related, meant = reference.node, [], ""
            if isinstance(reference.detail, LabelSlip):
                at = reference.detail.wanted
                related = [(reference.detail.actual, "the Namespace that exists has this")]
            elif isinstance(reference.detail, SelectorMatch):
                mismatch = next(iter(reference.detail.mismatches), None)
                if mismatch is not None:
                    at = (
                        mismatch.requirement.values[0] if mismatch.requirement.values else mismatch.requirement.key_node
                    )
                    if mismatch.actual is not None:
                        related = [(mismatch.actual, "the pods that exist have this")]
            elif isinstance(reference.detail, str):
                meant = f"; did you mean `{reference.detail}`?"
            pods = reference.kind == "admits"
            yield self.finding(
                f"NetworkPolicy `{subject.name}` names a peer that is no {'pod' if pods else 'Namespace'}{meant}",
                at,
                "no pod has this label" if pods else "no Namespace has this label",
                related=related,
                help="correct the selector or the labels",
                subject=subject,
            )
