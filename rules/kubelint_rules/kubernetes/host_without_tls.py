"""kubernetes/host-without-tls."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import is_near
from kubelint.systems.kubernetes.exposure import tls_hosts, uncovered_rule_hosts, uncovered_tls_hosts
from kubelint.systems.kubernetes.model import Ingress
from kubelint.tree.node import Scalar


class HostWithoutTls(Rule[Ingress]):
    """An Ingress has TLS for some of its hosts, and one host is left out.

    ## Why
    Requests for that host over HTTPS get the certificate of the controller, which no browser accepts, or another
    host's. Where TLS is on for the neighbours that is hardly meant.

    ## Example
    ```yaml web.yaml
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
      - host: api.example.com
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
    - the Ingress has no TLS at all (see the opt-in rules)
    - a TLS entry names no hosts: it is for all of them
    - a name with `*.` covers the host
    - another Ingress of the repository has TLS for the host: controllers merge them
    - the redirect to HTTPS is switched off by an annotation (`ssl-redirect`)
    - a TLS host that no rule has is nearly the same: `tls-host-without-rule` says so
    - a host is a placeholder

    ## Source
    Kubernetes documentation, "Ingress", section "TLS"; API reference, IngressTLS, `hosts`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("tls",)

    def check(self, subject: Ingress, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host that TLS leaves out."""
        if subject.unit.incomplete or any(
            key.text.endswith("ssl-redirect") and isinstance(value, Scalar) and value.text == "false"
            for key, value in subject.annotations()
        ):
            return
        slips = uncovered_tls_hosts(graph, subject)
        if any(host.opaque for host in tls_hosts(subject)):
            return
        for host in uncovered_rule_hosts(graph, subject):
            if any(is_near(slip.text, host.text) for slip in slips):
                continue
            yield self.finding(
                f"host `{host.text}` has no TLS, unlike others of this Ingress",
                host,
                "no entry of `tls` has this host",
                related=[(other, "TLS is for this host") for other in tls_hosts(subject)[:3]],
                help="add the host to an entry of `tls` whose certificate is for it",
                subject=subject,
            )
