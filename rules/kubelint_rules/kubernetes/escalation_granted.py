"""kubernetes/escalation-granted."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessRule
from kubelint.systems.kubernetes.rights import granted


class EscalationGranted(Rule[AccessRule]):
    """A role lets its holder take more rights than it has (`escalate`, `bind`, `impersonate`).

    ## Why
    With `escalate` one writes a role with more rights than one has, with `bind` one binds any role to oneself, with
    `impersonate` one acts as somebody else. Each is as good as `cluster-admin`.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: support
    rules:
    - apiGroups: [rbac.authorization.k8s.io]
      resources: [clusterroles]
      verbs: [bind]
    ```

    ## Stays silent when
    - roles can be read or changed: the API server lets nobody put rights into a role that he does not have
    - the rule names the objects that it is for (`resourceNames`)
    - the role is one that clusters make for themselves (`system:…`, `eks:…`, the ClusterRoles `admin`, `edit` …)
      and nobody else binds it
    - the resource is `*` and `wildcard-in-role` runs, which speaks of it

    ## Source
    Kubernetes documentation, "Role Based Access Control Good Practices", section "Escalate verb", "Bind verb" and
    "Impersonate verb".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a rule that gives the right."""
        grant = granted(graph, subject, "escalation")
        if grant is not None:
            yield self.finding(
                f"{subject.role.kind} `{subject.role.name}` may take more rights than it lists",
                grant.node,
                f"with the verb `{grant.verbs[0].text}`",
                related=grant.related,
                help="remove the verb, or name the roles or users in `resourceNames`",
                subject=subject.role,
            )
