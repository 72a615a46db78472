"""kubernetes/issuer-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.certificates import CLUSTER_ISSUER_ANNOTATION, ISSUER_ANNOTATION, Certificate
from kubelint.systems.kubernetes.model import KubernetesObject


class IssuerNotFound(Rule[KubernetesObject]):
    """A certificate asks an issuer that does not exist under this name, or that is of the other kind.

    ## Why
    cert-manager waits for the issuer for ever, and no certificate is made. `Issuer` is the default kind and is
    looked up in the namespace of the certificate; a ClusterIssuer has to be named as such.

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
      - shop.example.com
      issuerRef:
        name: letsencrypt
        kind: Issuer
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)
    - the issuer is an external one (another group than `cert-manager.io`)
    - the ClusterIssuer or the Issuer of that very name and kind exists

    ## Source
    cert-manager documentation, "Certificate resource", "Annotated Ingress resource"; API reference, IssuerRef.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("issuerRef", "cert-manager.io/issuer", "cert-manager.io/cluster-issuer")
    references = References(("issued-by",), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each issuer that is not there or is of the other kind."""
        for reference in graph.outgoing(subject, "issued-by"):
            if not reference.dangling:
                continue
            kind = reference.wanted.kind.partition(".")[0]
            other = reference.candidates[0] if reference.candidates else None
            if other is None or other.name != reference.wanted.name:
                yield self.dangling(reference, kind, "no certificate is made")
                continue
            meant = other.key.kind.partition(".")[0]
            place, fix = reference.node, None
            written = subject.root.scalar("spec", "issuerRef", "kind")
            if isinstance(subject, Certificate) and written is not None:
                place = written
                fix = Fix(f"write `kind: {meant}`", (TextEdit(written.span, meant),), Safety.UNSAFE)
                advice = f"write `kind: {meant}`"
            elif isinstance(subject, Certificate):
                advice = f"add `kind: {meant}`"
            else:
                key = CLUSTER_ISSUER_ANNOTATION if meant == "ClusterIssuer" else ISSUER_ANNOTATION
                advice = f"use the annotation `{key}`"
            yield self.finding(
                f"`{other.name}` is no {kind} but a {meant}",
                place,
                "no certificate is made",
                related=[(other, f"this is a {meant}")],
                help=advice,
                fix=fix,
                subject=subject,
            )
