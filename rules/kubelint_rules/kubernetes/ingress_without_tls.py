"""kubernetes/ingress-without-tls."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Ingress
from kubelint.tree.node import Scalar

#: Ends of annotation names with which controllers take a certificate from elsewhere or pass TLS on.
_CERTIFICATES = (
    "/certificate-arn", "/pre-shared-cert", "/managed-certificates", "/router.tls", "/router.tls.certresolver",
    "/ssl-passthrough", "/ssl-cert", "/ssl_certificate", "/appgw-ssl-certificate", "/certmap", "/tls-acme",
)  # fmt: skip


class IngressWithoutTls(Rule[Ingress]):
    """An Ingress serves its hosts without TLS.

    ## Why
    Passwords, cookies and what the pages show cross the network in plain text, and anybody on the way can change
    them.

    ## Example
    ```yaml ingress.yaml
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
    spec:
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
    ```

    ## Stays silent when
    - `spec.tls` has an entry
    - an annotation gives the load balancer a certificate (`alb.ingress.kubernetes.io/certificate-arn`,
      `ingress.gcp.kubernetes.io/pre-shared-cert`, `networking.gke.io/managed-certificates`, Traefik's `router.tls`
      …) or passes TLS through
    - some hosts are in `spec.tls` and some are not: that is for `host-without-tls`
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Ingress", section "TLS".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: Ingress, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for an Ingress without any TLS."""
        del graph
        tls = subject.root.at("spec", "tls")
        if (tls is not None and (tls.items() or (isinstance(tls, Scalar) and tls.opaque))) or any(
            key.text.endswith(_CERTIFICATES) for key, _ in subject.annotations()
        ):
            return
        hosts = [host for rule in subject.root.items_at("spec", "rules") if (host := rule.scalar("host")) is not None]
        yield self.finding(
            f"Ingress `{subject.name}` serves without TLS",
            hosts[0] if hosts else subject.node,
            "is served in plain text",
            related=[(host, "and this") for host in hosts[1:4]],
            help="add `spec.tls` with the hosts and the Secret of their certificate",
            subject=subject,
        )
