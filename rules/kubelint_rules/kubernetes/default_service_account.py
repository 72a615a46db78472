"""kubernetes/default-service-account."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.accounts import account_name
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.security_context import pod_place
from kubelint.systems.kubernetes.service_tokens import DEFAULT, gets_default_token


class DefaultServiceAccount(Rule[PodTemplate]):
    """A pod runs as the `default` ServiceAccount, which it shares with all that name none.

    ## Why
    What one of them is allowed, all are; and the log of the API server names none of them. An account of its own
    costs one object.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: registry.example.com/shop/web:1.4
    ```

    ## Stays silent when
    - the pod names another account (`token-without-rights` looks at those)
    - the pod gets no token (`automountServiceAccountToken: false`, in the pod or in a `default` ServiceAccount of
      the repository): it never shows the account
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Service Accounts".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a pod that uses the account."""
        account = account_name(subject)
        if (account is not None and account.text != DEFAULT) or not gets_default_token(graph, subject):
            return
        yield self.finding(
            f"{subject.owner.kind} `{subject.owner.name}` runs as the `default` ServiceAccount",
            account or pod_place(subject),
            "is shared by all pods that name no other" if account is not None else "no `serviceAccountName` is set",
            help="make a ServiceAccount and name it in `serviceAccountName`",
            subject=subject.owner,
        )
