"""kubernetes/own-policy-broken."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.own_policies import Breach


class OwnPolicyBroken(Rule[Breach]):
    """An object is not as a policy of the configuration wants it.

    ## Why
    A team has rules that nobody else has: an owner on each workload, a registry, a pair of objects that belong
    together. `policies` in `.kubelint.yaml` states them as expressions in CEL, the language of admission policies.
    `object` is the object as it is written, `objects` is all that is applied together with it.

    ## Example
    ```yaml .kubelint.yaml
    policies:
    - name: owner
      resources: [Deployment/*, StatefulSet/*]
      expression: "'owner' in object.metadata.?labels.orValue({})"
      message: every workload names its owner in the label `owner`
    ```
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      labels:
        app: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: registry.example.com/shop/web:1.4.2
    ```

    ## Stays silent when
    - the policy is about other resources
    - the object holds a placeholder that is only known later: it is counted as not checked
    - the expression cannot be evaluated: `kubernetes/own-policy-unusable` says so

    ## Source
    The configuration (`docs/configuration.md`); Common Expression Language, language definition.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Breach, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each object that a policy does not hold for."""
        del graph
        resource, policy = subject.resource, subject.policy
        yield self.finding(
            f"{resource.kind} `{resource.name}` breaks the policy `{policy.name}`",
            resource,
            policy.message or "the expression of the policy is false here",
            related=[(policy.expression, "must be true")],
            severity=policy.severity,
            subject=resource,
        )
