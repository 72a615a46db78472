"""kubernetes/exclusive-fields."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.unions import Conflict, conflicts


class ExclusiveFields(Rule[KubernetesObject]):
    """Fields are set together of which only one may be, so the object is rejected.

    ## Why
    A volume has one source, a probe one handler, a variable a value or a place that it comes from. The API server does
    not choose between two; nor does it take `rollingUpdate` beside `type: Recreate`.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27
        livenessProbe:
          tcpSocket:
            port: 80
          httpGet:
            path: /
            port: 80
    ```

    ## Stays silent when
    - one of the fields is empty (`value: ""`), null or a placeholder

    ## Source
    API reference, Volume, Probe, EnvVar, IngressBackend, NetworkPolicyPeer, DeploymentStrategy and others.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each field beyond the first one."""
        for conflict in conflicts(graph, subject):
            yield self._finding(subject, conflict)

    def _finding(self, subject: KubernetesObject, conflict: Conflict) -> Finding:
        if conflict.reason is not None:
            node, value = conflict.reason
            return self.finding(
                f"`{conflict.second.text}` does not go with `{value}`",
                conflict.second,
                "must not be set",
                related=[(node, f"because this is `{value}`")],
                help=f"remove `{conflict.second.text}`, or write another value than `{value}`",
                subject=subject,
            )
        return self.finding(
            f"`{conflict.first.text}` and `{conflict.second.text}` exclude each other",
            conflict.second,
            "only one of them may be set",
            related=[(conflict.first, "the other one")],
            help="remove one of them",
            subject=subject,
        )
