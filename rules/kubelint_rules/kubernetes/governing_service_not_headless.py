"""kubernetes/governing-service-not-headless."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service, StatefulSet


class GoverningServiceNotHeadless(Rule[StatefulSet]):
    """The Service that should give the pods of a StatefulSet their names has an address of its own.

    ## Why
    `serviceName` must be a headless Service (`clusterIP: None`): only then does the name of each pod, `db-0.db`,
    resolve. With an address of its own the Service resolves to that address and nothing below it does.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      selector:
        app: db
      ports:
      - port: 5432
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: db
    spec:
      replicas: 3
      serviceName: db
      selector:
        matchLabels:
          app: db
      template:
        metadata:
          labels:
            app: db
        spec:
          containers:
          - name: db
            image: postgres:17
    ```

    ## Stays silent when
    - the Service is not in the repository
    - one of several alternatives of the Service is headless

    ## Source
    Kubernetes documentation, "StatefulSets", section "Limitations"; API reference, StatefulSetSpec, `serviceName`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: StatefulSet, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the Service that governs is not headless."""
        for reference in graph.outgoing(subject, "governed-by"):
            services = [target for target in reference.targets if isinstance(target, Service)]
            if not services or any(service.headless or service.root.at("spec") is None for service in services):
                continue
            address = services[0].root.scalar("spec", "clusterIP")
            if address is not None and address.opaque:
                continue
            yield self.finding(
                f"Service `{services[0].name}` of StatefulSet `{subject.name}` is not headless",
                reference.node,
                f"`{subject.name}-0.{services[0].name}` does not resolve",
                related=[(address or services[0].node, "this Service needs `clusterIP: None`")],
                path=(subject, services[0]),
                help="name a Service with `clusterIP: None`; for one address beside it, add a second Service",
                subject=subject,
            )
