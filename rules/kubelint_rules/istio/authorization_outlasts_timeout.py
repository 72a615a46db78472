"""istio/authorization-outlasts-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_surroundings import slow_authorization


class AuthorizationOutlastsTimeout(Rule[VirtualService]):
    """An external authorization at a gateway may take longer than the timeout of the route after it.

    ## Why
    The gateway asks the provider before it routes the request, and waits up to 600 seconds unless the provider has a
    `timeout`. The timeout of the route starts only then, so that clients wait for both.

    ## Example
    ```yaml gateway.yaml
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata:
      name: public
    spec:
      selector:
        istio: ingressgateway
      servers:
      - port:
          number: 80
          name: http
          protocol: HTTP
        hosts:
        - shop.example.com
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: shop
    spec:
      hosts:
      - shop.example.com
      gateways:
      - public
      http:
      - timeout: 3s
        route:
        - destination:
            host: frontend
    ---
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata:
      name: sessions
    spec:
      selector:
        matchLabels:
          istio: ingressgateway
      action: CUSTOM
      provider:
        name: session-check
      rules:
      - to:
        - operation:
            paths:
            - /admin/*
    ```
    ```yaml operator.yaml
    apiVersion: install.istio.io/v1alpha1
    kind: IstioOperator
    metadata:
      name: control-plane
      namespace: istio-system
    spec:
      meshConfig:
        extensionProviders:
        - name: session-check
          envoyExtAuthzHttp:
            service: sessions.auth.svc.cluster.local
            port: 8080
    ```

    ## Stays silent when
    - the provider has a `timeout` that is shorter
    - the provider is not known in the repository
    - the policy is for other pods than those of the gateway

    ## Source
    Istio reference, "Global Mesh Options", `EnvoyExternalAuthorizationHttpProvider.timeout`; "AuthorizationPolicy",
    action `CUSTOM`; Envoy documentation, "External Authorization".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("timeout",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each timeout that an authorization may outlast."""
        for remark in slow_authorization(graph, subject):
            yield self.finding_of(remark, subject)
