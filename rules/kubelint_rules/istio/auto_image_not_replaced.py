"""istio/auto-image-not-replaced."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.workloads import uninjected_auto_image
from kubelint.systems.kubernetes.pod import PodTemplate


class AutoImageNotReplaced(Rule[PodTemplate]):
    """A gateway has the image `auto`, and nothing injects it: the image does not exist.

    ## Why
    `image: auto` is a place that the injector fills. A pod that is not injected keeps it and never starts.

    ## Example
    ```yaml gateway.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: edge
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: edge
      template:
        metadata:
          labels:
            app: edge
            sidecar.istio.io/inject: "false"
        spec:
          containers:
          - name: edge
            image: auto
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
    - nothing surely keeps the injection away

    ## Source
    Istio documentation, "Installing Gateways", section "Deploying a gateway".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each image that nobody replaces."""
        for remark in uninjected_auto_image(graph, subject):
            yield self.finding_of(remark, subject.owner)
