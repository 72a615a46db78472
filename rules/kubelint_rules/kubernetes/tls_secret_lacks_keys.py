"""kubernetes/tls-secret-lacks-keys."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject, Secret

_KEYS = ("tls.crt", "tls.key")


class TlsSecretLacksKeys(Rule[KubernetesObject]):
    """The Secret with the certificate of an Ingress or a Gateway lacks `tls.crt` or `tls.key`.

    ## Why
    Controllers read the certificate and its key under exactly these names. Without them they show a certificate of
    their own, or refuse the listener.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Secret
    metadata:
      name: site-tls
    stringData:
      cert.pem: |
        -----BEGIN CERTIFICATE-----
      key.pem: |
        -----BEGIN PRIVATE KEY-----
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: site
    spec:
      tls:
      - hosts: [shop.example.com]
        secretName: site-tls
      rules:
      - host: shop.example.com
        http:
          paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
    ```

    ## Stays silent when
    - the Secret is not in the repository, or a controller fills it in
    - the Secret has no data at all: somebody else fills it in
    - one of several alternatives of the Secret has both keys
    - the type of the Secret is another than `kubernetes.io/tls` while both keys are there: controllers read the
      keys

    ## Source
    Kubernetes documentation, "Ingress", section "TLS"; API reference, Secret type `kubernetes.io/tls`; Gateway API
    specification, SecretObjectReference.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("tls",)
    references = References(("shows-certificate",))

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each certificate that is not there."""
        for reference in graph.outgoing(subject, "shows-certificate"):
            secrets = [target for target in reference.targets if isinstance(target, Secret)]
            lacking = [[key for key in _KEYS if key not in secret.keys] for secret in secrets]
            if not secrets or not all(lacking) or not all(secret.keys_known for secret in secrets):
                continue
            if subject.unit.incomplete or any(key.opaque for secret in secrets for key in secret.keys.values()):
                continue
            names = " or ".join(f"`{key}`" for key in lacking[0])
            yield self.finding(
                f"Secret `{secrets[0].name}` has no {names}",
                reference.node,
                "so there is no certificate to show",
                related=[(key, "it has this key") for key in list(secrets[0].keys.values())[:3]],
                path=(subject, secrets[0]),
                help="put the certificate under `tls.crt` and its key under `tls.key`",
                subject=subject,
            )
