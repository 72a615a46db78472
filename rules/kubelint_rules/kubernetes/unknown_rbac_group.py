"""kubernetes/unknown-rbac-group."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.access import AccessRule, access_table


class UnknownRbacGroup(Rule[AccessRule]):
    """An RBAC rule names an API group that does not exist, so it grants nothing.

    ## Why
    The authorizer compares the group of a request with the entry as it stands. Groups have no version (`apps`, not
    `apps/v1`), the core group is the empty string, and most names are long (`networking.k8s.io`). A wrong name is
    accepted and never matches: the client gets 403.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: deployer
      namespace: shop
    rules:
    - apiGroups: [apps/v1]
      resources: [deployments]
      verbs: [get, list, watch]
    ```

    ## Stays silent when
    - the group is built in, or a CustomResourceDefinition of the repository or a bundled one defines it
    - the group is none of these and not near to one: another server may serve it
    - the entry is `*` or a placeholder

    ## Source
    Kubernetes documentation, "Using RBAC Authorization", section "Role example"; API reference, PolicyRule
    (`apiGroups`).
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        table = access_table(graph)
        for group in subject.groups:
            problem = table.group_problem(group)
            if problem is None:
                continue
            meant = [f"`{name}`" if name else '`""`' for name in problem.meant]
            fix = None
            if len(problem.meant) == 1 and (group.plain or not problem.meant[0]):
                text = problem.meant[0] or '""'
                fix = Fix(f"replace `{group.text}` with `{text}`", (TextEdit(group.span, text),), Safety.UNSAFE)
            yield self.finding(
                f"there is no API group `{group.text}`, so the rule grants nothing for it",
                group,
                problem.reason,
                help=f"write {' or '.join(meant)}" if meant else "write the name of the group without its version",
                fix=fix,
                subject=subject.role,
            )
