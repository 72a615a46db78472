"""kubernetes/named-create-rule."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessRule, named_in_vain


class NamedCreateRule(Rule[AccessRule]):
    """An RBAC rule restricts `create` or `deletecollection` to names, so these verbs never match.

    ## Why
    When an object is created its name is not part of the request path, and a collection has none: a rule with
    `resourceNames` cannot match. The client gets 403 on the first `create`, often the one of its leader election.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: deployer
      namespace: shop
    rules:
    - apiGroups: [coordination.k8s.io]
      resources: [leases]
      resourceNames: [shop-leader]
      verbs: [get, update, create]
    ```

    ## Stays silent when
    - another rule of the same object grants the verb on the resource without names
    - the resource is a subresource (`pods/exec`, `serviceaccounts/token`): its path has the name

    ## Source
    Kubernetes documentation, "Using RBAC Authorization", section "Referring to resources" (note on `resourceNames`).
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        if not subject.names:
            return
        for verb in subject.verbs:
            if verb.text not in ("create", "deletecollection"):
                continue
            lacking = [resource for resource in subject.resources if named_in_vain(graph, subject, resource, verb.text)]
            if lacking:
                yield self.finding(
                    f"`{verb.text}` with `resourceNames` never matches a request",
                    verb,
                    f"a request to {'create' if verb.text == 'create' else 'delete all'} bears no name",
                    related=[(subject.names[0], "the rule is for this name only"), (lacking[0], "of this resource")],
                    help=f"grant `{verb.text}` in a rule of its own, without `resourceNames`",
                    subject=subject.role,
                )
