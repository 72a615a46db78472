"""kubernetes/not-base64."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.encoded import badly_encoded, encoded
from kubelint.systems.kubernetes.model import KubernetesObject, Secret


class NotBase64(Rule[KubernetesObject]):
    """A value that must be base64 is none, so the object is rejected.

    ## Why
    The data of a Secret, the binary data of a ConfigMap and the certificates of webhooks are bytes, which are written
    as base64. Plain text belongs into `stringData`.

    ## Example
    ```yaml secret.yaml
    apiVersion: v1
    kind: Secret
    metadata:
      name: database
    data:
      password: correct-horse
    ```

    ## Stays silent when
    - the value is plain text that happens to be base64: nobody can tell
    - the value is a placeholder or encrypted by SOPS

    ## Source
    Kubernetes documentation, "Secrets", section "Constraints on Secret names and data"; RFC 4648.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that cannot be decoded."""
        for value, node, reason in badly_encoded(graph, subject):
            secret = isinstance(subject, Secret)
            fix = None
            if secret and "\n" not in node.span.text:
                fix = Fix("encode the value", (TextEdit(node.span, encoded(node.text)),), Safety.UNSAFE)
            yield self.finding(
                f"the value of `{value.key.text}` is no base64",
                node,
                reason,
                help="encode it, or move the key to `stringData`" if secret else "encode it",
                fix=fix,
                subject=subject,
            )
