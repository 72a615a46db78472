"""kubernetes/wildcard-in-role."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessRule
from kubelint.systems.kubernetes.rights import is_everything, is_own_role, wildcards


class WildcardInRole(Rule[AccessRule]):
    """A role uses a wildcard (`*`) and so allows what does not exist yet.

    ## Why
    `*` covers resources, subresources and verbs that later versions and other people's CRDs bring: `pods/exec`
    beside `pods`, `impersonate` and `escalate` beside `get`.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: deployer
    rules:
    - apiGroups: [apps]
      resources: [deployments]
      verbs: ["*"]
    ```

    ## Stays silent when
    - the role is one that clusters make for themselves (`system:…`, `eks:…`, the ClusterRoles `admin`, `edit` …)
      and nobody else binds it
    - `*` stands for a part of a path (`/metrics/*`)

    ## Source
    Kubernetes documentation, "Role Based Access Control Good Practices", section "Least privilege". Kubernetes
    documentation, "Using RBAC Authorization".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a rule with wildcards."""
        found = list(wildcards(subject))
        if not found or is_own_role(graph, subject.role):
            return
        first, *others = found
        named = {
            id(item): noun
            for items, noun in (
                (subject.resources, "every resource"),
                (subject.verbs, "every verb"),
                (subject.groups, "every API group"),
                (subject.paths, "every path"),
            )
            for item in items
        }
        what = "everything" if is_everything(subject) else named[id(first)]
        yield self.finding(
            f"{subject.role.kind} `{subject.role.name}` allows {what}",
            first,
            f"means {named[id(first)]}, those to come included",
            related=[(other, f"means {named[id(other)]}") for other in others],
            help="list what is needed",
            subject=subject.role,
        )
