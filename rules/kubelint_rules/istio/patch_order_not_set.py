"""istio/patch-order-not-set."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.habits import unordered_patches
from kubelint.systems.istio.model import EnvoyFilter


class PatchOrderNotSet(Rule[EnvoyFilter]):
    """A patch stands next to another filter, and nothing says which EnvoyFilter comes first.

    ## Why
    `INSERT_BEFORE` and `INSERT_AFTER` look for a filter that another EnvoyFilter may add. Without `priority` the
    older one is applied first, so that the result differs between clusters.

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
    - `priority` is set, or the patch is for certain versions of the proxy

    ## Source
    Istio reference, "Envoy Filter", field `priority`.
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: EnvoyFilter, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each patch whose order is open."""
        del graph
        for remark in unordered_patches(subject):
            yield self.finding_of(remark, subject)
