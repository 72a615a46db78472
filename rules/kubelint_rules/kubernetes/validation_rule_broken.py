"""kubernetes/validation-rule-broken."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.validation_rules import Violation
from kubelint.words import quoted


class ValidationRuleBroken(Rule[Violation]):
    """An object breaks a validation rule (CEL) of its CustomResourceDefinition, so the API server rejects it.

    ## Why
    Definitions carry rules that no schema can say. The API server evaluates them when the object is created, and
    refuses what breaks one.

    ## Example
    ```yaml crd.yaml
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: coupons.shop.example.com
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
            x-kubernetes-validations:
            - rule: self.metadata.name.startsWith('coupon-')
              message: coupons are called coupon-…
            properties:
              spec:
                type: object
                x-kubernetes-validations:
                - rule: self.minimum <= self.maximum
                  message: minimum must not be above maximum
                - rule: self.maximum >= oldSelf.maximum
                properties:
                  minimum:
                    type: integer
                    default: 1
                  maximum:
                    type: integer
                    default: 10
                  shops:
                    type: array
                    items:
                      type: object
                      x-kubernetes-validations:
                      - rule: "!has(self.url) || url(self.url).getScheme() == 'https'"
                      properties:
                        url:
                          type: string
                  codes:
                    type: object
                    additionalProperties:
                      type: string
                      x-kubernetes-validations:
                      - rule: self.matches('^[A-Z0-9]+$') && self.size() < 9
    ```
    ```yaml coupon.yaml
    apiVersion: shop.example.com/v1
    kind: Coupon
    metadata:
      name: coupon-summer
    spec:
      minimum: 20
    ```

    ## Stays silent when
    - the value holds a placeholder
    - the rule is about a change (`oldSelf`)
    - the rule cannot be evaluated here: it is counted as not checked. Without the optional package `cel-expr-python`
      all are

    ## Source
    Kubernetes documentation, "Extend the Kubernetes API with CustomResourceDefinitions", section "Validation rules".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Violation, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        del graph
        resource = subject.resource
        said = subject.message or quoted(subject.rule.text)
        yield self.finding(
            f"{resource.kind} `{resource.name}` breaks a rule of its definition: {said}",
            subject.place,
            "the API server refuses this value",
            related=[(subject.rule, "the rule")],
            help="change the value so that the rule holds",
            subject=resource,
        )
