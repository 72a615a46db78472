"""kubernetes/webhooks-writable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessRule
from kubelint.systems.kubernetes.rights import granted


class WebhooksWritable(Rule[AccessRule]):
    """A role lets its holder write admission webhooks.

    ## Why
    A webhook sees every object that is written, Secrets included, and a mutating one changes it: a container in
    every new pod, say.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: support
    rules:
    - apiGroups: [admissionregistration.k8s.io]
      resources: [mutatingwebhookconfigurations]
      verbs: [patch]
    ```

    ## Stays silent when
    - the rule names the objects that it is for (`resourceNames`)
    - the role is one that clusters make for themselves (`system:…`, `eks:…`, the ClusterRoles `admin`, `edit` …)
      and nobody else binds it
    - the resource is `*` and `wildcard-in-role` runs, which speaks of it

    ## Source
    Kubernetes documentation, "Role Based Access Control Good Practices", section "Control admission webhooks".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a rule that gives the right."""
        grant = granted(graph, subject, "webhooks")
        if grant is not None:
            yield self.finding(
                f"{subject.role.kind} `{subject.role.name}` writes admission webhooks",
                grant.node,
                "sees and changes every object that is written",
                related=grant.related,
                help="name the configurations in `resourceNames`",
                subject=subject.role,
            )
