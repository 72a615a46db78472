"""kubernetes/two-issuers."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.certificates import CLUSTER_ISSUER_ANNOTATION, ISSUER_ANNOTATION
from kubelint.systems.kubernetes.model import KubernetesObject


class TwoIssuers(Rule[KubernetesObject]):
    """An Ingress or a Gateway asks both an Issuer and a ClusterIssuer for its certificate.

    ## Why
    Only one of `cert-manager.io/issuer` and `cert-manager.io/cluster-issuer` may be set: with both, cert-manager
    reports an error and makes no certificate.

    ## Example
    ```yaml web.yaml
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: site
      annotations:
        cert-manager.io/issuer: local
        cert-manager.io/cluster-issuer: letsencrypt
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
    - one of the two annotations is set only

    ## Source
    cert-manager documentation, "Annotated Ingress resource", section "Supported Annotations".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("cert-manager.io/issuer",)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where both annotations are set."""
        del graph
        one, other = subject.annotation(ISSUER_ANNOTATION), subject.annotation(CLUSTER_ISSUER_ANNOTATION)
        if one is None or other is None:
            return
        first, second = sorted((one, other), key=lambda node: node.start)
        yield self.finding(
            f"{subject.kind} `{subject.name}` asks two issuers for its certificate",
            second,
            "only one of the two annotations may be set",
            related=[(first, "the other one")],
            help="remove one of the annotations",
            subject=subject,
        )
