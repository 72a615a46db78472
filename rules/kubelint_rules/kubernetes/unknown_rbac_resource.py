"""kubernetes/unknown-rbac-resource."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.access import AccessRule, access_table


class UnknownRbacResource(Rule[AccessRule]):
    """An RBAC rule names a resource that its API groups do not have, so it grants nothing.

    ## Why
    Rules name resources as request paths do: the plural in lower case (`deployments`), in the group that serves them.
    The kind, the singular, a short name or the wrong group is accepted and never matches a request: the client gets
    403.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: deployer
      namespace: shop
    rules:
    - apiGroups: [apps]
      resources: [deployment]
      verbs: [get, list, watch]
    ```

    ## Stays silent when
    - one of the rule's groups has the resource (a rule may list several groups and resources at once)
    - one of the groups is unknown, and the name is no kind, singular or short name of a resource of the others
    - a CustomResourceDefinition of the repository or a bundled one defines the resource
    - the subresource is unknown and not near to one: controllers ask for `finalizers` of any resource

    ## Source
    Kubernetes documentation, "Using RBAC Authorization", section "Referring to resources"; the API server's discovery
    documents.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        table = access_table(graph)
        for resource in subject.resources:
            problem = table.resource_problem(subject, resource)
            if problem is None:
                continue
            fix = None
            if len(problem.meant) == 1 and resource.plain:
                title = f"replace `{resource.text}` with `{problem.meant[0]}`"
                fix = Fix(title, (TextEdit(resource.span, problem.meant[0]),), Safety.UNSAFE)
            meant = " or ".join(f"`{name}`" for name in problem.meant)
            yield self.finding(
                f"no group of this rule has a resource `{resource.text}`, so it grants nothing",
                resource,
                problem.reason,
                related=[(group, "looked up in this group") for group in subject.groups[:3]],
                help=f"write {meant}" if meant else problem.help,
                fix=fix,
                subject=subject.role,
            )
