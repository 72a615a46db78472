"""kubernetes/policy-binds-host-network."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import NetworkPolicy


class PolicyBindsHostNetwork(Rule[NetworkPolicy]):
    """A NetworkPolicy selects only pods that use the network of their node, where most plugins ignore it.

    ## Why
    Traffic of pods with `hostNetwork: true` is traffic of the node. Most network plugins cannot tell them apart and
    ignore such pods in selectors: the policy looks like protection and is none.

    ## Example
    ```yaml agent.yaml
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: agent
      namespace: shop
    spec:
      selector:
        matchLabels:
          app: agent
      template:
        metadata:
          labels:
            app: agent
        spec:
          hostNetwork: true
          containers:
          - name: agent
            image: registry.example.com/shop/agent:1.4.2
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: agent
      namespace: shop
    spec:
      podSelector:
        matchLabels:
          app: agent
      ingress: []
    ```

    ## Stays silent when
    - some pod that it selects has a network of its own
    - it selects nothing, or everything

    ## Source
    Kubernetes documentation, "Network Policies", section "NetworkPolicy and `hostNetwork` pods".
    """

    severity = Severity.INFO
    group = Group.SUSPICIOUS

    def check(self, subject: NetworkPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for reference in graph.outgoing(subject, "isolates"):
            match = reference.detail
            if not isinstance(match, SelectorMatch) or not match.templates:
                continue
            switches = [template.spec.scalar("hostNetwork") for template in match.templates]
            if all(switch is not None and switch.text == "true" for switch in switches):
                yield self.finding(
                    f"most networks ignore NetworkPolicy `{subject.name}` for pods in the node's network",
                    match.selector.node,
                    "selects only such pods",
                    related=[(switch, "shares the node's network") for switch in switches[:3] if switch is not None],
                    path=(subject, *reference.targets[:1]),
                    help="remove the policy, or give the pods a network of their own",
                    subject=subject,
                )
