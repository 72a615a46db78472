"""kubernetes/secrets-readable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessRule
from kubelint.systems.kubernetes.rights import granted


class SecretsReadable(Rule[AccessRule]):
    """A role lets its holder read all Secrets that it covers.

    ## Why
    `list` and `watch` give the contents just as `get` does. Among them are the tokens and passwords of everything
    that runs there.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: support
    rules:
    - apiGroups: [""]
      resources: [secrets]
      verbs: [get]
    ```

    ## Stays silent when
    - only `create`, `update`, `patch` or `delete` are given
    - the rule names the objects that it is for (`resourceNames`)
    - the role is one that clusters make for themselves (`system:…`, `eks:…`, the ClusterRoles `admin`, `edit` …)
      and nobody else binds it
    - the resource is `*` and `wildcard-in-role` runs, which speaks of it

    ## Source
    Kubernetes documentation, "Role Based Access Control Good Practices", section "Listing secrets".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a rule that gives the right."""
        grant = granted(graph, subject, "secrets")
        if grant is not None:
            yield self.finding(
                f"{subject.role.kind} `{subject.role.name}` reads every Secret",
                grant.node,
                "its contents, with `list` and `watch` too",
                related=grant.related,
                help="name the Secrets in `resourceNames` and allow `get` only, or mount them",
                subject=subject.role,
            )
