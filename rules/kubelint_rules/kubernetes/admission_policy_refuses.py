"""kubernetes/admission-policy-refuses."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.admission import Refusal
from kubelint.words import quoted


class AdmissionPolicyRefuses(Rule[Refusal]):
    """A ValidatingAdmissionPolicy of the repository refuses an object of the repository.

    ## Why
    A binding denies what the policy does not allow, so the object cannot be created: the API server answers with the
    message of the policy.

    ## Example
    ```yaml policy.yaml
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata:
      name: owners
    spec:
      matchConstraints:
        resourceRules:
        - apiGroups: [apps]
          apiVersions: [v1]
          operations: [CREATE, UPDATE]
          resources: [deployments]
      validations:
      - expression: has(object.metadata.labels) && 'owner' in object.metadata.labels
        message: every Deployment names its owner
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata:
      name: owners-everywhere
    spec:
      policyName: owners
      validationActions: [Deny]
    ```
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: shop
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
    - no binding of the repository denies by the policy, or the object is outside of what both are about
    - a condition or an expression depends on what only the cluster knows: who asks, labels of a Namespace that no
      file holds, parameters that live elsewhere, a field that the API server fills in
    - the object holds a placeholder
    - the expression cannot be evaluated here: it is counted as not checked
    - the object may belong to another cluster or stage

    ## Source
    Kubernetes documentation, "Validating Admission Policy".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Refusal, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        del graph
        said = subject.message or quoted(subject.expression.text)
        resource = subject.resource
        yield self.finding(
            f"{resource.kind} `{resource.name}` is refused by policy `{subject.policy.name}`: {said}",
            resource,
            "refused when it is created",
            related=[(subject.expression, "does not hold"), (subject.binding, "denies by this policy")],
            path=(resource, subject.policy),
            help="change the object so that the policy allows it, or leave it out in the policy",
            subject=resource,
        )
