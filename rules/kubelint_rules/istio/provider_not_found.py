"""istio/provider-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.admission import unknown_providers
from kubelint.systems.istio.model import IstioObject


class ProviderNotFound(Rule[IstioObject]):
    """A policy or a Telemetry names a provider that the MeshConfig of the repository does not have.

    ## Why
    Providers are defined in `extensionProviders` of the MeshConfig. Without its provider a `CUSTOM` policy denies
    every request, and a Telemetry sends nothing.

    ## Example
    ```yaml mesh.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: istio
      namespace: istio-system
    data:
      mesh: |
        extensionProviders:
        - name: opa-ext-authz
          envoyExtAuthzGrpc:
            service: opa.opa.svc.cluster.local
            port: 9191
    ---
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: reviews
      action: CUSTOM
      provider:
        name: opa-ext-auth
      rules:
      - to:
        - operation:
            paths: [/admin]
    ```

    ## Stays silent when
    - no MeshConfig or IstioOperator of the repository defines any provider
    - only an IstioOperator of another folder defines providers, and none has nearly this name
    - the name is a placeholder, or one that Istio always has (`envoy`, `prometheus`)

    ## Source
    Istio reference, "Global Mesh Options", field `extensionProviders`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("provider", "providers")

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each provider that does not exist."""
        for remark in unknown_providers(graph, subject):
            yield self.finding_of(remark, subject)
