"""istio/envoy-filter-used."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.habits import envoy_filter
from kubelint.systems.istio.model import EnvoyFilter


class EnvoyFilterUsed(Rule[EnvoyFilter]):
    """An EnvoyFilter is used: it depends on the inside of Istio's proxies.

    ## Why
    An EnvoyFilter patches the configuration that istiod makes. The names in it are no interface, and an upgrade may
    change what it patches, or let it patch nothing.

    ## Example
    ```yaml filter.yaml
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata:
      name: lua
    spec:
      configPatches:
      - applyTo: HTTP_FILTER
        match:
          context: SIDECAR_INBOUND
        patch:
          operation: INSERT_BEFORE
          value:
            name: envoy.filters.http.lua
    ```

    ## Stays silent when
    - there is no EnvoyFilter

    ## Source
    Istio reference, "Envoy Filter".
    """

    severity = Severity.INFO
    group = Group.STYLE

    def check(self, subject: EnvoyFilter, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each EnvoyFilter."""
        del graph
        for remark in envoy_filter(subject):
            yield self.finding_of(remark, subject)
