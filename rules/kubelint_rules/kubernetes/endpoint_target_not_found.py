"""kubernetes/endpoint-target-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class EndpointTargetNotFound(Rule[KubernetesObject]):
    """An endpoint that is written by hand names a pod that does not exist under this name.

    ## Why
    The address is used all the same, but whatever reads `targetRef` (topology, metrics, meshes) does not find the
    pod.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: mail-relay
    spec:
      containers:
      - name: postfix
        image: boky/postfix:v4.4.0
    ---
    apiVersion: v1
    kind: Endpoints
    metadata:
      name: mail
    subsets:
    - addresses:
      - ip: 10.1.2.3
        targetRef:
          kind: Pod
          name: mail-rely
      ports:
      - port: 25
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: mail
    spec:
      ports:
      - port: 25
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: controllers make most pods

    ## Source
    API reference, EndpointAddress, `targetRef`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True
    keys = ("targetRef",)
    references = References(("sends-to",), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject, "sends-to"):
            if reference.dangling:
                yield self.dangling(reference, reference.wanted.kind, "no such pod")
