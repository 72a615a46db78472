"""kubernetes/default-account-token."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import ServiceAccount


class DefaultAccountToken(Rule[ServiceAccount]):
    """The `default` ServiceAccount gives its token to every pod that names no account.

    ## Why
    Pods that never talk to the API server carry a token of it all the same, and nobody notices until it is stolen.

    ## Example
    ```yaml account.yaml
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: default
      namespace: shop
    ```

    ## Stays silent when
    - `automountServiceAccountToken: false` is set
    - the account has another name
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Configure Service Accounts for Pods", section "Opt out of API credential
    automounting".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: ServiceAccount, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a default account whose token is mounted."""
        del graph
        switch = subject.root.scalar("automountServiceAccountToken")
        if subject.name != "default" or (switch is not None and (switch.opaque or switch.text == "false")):
            return
        yield self.finding(
            "the `default` ServiceAccount gives its token to every pod",
            switch or subject.node,
            "says so" if switch is not None else "`automountServiceAccountToken` is not set",
            help="set `automountServiceAccountToken: false`",
            subject=subject,
        )
