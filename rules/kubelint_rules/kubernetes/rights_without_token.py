"""kubernetes/rights-without-token."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.accounts import account_of, has_own_token, others_use_token, token_switch
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.pod import PodTemplate


class RightsWithoutToken(Rule[PodTemplate]):
    """A pod gets no token although rights are granted to its ServiceAccount: its requests are anonymous.

    ## Why
    With `automountServiceAccountToken: false` and no token volume the client library finds no credentials. What the
    bindings grant cannot be used by these pods: either they fail, or the bindings are left over.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
    automountServiceAccountToken: false
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
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata:
      name: web
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: ClusterRole
      name: view
    subjects:
    - kind: ServiceAccount
      name: web
    ```

    ## Stays silent when
    - a volume of the pod brings a token: a projected one, a Secret or a CSI driver
    - other pods of the repository run as the same account and get its token
    - only groups of all accounts are granted rights

    ## Source
    Kubernetes documentation, "Configure Service Accounts for Pods", section "Opt out of API credential automounting".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        account = account_of(graph, subject)
        if account is None or subject.owner.unit.incomplete:
            return
        mounted, switch = token_switch(subject, account)
        if mounted or switch is None or has_own_token(subject) or others_use_token(graph, account):
            return
        bindings = [
            binding for binding in graph.incoming(account, "binds") if isinstance(binding.source, KubernetesObject)
        ]
        if bindings:
            yield self.finding(
                f"the pods get no token, so what ServiceAccount `{account.name}` may do is of no use",
                switch,
                "no token is mounted",
                related=[(binding.node, "the account is granted rights here") for binding in bindings[:3]],
                path=(subject.owner, account, bindings[0].source),
                help="mount the token, or remove the bindings",
                subject=subject.owner,
            )
