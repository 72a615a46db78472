"""istio/retries-eject-endpoint."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_surroundings import quick_ejections


class RetriesEjectEndpoint(Rule[VirtualService]):
    """One request with its retries has as many errors as it takes to eject an endpoint.

    ## Why
    Each try that fails counts for the endpoint that it went to. Where a host has few endpoints, a single bad request
    takes one of them out for all callers.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews
      http:
      - route:
        - destination:
            host: reviews
        retries:
          attempts: 3
          retryOn: 5xx
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
    spec:
      host: reviews
      trafficPolicy:
        outlierDetection:
          consecutive5xxErrors: 3
    ```

    ## Stays silent when
    - it takes more errors than the tries of one request
    - the route does not write down retries, or not of errors of the server

    ## Source
    Istio reference, "DestinationRule", `OutlierDetection.consecutive5xxErrors` (5 unless set).
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each detection that one request sets off."""
        for remark in quick_ejections(graph, subject):
            yield self.finding_of(remark, subject)
