"""kubernetes/own-policy-unusable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes import cel
from kubelint.systems.kubernetes.own_policies import NO_VERDICT, UnusablePolicy


class OwnPolicyUnusable(Rule[UnusablePolicy]):
    """A policy of the configuration cannot be evaluated, so it checks nothing.

    ## Why
    An expression with a mistake in it would pass as one that holds. A field that an object does not have is a mistake
    too: `object.metadata.labels.owner` fails where there are no labels. Ask with `has(…)` or `.?` first.

    ## Example
    ```yaml .kubelint.yaml
    policies:
    - name: owner
      expression: object.metadata.labels.owner != ''
    ```
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      LOG_LEVEL: info
    ```

    ## Stays silent when
    - the expression is true or false for each object that it is about

    ## Source
    The configuration (`docs/configuration.md`); Common Expression Language, language definition.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: UnusablePolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each policy that cannot be evaluated."""
        del graph
        policy, resource = subject.policy, subject.resource
        if not cel.available():
            advice = "install it: `pip install kubelint[cel]`"
        elif subject.reason == NO_VERDICT:
            advice = "compare it with something: the expression must be true where the object is right"
        elif resource is None:
            advice = "correct the expression; it sees `object` and `objects`"
        else:
            advice = "ask first whether a field is there: `has(object.metadata.labels)`, `object.metadata.?labels`"
        yield self.finding(
            f"the policy `{policy.name}` cannot be evaluated",
            policy.expression,
            subject.reason,
            related=[] if resource is None else [(resource, "fails for this object")],
            help=advice,
        )
