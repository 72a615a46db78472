"""kubernetes/admission-policy-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.admission import AdmissionBinding


class AdmissionPolicyNotFound(Rule[AdmissionBinding]):
    """A ValidatingAdmissionPolicyBinding names a policy that does not exist under this name.

    ## Why
    The binding is accepted and has no effect: nothing is refused.

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
      policyName: onwers
      validationActions: [Deny]
    ```

    ## Stays silent when
    - a policy of that name exists anywhere in the repository
    - nothing in the same unit has a name that is near: the policy may live elsewhere

    ## Source
    Kubernetes documentation, "Validating Admission Policy", section "Creating a ValidatingAdmissionPolicy".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: AdmissionBinding, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for reference in graph.outgoing(subject, "binds-policy"):
            if reference.dangling:
                yield self.dangling(reference, "ValidatingAdmissionPolicy", "refuses nothing")
