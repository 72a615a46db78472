"""kubernetes/invalid-definition."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.definitions import problems
from kubelint.systems.kubernetes.model import CustomResourceDefinition


class InvalidDefinition(Rule[CustomResourceDefinition]):
    """A CustomResourceDefinition breaks a rule that its own schema cannot carry, so the API server rejects it.

    ## Why
    Without the definition none of its objects can be created, and controllers that watch them do not start. The
    schema of each version must be structural: every value has a type, and nothing closes objects or refers elsewhere.

    ## Example
    ```yaml crd.yaml
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: coupon.shop.example.com
    spec:
      group: shop.example.com
      scope: Namespaced
      names:
        kind: Coupon
        plural: coupons
      versions:
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                required: [percent]
                properties:
                  percent:
                    type: integer
                  minimum:
                    type: integer
                  maximum:
                    type: integer
    ```

    ## Stays silent when
    - the definition is of the removed version `apiextensions.k8s.io/v1beta1`
    - a value is a placeholder
    - a value may be anything: `x-kubernetes-preserve-unknown-fields` or `x-kubernetes-int-or-string` stands in for
      the type

    ## Source
    Kubernetes documentation, "Extend the Kubernetes API with CustomResourceDefinitions", section "Specifying a
    structural schema"; "Versions in CustomResourceDefinitions".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: CustomResourceDefinition, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        del graph
        for problem in problems(subject):
            yield self.finding(
                problem.headline,
                problem.node,
                problem.label,
                related=problem.related,
                help=problem.help,
                subject=subject,
            )
