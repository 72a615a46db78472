"""kubernetes/policy-allows-all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
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
    - everything is let out (`egress`): with the option `directions` that is reported too
    - the direction has no entries: nothing is let through then
    - the policy does not close the direction (`policyTypes`), so that its entries do nothing

    ## Source
    Kubernetes documentation, "Network Policies", section "Default policies".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """What must be limited."""

        directions: tuple[str, ...] = option(
            (INGRESS,), "The directions of traffic in which nothing may let all through.", choices=(INGRESS, EGRESS)
        )

    def check(self, subject: NetworkPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each entry that lets everything through."""
        del graph
        for direction in self.options.directions:
            if direction not in directions(subject):
                continue
            word = "to" if direction == INGRESS else "from"
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
