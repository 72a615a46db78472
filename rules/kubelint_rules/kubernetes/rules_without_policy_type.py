"""kubernetes/rules-without-policy-type."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import NetworkPolicy
from kubelint.systems.kubernetes.policy_types import ignored_rules


class RulesWithoutPolicyType(Rule[NetworkPolicy]):
    """A NetworkPolicy has rules for a direction that its `policyTypes` leaves out, so they have no effect.

    ## Why
    `policyTypes` decides which directions a policy is about. Rules for another one are accepted and ignored. Without
    `policyTypes` a policy is about `Ingress`, and about `Egress` only if it has rules for it: `egress: []` alone denies
    nothing.

    ## Example
    ```yaml policy.yaml
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: web
    spec:
      podSelector: {}
      policyTypes: [Ingress]
      ingress:
      - {}
      egress:
      - to:
        - ipBlock:
            cidr: 10.0.0.0/8
    ```

    ## Stays silent when
    - `policyTypes` is not set and the policy has egress rules: both directions are meant then
    - `policyTypes` has a direction without rules, which denies all of it
    - a type is a placeholder or misspelt

    ## Source
    API reference, NetworkPolicySpec (`policyTypes`); Kubernetes documentation, "Network Policies".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: NetworkPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each direction whose rules are ignored."""
        del graph
        for ignored in ignored_rules(subject):
            fix = None
            if ignored.edit is not None:
                fix = Fix(f"add `{ignored.type}` to `policyTypes`", (ignored.edit,), Safety.UNSAFE)
            verb = "deny nothing" if ignored.empty else "have no effect"
            yield self.finding(
                f"the {ignored.type.lower()} rules {verb} without `{ignored.type}` in `policyTypes`",
                ignored.key,
                "ignored",
                related=[] if ignored.types is None else [(ignored.types, f"`{ignored.type}` is missing here")],
                help=f"add `{ignored.type}` to `policyTypes`",
                fix=fix,
                subject=subject,
            )
