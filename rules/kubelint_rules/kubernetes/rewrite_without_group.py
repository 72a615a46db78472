"""kubernetes/rewrite-without-group."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.ingress_annotations import starved_rewrites
from kubelint.systems.kubernetes.model import Ingress


class RewriteWithoutGroup(Rule[Ingress]):
    """A rewrite of ingress-nginx uses a group that the path does not have, so all paths become one.

    ## Why
    `rewrite-target: /$2` puts the second group of the path's expression there. A path without it leaves the place
    empty: every request arrives as `/`.

    ## Example
    ```yaml web.yaml
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
      annotations:
        nginx.ingress.kubernetes.io/rewrite-target: /$2
    spec:
      ingressClassName: nginx
      rules:
      - host: shop.example.com
        http:
          paths:
          - path: /api
            pathType: ImplementationSpecific
            backend:
              service:
                name: web
                port:
                  number: 80
    ```

    ## Stays silent when
    - the target has no `$1` to `$9`
    - a path or the target is a placeholder

    ## Source
    Documentation of the Ingress-NGINX controller, "Rewrite".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("nginx.ingress.kubernetes.io/rewrite-target",)

    def check(self, subject: Ingress, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each path that leaves the rewrite incomplete."""
        del graph
        for found in starved_rewrites(subject):
            has = "no group" if found.groups == 0 else f"only {found.groups} group{'s' if found.groups > 1 else ''}"
            yield self.finding(
                f"the path `{found.path.text}` has {has} for `${found.wanted}` of the rewrite",
                found.path,
                f"`${found.wanted}` stays empty",
                related=[(found.target, "used here")],
                help=f"write `{found.path.text.rstrip('/')}(/|$)(.*)`"
                if found.wanted == 2 and not found.groups
                else "add the groups to the path",
                subject=subject,
            )
