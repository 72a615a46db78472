"""istio/misspelt-annotation."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.annotations import misspelt
from kubelint.systems.kubernetes.model import KubernetesObject


class MisspeltAnnotation(Rule[KubernetesObject]):
    """An annotation or a label for Istio is a slip of one that Istio reads.

    ## Why
    Keys that Istio does not know are ignored: the pod gets a sidecar although it should not, or its ports are
    captured although they are to be left out.

    ## Example
    ```yaml reviews.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: reviews
      template:
        metadata:
          labels:
            app: reviews
          annotations:
            sidecar.istio.io/injct: "false"
        spec:
          containers:
          - name: reviews
            image: registry.istio.io/release/examples-bookinfo-reviews-v1:1.20.3
            ports:
            - containerPort: 9080
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: default
      namespace: bookinfo
    spec:
      mtls:
        mode: STRICT
    ```

    ## Stays silent when
    - nothing near is known: newer versions read more
    - the repository has nothing of Istio

    ## Source
    Istio reference, "Resource Annotations" and "Resource Labels".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each key that Istio does not read."""
        del graph
        for remark in misspelt(subject):
            yield self.finding_of(remark, subject)
