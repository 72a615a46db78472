"""kubernetes/token-without-rights."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.accounts import account_name, account_of, bindings_of, token_switch
from kubelint.systems.kubernetes.pod import PodTemplate


class TokenWithoutRights(Rule[PodTemplate]):
    """A pod gets the token of a ServiceAccount that nothing is granted to: it needs none, and an intruder could use it.

    ## Why
    The token is mounted into every container. An account without bindings can do nothing but what everybody can, so
    the program does not use it; whoever breaks in has an identity all the same, and later bindings give it rights.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
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
          serviceAccountName: web
          containers:
          - name: web
            image: registry.example.com/shop/web:2.4.0
    ```

    ## Stays silent when
    - a binding of the repository names the account, its groups or all accounts
    - `automountServiceAccountToken: false` is set in the pod or in the account
    - the account has annotations: cloud identities are bound that way
    - the account is not in the repository, or is the default one

    ## Source
    Kubernetes documentation, "Configure Service Accounts for Pods", section "Opt out of API credential automounting".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        account = account_of(graph, subject)
        if account is None or any(True for _ in account.annotations()) or subject.owner.unit.incomplete:
            return
        mounted, switch = token_switch(subject, account)
        if mounted and not bindings_of(graph, account.name, account.namespace):
            yield self.finding(
                f"the pods get a token of ServiceAccount `{account.name}`, which may do nothing",
                account_name(subject) or subject.spec,
                "no binding grants this account anything",
                related=[(switch, "asked for here")] if switch is not None else [(account, "the account")],
                path=(subject.owner, account),
                help="set `automountServiceAccountToken: false` in the pod or in the account",
                subject=subject.owner,
            )
