"""kubernetes/service-field-contradicts-type."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service
from kubelint.systems.kubernetes.service_fields import contradictions


class ServiceFieldContradictsType(Rule[Service]):
    """A Service has a field that its type does not have, so it is rejected.

    ## Why
    A `ClusterIP` has no port on the nodes and no traffic from outside; a name (`ExternalName`) has no address; only a
    load balancer has source ranges. The API server refuses what does not go together.

    ## Example
    ```yaml service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
        nodePort: 30080
    ```

    ## Stays silent when
    - the field is empty, 0 or a placeholder
    - `externalTrafficPolicy` goes with `externalIPs`

    ## Source
    API reference, ServiceSpec and ServicePort.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True
    keys = (
        "allocateLoadBalancerNodePorts",
        "loadBalancerClass",
        "loadBalancerSourceRanges",
        "healthCheckNodePort",
        "externalTrafficPolicy",
        "nodePort",
        "clusterIP",
        "sessionAffinityConfig",
    )

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each field that does not go with the type."""
        del graph
        for found in contradictions(subject):
            shown = found.type if ":" in found.type else f"type: {found.type}"
            yield self.finding(
                f"`{found.field}` does not go with `{shown}`",
                found.node,
                "must not be set",
                related=[] if found.cause is None else [(found.cause, "because of this")],
                help=found.help,
                note=None
                if found.cause is not None or ":" in found.type
                else f"the type is `{found.type}` unless it is set",
                subject=subject,
            )
