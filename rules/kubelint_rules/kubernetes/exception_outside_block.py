"""kubernetes/exception-outside-block."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.cidr_blocks import stray_exceptions
from kubelint.systems.kubernetes.model import NetworkPolicy


class ExceptionOutsideBlock(Rule[NetworkPolicy]):
    """The exception of an IP block is no part of the block, so the object is rejected.

    ## Why
    `except` takes addresses out of `cidr`. Addresses that are not in it, or all of it, cannot be taken out.

    ## Example
    ```yaml policy.yaml
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: web
    spec:
      podSelector: {}
      policyTypes: [Egress]
      egress:
      - to:
        - ipBlock:
            cidr: 10.0.0.0/16
            except: [10.1.0.0/24]
    ```

    ## Stays silent when
    - one of the two is a placeholder or no block at all (see `wrong-value`)

    ## Source
    API reference, IPBlock.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: NetworkPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each exception outside of its block."""
        for node, block in stray_exceptions(graph, subject):
            yield self.finding(
                f"`{node.text}` is no part of `{block.text}`",
                node,
                "nothing to take out",
                related=[(block, "the block")],
                help=f"name a smaller block inside `{block.text}`",
                subject=subject,
            )
