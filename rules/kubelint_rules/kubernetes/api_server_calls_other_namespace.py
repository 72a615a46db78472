"""kubernetes/api-server-calls-other-namespace."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, References, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.tree.node import Scalar


class ApiServerCallsOtherNamespace(Rule[KubernetesObject]):
    """A webhook, an APIService or a converter names its Service in a namespace where it is not.

    ## Why
    The API server calls `<name>.<namespace>.svc`. In the wrong namespace there is no such Service: with
    `failurePolicy: Fail` every request that the webhook is for is refused, and an extension API answers 503.

    ## Example
    ```yaml webhook.yaml
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata:
      name: policy
    webhooks:
    - name: check.policy.example.com
      admissionReviewVersions: [v1]
      sideEffects: None
      clientConfig:
        service:
          name: policy-webhook
          namespace: policy
          path: /check
      rules:
      - apiGroups: [""]
        apiVersions: [v1]
        operations: [CREATE]
        resources: [pods]
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: policy-webhook
      namespace: policy-system
    spec:
      selector:
        app: policy-webhook
      ports:
      - port: 443
        targetPort: 9443
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: policy-webhook
      namespace: policy-system
    spec:
      selector:
        matchLabels:
          app: policy-webhook
      template:
        metadata:
          labels:
            app: policy-webhook
        spec:
          containers:
          - name: policy-webhook
            image: registry.example.com/shop/policy-webhook:1.4.2
    ```

    ## Stays silent when
    - a Service of that name exists in the namespace, or in one that is not written down
    - the Service of that name is in another folder or kustomization
    - the namespace is a placeholder

    ## Source
    Kubernetes documentation, "Dynamic Admission Control", section "Service reference".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("service",)
    references = References(("called-in",))

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for reference in graph.outgoing(subject, "called-in"):
            found = reference.candidates[0]
            fix = None
            if isinstance(reference.node, Scalar) and reference.node.span.text == reference.node.text:
                edit = TextEdit(reference.node.span, found.namespace)
                fix = Fix(f"write `{found.namespace}`", (edit,), Safety.UNSAFE)
            yield self.finding(
                f"Service `{found.name}` is in namespace `{found.namespace}`, not in `{reference.wanted.name}`",
                reference.node,
                "the API server looks for it here",
                related=[(found, f"in namespace `{found.namespace}`")],
                path=(subject, found),
                help=f"write `{found.namespace}`",
                fix=fix,
                subject=subject,
            )
