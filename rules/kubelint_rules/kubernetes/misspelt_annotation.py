"""kubernetes/misspelt-annotation."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kubernetes.ingress_annotations import misspelt_annotations
from kubelint.systems.kubernetes.model import KubernetesObject


class MisspeltAnnotation(Rule[KubernetesObject]):
    """An annotation is nearly one that its controller reads, so it has no effect.

    ## Why
    Controllers look for exact keys and ignore what they do not know. `proxy-body-sise` leaves the limit of uploads
    where it was.

    ## Example
    ```yaml web.yaml
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
      annotations:
        nginx.ingress.kubernetes.io/proxy-body-sise: 64m
    spec:
      ingressClassName: nginx
      defaultBackend:
        service:
          name: web
          port:
            number: 80
    ```

    ## Stays silent when
    - the name is none of the known ones and not near to any: controllers get new ones
    - the domain is not one of those whose names are known (see `misspelt-domain` for the domain itself)

    ## Source
    Documentation of the Ingress-NGINX controller, cert-manager and external-dns, pages "Annotations"; Prometheus,
    example configuration for Kubernetes.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True
    alone = True
    keys = ("annotations",)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each near miss."""
        del graph
        for key, domain, near in misspelt_annotations(subject):
            meant = f"{domain}/{near[0]}"
            fix = None
            if len(near) == 1 and key.span.text == key.text:
                fix = Fix(f"write `{meant}`", (TextEdit(key.span, meant),), Safety.UNSAFE)
            name = key.text.partition("/")[2]
            yield self.finding(
                f"`{domain}` has no annotation `{name}`; {did_you_mean(near)}",
                key,
                "nobody reads it",
                help=f"write `{meant}`",
                fix=fix,
                subject=subject,
            )
