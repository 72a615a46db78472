"""kubernetes/unknown-rbac-verb."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.access import AccessRule, access_table


class UnknownRbacVerb(Rule[AccessRule]):
    """An RBAC rule names a verb that no request has, so it grants nothing.

    ## Why
    Verbs are `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` and `deletecollection`, in lower case, and
    few others for certain resources. Anything else is accepted and never matches: the client gets 403.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: deployer
      namespace: shop
    rules:
    - apiGroups: [apps]
      resources: [deployments]
      verbs: [gets, list]
    ```

    ## Stays silent when
    - the verb is one that certain resources have (`bind`, `escalate`, `impersonate`, `use`, `approve`, `sign`)
    - the word is not near to a verb: authorizers and extension servers may have verbs of their own
    - the rule is for paths (`nonResourceURLs`) and the verb is a method of HTTP in lower case

    ## Source
    Kubernetes documentation, "Authorization", section "Request verbs and authorization".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        table = access_table(graph)
        for verb in subject.verbs:
            problem = table.verb_problem(subject, verb)
            if problem is None:
                continue
            fix = None
            if len(problem.meant) == 1 and verb.plain:
                title = f"replace `{verb.text}` with `{problem.meant[0]}`"
                fix = Fix(title, (TextEdit(verb.span, problem.meant[0]),), Safety.UNSAFE)
            yield self.finding(
                f"no request has the verb `{verb.text}`, so the rule grants nothing for it",
                verb,
                problem.reason,
                help="write " + " or ".join(f"`{name}`" for name in problem.meant) if problem.meant else "remove it",
                fix=fix,
                subject=subject.role,
            )
