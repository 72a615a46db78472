"""kubernetes/policy-allows-all."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import NetworkPolicy
from kubelint.systems.kubernetes.policy import EGRESS, INGRESS, directions, traffic_rules
from kubelint.tree.node import Scalar


class PolicyAllowsAll(Rule[NetworkPolicy]):
    """A NetworkPolicy lets everything through in a direction.

    ## Why
    Policies only add. One entry without peers and ports opens the direction for the pods, whatever other policies
    say.

    ## Example
    ```yaml policy.yaml
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: web
    spec:
      podSelector: {}
      policyTypes: [Ingress]
      ingress:
      - {}
    ```

    ## Stays silent when
    - the entry names peers or ports
    - the direction has no entries: nothing is let through then
    - the policy does not close the direction (`policyTypes`), so that its entries do nothing

    ## Source
    Kubernetes documentation, "Network Policies", section "Default policies".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: NetworkPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each entry that lets everything through."""
        del graph
        for direction, word in ((INGRESS, "to"), (EGRESS, "from")):
            if direction not in directions(subject):
                continue
            for entry in traffic_rules(subject, direction):
                node = entry.node
                if isinstance(node, Scalar) or entry.peers or entry.ports:
                    continue
                yield self.finding(
                    f"NetworkPolicy `{subject.name}` lets all traffic {word} its pods through",
                    node,
                    "neither peers nor ports are named",
                    help="name the peers and the ports that are needed",
                    subject=subject,
                )
