"""kubernetes/service-without-selector."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service
from kubelint.systems.kubernetes.refer import WELL_KNOWN


class ServiceWithoutSelector(Rule[Service]):
    """A Service has no selector, and the repository has no endpoints for it.

    ## Why
    Without a selector nobody fills in the endpoints: unless somebody writes Endpoints or EndpointSlices, or a
    controller does, every connection to the Service is refused.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: legacy-db
    spec:
      ports:
      - port: 5432
    ```

    ## Stays silent when
    - Endpoints of the Service's name, or an EndpointSlice with the label `kubernetes.io/service-name`, are in the
      repository
    - the Service is of type ExternalName, or a controller of the cluster may fill it in: its name is well known or
      declared under `externals`
    - a part of the unit could not be read

    ## Source
    Kubernetes documentation, "Service", section "Services without selectors".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where nothing fills in the endpoints."""
        if subject.type == "ExternalName" or subject.selector is not None or subject.unit.incomplete:
            return
        wellknown = subject.name in WELL_KNOWN["Service"] or graph.is_external(subject.key)
        if wellknown or graph.incoming(subject, "extends"):
            return
        yield self.finding(
            f"Service `{subject.name}` has neither a selector nor endpoints",
            subject.root.key("spec") or subject,
            "nothing fills in its endpoints",
            help="add a selector, or Endpoints of the same name",
            subject=subject,
        )
