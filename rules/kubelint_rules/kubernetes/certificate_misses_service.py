"""kubernetes/certificate-misses-service."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.injected_certificates import unnamed_services
from kubelint.systems.kubernetes.model import KubernetesObject


class CertificateMissesService(Rule[KubernetesObject]):
    """The certificate of a webhook is not for the Service that the API server calls.

    ## Why
    The API server calls a webhook as `<name>.<namespace>.svc` and checks that the certificate has this name. Otherwise
    each call fails, and with `failurePolicy: Fail` so does each request that the webhook is asked about.

    ## Example
    ```yaml webhook.yaml
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata:
      name: policy
      annotations:
        cert-manager.io/inject-ca-from: webhooks/policy-serving
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
      dnsNames: [policy.webhook.svc]
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
    - the Certificate is an authority (`isCA: true`), or names no Service: it signs the certificate that is shown
    - the Service or the Certificate is not in the repository
    - a name is a placeholder

    ## Source
    Kubernetes documentation, "Dynamic Admission Control", section "Service reference"; cert-manager documentation, "CA
    Injector".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("cert-manager.io/inject-ca-from",)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each Service that the certificate leaves out."""
        seen = set()
        for fault in unnamed_services(graph, subject):
            if fault.host in seen:
                continue
            seen.add(fault.host)
            names = list(fault.certificate.hosts())
            yield self.finding(
                f"the certificate is not for `{fault.host}`",
                fault.node,
                "the API server calls this Service and refuses the certificate",
                related=[(name, "the certificate is for this name") for name in names[:3]],
                path=(subject, fault.certificate),
                help=f"add `{fault.host}` to `dnsNames` of Certificate `{fault.certificate.name}`",
                subject=subject,
            )
