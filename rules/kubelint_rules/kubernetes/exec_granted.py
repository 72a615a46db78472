"""kubernetes/exec-granted."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessRule
from kubelint.systems.kubernetes.rights import granted


class ExecGranted(Rule[AccessRule]):
    """A role lets its holder run commands in pods (`pods/exec`, `pods/attach`).

    ## Why
    Whoever runs commands in a pod has its files, its Secrets and the token of its ServiceAccount, and nothing of it
    is in the manifest.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: support
    rules:
    - apiGroups: [""]
      resources: [pods/exec]
      verbs: [create]
    ```

    ## Stays silent when
    - only verbs are given that these requests do not use (`list`, `delete` …)
    - the rule names the objects that it is for (`resourceNames`)
    - the role is one that clusters make for themselves (`system:…`, `eks:…`, the ClusterRoles `admin`, `edit` …)
      and nobody else binds it
    - the resource is `*` and `wildcard-in-role` runs, which speaks of it

    ## Source
    Kubernetes documentation, "Role Based Access Control Good Practices", section "Workload creation". Kubernetes
    documentation, "Authorization" (request verbs of pods/exec).
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a rule that gives the right."""
        grant = granted(graph, subject, "exec")
        if grant is not None:
            yield self.finding(
                f"{subject.role.kind} `{subject.role.name}` lets its holder run commands in pods",
                grant.node,
                "a shell in every pod that it covers",
                related=grant.related,
                help="remove the resource, or give it for a limited time",
                subject=subject.role,
            )
