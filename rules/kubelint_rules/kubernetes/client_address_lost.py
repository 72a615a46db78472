"""kubernetes/client-address-lost."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service


class ClientAddressLost(Rule[Service]):
    """A load balancer hides the addresses of its clients from the pods (`externalTrafficPolicy: Cluster`).

    ## Why
    Every node forwards to every pod, and the pod sees the address of the node. Rate limits, allow lists and logs by
    client do not work; `Local` keeps the address, and sends nothing to nodes without a pod.

    ## Example
    ```yaml service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: gateway
    spec:
      type: LoadBalancer
      selector:
        app: gateway
      ports:
      - port: 443
    ```

    ## Stays silent when
    - `externalTrafficPolicy` is `Local`
    - the type is not `LoadBalancer`
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Create an External Load Balancer", section "Preserving the client source IP".
    """

    severity = Severity.INFO
    group = Group.STYLE

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a load balancer that hides its clients."""
        del graph
        kind, given = subject.root.scalar("spec", "type"), subject.root.scalar("spec", "externalTrafficPolicy")
        if kind is None or kind.text != "LoadBalancer" or (given is not None and given.text != "Cluster"):
            return
        yield self.finding(
            f"the pods of Service `{subject.name}` do not see the addresses of their clients",
            given or kind,
            "replaces them with addresses of nodes" if given is not None else "`externalTrafficPolicy` is not set",
            help="set `externalTrafficPolicy: Local`, if the pods need the addresses",
            subject=subject,
        )
