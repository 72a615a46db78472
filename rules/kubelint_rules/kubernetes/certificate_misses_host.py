"""kubernetes/certificate-misses-host."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, References, Rule
from kubelint.systems.kubernetes.exposure import covers
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.shown_certificates import shown_hosts, writers


class CertificateMissesHost(Rule[KubernetesObject]):
    """An Ingress or a Gateway shows a certificate that is not for its host.

    ## Why
    The Secret is written by a Certificate whose `dnsNames` do not cover the host: browsers and clients refuse the
    connection.

    ## Example
    ```yaml web.yaml
    apiVersion: cert-manager.io/v1
    kind: ClusterIssuer
    metadata:
      name: letsencrypt
    spec:
      acme:
        server: https://acme-v02.api.letsencrypt.org/directory
        privateKeySecretRef:
          name: letsencrypt-account
        solvers:
        - http01:
            ingress:
              ingressClassName: nginx
    ---
    apiVersion: cert-manager.io/v1
    kind: Certificate
    metadata:
      name: site
    spec:
      secretName: site-tls
      dnsNames:
      - www.example.com
      issuerRef:
        name: letsencrypt
        kind: ClusterIssuer
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: site
    spec:
      tls:
      - hosts:
        - shop.example.com
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
    - no Certificate of the repository writes the Secret
    - a name with `*.` covers the host: one label
    - one of several Certificates that write the Secret covers the host
    - a name is a placeholder, or the subject is given as a whole (`literalSubject`)
    - the Certificate is in another namespace

    ## Source
    cert-manager documentation, "Certificate resource"; RFC 6125, section 6.4.3.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("tls",)
    references = References(("shows-certificate",))

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host that the certificate leaves out."""
        for reference in graph.outgoing(subject, "shows-certificate"):
            certificates = writers(graph, subject, reference)
            if not certificates or not all(certificate.hosts_known for certificate in certificates):
                continue
            for host in shown_hosts(subject, reference):
                names = [name for certificate in certificates for name in certificate.hosts()]
                if host.opaque or any(covers(name.text, host.text) for name in names):
                    continue
                yield self.finding(
                    f"the certificate in Secret `{reference.wanted.name}` is not for `{host.text}`",
                    host,
                    "clients refuse the connection",
                    related=[(name, "the certificate is for this name") for name in names[:3]],
                    path=(subject, certificates[0]),
                    help=f"add the host to `dnsNames` of Certificate `{certificates[0].name}`",
                    subject=subject,
                )
