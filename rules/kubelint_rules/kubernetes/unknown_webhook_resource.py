"""kubernetes/unknown-webhook-resource."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.access import AccessRule, NameProblem, access_table
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.request_rules import request_rules
from kubelint.tree.node import Scalar


class UnknownWebhookResource(Rule[KubernetesObject]):
    """An admission webhook or policy is to be asked about a resource or a group that does not exist.

    ## Why
    The API server compares the rules with the plural of a resource and with its group without version. A rule with
    `deployment` or `apps/v1` matches no request: the webhook is never asked, and nobody notices.

    ## Example
    ```yaml webhook.yaml
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata:
      name: policy
    webhooks:
    - name: policy.example.com
      admissionReviewVersions: [v1]
      sideEffects: None
      clientConfig:
        url: https://policy.example.com/validate
      rules:
      - apiGroups: [apps]
        apiVersions: [v1]
        operations: [CREATE, UPDATE]
        resources: [deployment]
    ```

    ## Stays silent when
    - the entry is a wildcard (`*`, `pods/*`) or a placeholder
    - a CustomResourceDefinition of the repository or a bundled one defines the resource
    - the group is not known: its resources may be anything

    ## Source
    API reference, RuleWithOperations; Kubernetes documentation, "Dynamic Admission Control" (Matching requests: rules).
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("webhooks", "resourceRules")

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each group and each resource that no request has."""
        for rule in request_rules(subject):
            table = access_table(graph)
            for group in rule.groups:
                problem = table.group_problem(group)
                if problem is not None:
                    yield self._finding(rule, group, problem, f"there is no API group `{group.text}`")
            for resource in rule.resources:
                problem = table.resource_problem(rule, resource)
                if problem is not None:
                    yield self._finding(
                        rule, resource, problem, f"no group of this rule has a resource `{resource.text}`"
                    )

    def _finding(self, rule: AccessRule, node: Scalar, problem: NameProblem, headline: str) -> Finding:
        fix = None
        if len(problem.meant) == 1 and problem.meant[0] and node.plain:
            fix = Fix(
                f"replace `{node.text}` with `{problem.meant[0]}`",
                (TextEdit(node.span, problem.meant[0]),),
                Safety.UNSAFE,
            )
        meant = " or ".join(f"`{name}`" if name else '`""`' for name in problem.meant)
        return self.finding(
            f"{headline}, so it is never asked",
            node,
            problem.reason,
            help=f"write {meant}" if meant else problem.help,
            fix=fix,
            subject=rule.role,
        )
