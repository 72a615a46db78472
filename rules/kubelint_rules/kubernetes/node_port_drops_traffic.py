"""kubernetes/node-port-drops-traffic."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import DaemonSet, Service


class NodePortDropsTraffic(Rule[Service]):
    """A NodePort with `externalTrafficPolicy: Local` drops what comes to a node without a pod.

    ## Why
    Every node opens the port, but only those that run a pod answer. Without a load balancer that asks the nodes,
    clients cannot know which ones.

    ## Example
    ```yaml service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: gateway
    spec:
      type: NodePort
      externalTrafficPolicy: Local
      selector:
        app: gateway
      ports:
      - port: 443
    ```

    ## Stays silent when
    - the Service is in front of a DaemonSet of the repository, which has a pod on every node
    - the type is `LoadBalancer`, which asks the nodes
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Virtual IPs and Service Proxies", section "Traffic policies".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY
    keys = ("externalTrafficPolicy",)

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a NodePort that only some nodes answer."""
        policy = subject.root.scalar("spec", "externalTrafficPolicy")
        if subject.type != "NodePort" or policy is None or policy.text != "Local":
            return
        behind = [target for reference in graph.outgoing(subject, "selects") for target in reference.targets]
        if any(isinstance(target, DaemonSet) for target in behind):
            return
        yield self.finding(
            f"nodes without a pod of Service `{subject.name}` drop what comes to its port",
            policy,
            "only nodes with a pod answer",
            help="use `Cluster`, a DaemonSet, or a load balancer that asks the nodes",
            subject=subject,
        )
