"""kubernetes/tls-host-without-rule."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean, is_near
from kubelint.systems.kubernetes.exposure import rule_hosts, uncovered_tls_hosts
from kubelint.systems.kubernetes.model import Ingress


class TlsHostWithoutRule(Rule[Ingress]):
    """An Ingress has a certificate for a host that no rule serves.

    ## Why
    The entry does nothing: requests for that host end at the default backend. Where a rule has nearly the same
    host, one of the two is misspelt, and the real host has no certificate.

    ## Example
    ```yaml web.yaml
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: site
    spec:
      tls:
      - hosts:
        - shop.exmaple.com
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
    - a rule without host, or a default backend, serves every host
    - a name with `*.` on either side covers the other
    - another Ingress of the repository has a rule for the host
    - an annotation makes the controller serve more hosts (`from-to-www-redirect`, `server-alias`)
    - a host is a placeholder

    ## Source
    Kubernetes documentation, "Ingress", section "TLS": the hosts need to match those of the rules.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True
    keys = ("tls",)

    def check(self, subject: Ingress, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each TLS host without rule; a note where no rule has a host that is near."""
        if subject.unit.incomplete:
            return
        rules = rule_hosts(subject)
        if any(host.opaque for host in rules):
            return
        for host in uncovered_tls_hosts(graph, subject):
            near = [rule for rule in rules if is_near(rule.text, host.text)]
            meant = did_you_mean([rule.text for rule in near[:1]])
            fix = None
            if near and host.span.text == host.text:
                edit = TextEdit(host.span, near[0].text)
                fix = Fix(f"replace `{host.text}` with `{near[0].text}`", (edit,), Safety.UNSAFE)
            yield self.finding(
                f"no rule serves the TLS host `{host.text}`" + (f"; {meant}" if meant else ""),
                host,
                "this certificate is of no use here",
                related=[(rule, "the host of a rule") for rule in (near or rules)[:3]],
                help=f"write `{near[0].text}`" if near else "remove the host, or add a rule for it",
                fix=fix,
                severity=None if near else Severity.INFO,
                subject=subject,
            )
