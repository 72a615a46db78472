"""kubernetes/host-port."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions


class HostPort(Rule[PodTemplate]):
    """A container takes a port of its node (`hostPort`).

    ## Why
    Whoever reaches the node reaches the container, past every Service and, with many network plugins, past the
    NetworkPolicies. Only one such pod fits on a node.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: gateway
    spec:
      containers:
      - name: gateway
        image: registry.example.com/shop/gateway:1.8.2
        ports:
        - containerPort: 8080
          hostPort: 80
    ```

    ## Stays silent when
    - `hostPort` is 0 or not set
    - the pod uses the network of the node (`hostNetwork`): that is for `host-network`
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Host Ports". Kubernetes documentation,
    "Configuration Best Practices".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("hostPort",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place of the pod that violates the control."""
        for violation in opinions(graph, subject, "host-port"):
            yield self.finding(
                f"{violation.who} takes port {violation.node.span.text} of its node",
                violation.node,
                violation.label,
                help=violation.control.help,
                note=violation.note,
                subject=subject.owner,
            )
