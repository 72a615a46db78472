"""kubernetes/certificate-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.injected_certificates import without_namespace
from kubelint.systems.kubernetes.model import KubernetesObject


class CertificateNotFound(Rule[KubernetesObject]):
    """A webhook takes its authority from a Certificate that does not exist under this name.

    ## Why
    cert-manager writes the authority of a Certificate into a webhook configuration, an APIService or a definition
    with a converter. If the annotation names none, `caBundle` stays empty and the API server refuses every call: `x509:
    certificate signed by unknown authority`.

    ## Example
    ```yaml webhook.yaml
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata:
      name: policy
      annotations:
        cert-manager.io/inject-ca-from: webhooks/policy-servng
    webhooks:
    - name: policy.example.com
      admissionReviewVersions: [v1]
      sideEffects: None
      clientConfig:
        service:
          name: policy
          namespace: webhooks
    ---
    apiVersion: cert-manager.io/v1
    kind: Certificate
    metadata:
      name: policy-serving
      namespace: webhooks
    spec:
      secretName: policy-serving
      dnsNames: [policy.webhooks.svc]
      issuerRef:
        name: self
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: policy
      namespace: webhooks
    spec:
      selector:
        app: policy
      ports:
      - port: 443
    ```

    ## Stays silent when
    - a Certificate of that name exists in that namespace, anywhere in the repository
    - no Certificate of the same unit has a name that is near: it may live elsewhere

    ## Source
    cert-manager documentation, "CA Injector".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("cert-manager.io/inject-ca-from",)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for an annotation that names no Certificate."""
        for reference in graph.outgoing(subject, "injects-from"):
            if reference.dangling:
                yield self.dangling(reference, "Certificate", "the API server trusts no answer")
        node = without_namespace(subject)
        if node is not None:
            yield self.finding(
                f"`{node.text}` does not name a Certificate with its namespace",
                node,
                "the API server trusts no answer",
                help="write `namespace/name`",
                subject=subject,
            )
