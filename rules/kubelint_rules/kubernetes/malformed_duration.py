"""kubernetes/malformed-duration."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replace_value
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.custom_durations import malformed_durations
from kubelint.systems.kubernetes.model import CustomResource
from kubelint.words import quoted


class MalformedDuration(Rule[CustomResource]):
    """A duration of a custom resource has a unit that does not exist, so the object is rejected or never works.

    ## Why
    cert-manager and the External Secrets Operator read durations as Go does: hours are the largest unit. The schema of
    the kind takes any text, so `90d` gets as far as the controller, which cannot read the object then.

    ## Example
    ```yaml certificate.yaml
    apiVersion: cert-manager.io/v1
    kind: Certificate
    metadata:
      name: web
      namespace: shop
    spec:
      secretName: web-tls
      duration: 90d
      dnsNames: [shop.example.com]
      issuerRef:
        name: internal
        kind: ClusterIssuer
    ```

    ## Stays silent when
    - the value is a placeholder that is only known later
    - the kind is none of cert-manager or the External Secrets Operator: others have units of their own

    ## Source
    Documentation of cert-manager, CertificateSpec; documentation of the External Secrets Operator, ExternalSecretSpec;
    Go's package `time`, ParseDuration.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: CustomResource, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each duration that cannot be read."""
        del graph
        for fault in malformed_durations(subject):
            edit = None if fault.meant is None else replace_value(fault.node, fault.meant, quoted=False)
            yield self.finding(
                f"`{fault.field}` is no duration: {quoted(fault.node.text)}",
                fault.node,
                "the units are `h`, `m` and `s`" + (f"; did you mean `{fault.meant}`?" if fault.meant else ""),
                help=f"write `{fault.meant}`" if fault.meant else "write hours, minutes and seconds, such as `1h30m`",
                fix=None if edit is None else Fix(f"write `{fault.meant}`", (edit,), Safety.UNSAFE),
                subject=subject,
            )
