"""kubernetes/secret-differs-from-type."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replace_value
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Secret
from kubelint.systems.kubernetes.secret_types import type_faults
from kubelint.tree.node import Scalar


class SecretDiffersFromType(Rule[Secret]):
    """The data of a Secret is not what its type asks for.

    ## Why
    A type with keys of its own is refused without them; pull secrets must hold JSON, and a misspelt type is taken for
    one of your own, which nobody looks for.

    ## Example
    ```yaml secret.yaml
    apiVersion: v1
    kind: Secret
    metadata:
      name: shop-tls
    type: kubernetes.io/tls
    stringData:
      cert.pem: certificate
      key.pem: key
    ```

    ## Stays silent when
    - the type is `Opaque`, not set, or of your own domain
    - the Secret has no data at all: somebody else fills it in
    - the values are placeholders or encrypted: only the keys are looked at then

    ## Source
    Kubernetes documentation, "Secrets", section "Types of Secret".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: Secret, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each key or value that the type makes wrong."""
        del graph
        for fault in type_faults(subject):
            fix = None
            if fault.meant is not None and isinstance(fault.node, Scalar):
                edit = replace_value(fault.node, fault.meant)
                fix = None if edit is None else Fix(f"write `{fault.meant}`", (edit,), Safety.UNSAFE)
            yield self.finding(
                fault.headline,
                fault.node,
                fault.label,
                help=fault.help,
                fix=fix,
                severity=Severity.ERROR if fault.refused else Severity.WARNING,
                subject=subject,
            )
