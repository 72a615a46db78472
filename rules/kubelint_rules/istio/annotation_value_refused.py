"""istio/annotation-value-refused."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.annotations import refused
from kubelint.systems.kubernetes.model import KubernetesObject


class AnnotationValueRefused(Rule[KubernetesObject]):
    """An annotation for Istio has a value that the injector refuses.

    ## Why
    The injector checks the annotations of a pod. With a value that it cannot read the pod is not injected, or not
    admitted.

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
            traffic.sidecar.istio.io/excludeInboundPorts: "http"
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
    - the value is a placeholder
    - the repository has nothing of Istio

    ## Source
    Istio reference, "Resource Annotations".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that is refused."""
        del graph
        for remark in refused(subject):
            yield self.finding_of(remark, subject)
