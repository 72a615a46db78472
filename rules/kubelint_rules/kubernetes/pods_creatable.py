"""kubernetes/pods-creatable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessRule
from kubelint.systems.kubernetes.rights import granted


class PodsCreatable(Rule[AccessRule]):
    """A role lets its holder start pods, by themselves or through a workload.

    ## Why
    A pod may mount any Secret, ConfigMap and claim of its namespace and run as any of its ServiceAccounts: whoever
    starts pods has all of that.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: support
    rules:
    - apiGroups: [apps]
      resources: [deployments]
      verbs: [create]
    ```

    ## Stays silent when
    - workloads can be changed or deleted but not made
    - the rule names the objects that it is for (`resourceNames`)
    - the role is one that clusters make for themselves (`system:…`, `eks:…`, the ClusterRoles `admin`, `edit` …)
      and nobody else binds it
    - the resource is `*` and `wildcard-in-role` runs, which speaks of it

    ## Source
    Kubernetes documentation, "Role Based Access Control Good Practices", section "Workload creation".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a rule that gives the right."""
        grant = granted(graph, subject, "pods")
        if grant is not None:
            yield self.finding(
                f"{subject.role.kind} `{subject.role.name}` starts pods",
                grant.node,
                "a pod runs as any account of its namespace",
                related=grant.related,
                help="let a deployment pipeline start pods, and keep accounts with rights in other namespaces",
                subject=subject.role,
            )
