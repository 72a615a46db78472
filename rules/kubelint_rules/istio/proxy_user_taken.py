"""istio/proxy-user-taken."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.workloads import in_mesh, proxy_user
from kubelint.systems.kubernetes.pod import PodTemplate


class ProxyUserTaken(Rule[PodTemplate]):
    """A container runs as user 1337, which is the one of the proxy.

    ## Why
    Traffic of this user is not captured, so that the proxy does not capture its own. The container is in the mesh
    and bypasses it.

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
        spec:
          securityContext:
            runAsUser: 1337
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
    - the repository has nothing of Istio
    - the pod is a gateway: one of its containers is the proxy itself (`istio-proxy`)
    - the pod is surely not injected

    ## Source
    Istio documentation, "Application Requirements".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("runAsUser",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each container that runs as the proxy."""
        for remark in proxy_user(graph, subject) if in_mesh(graph) else ():
            yield self.finding_of(remark, subject.owner)
