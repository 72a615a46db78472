"""compose/static-address."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.addresses import address_faults
from kubelint.systems.compose.model import ComposeProject


class StaticAddress(Rule[ComposeProject]):
    """A fixed address of a service cannot be given to it, so its container does not start.

    ## Why
    An address has to lie in a subnet that the network declares under `ipam`, and only one container can have it. The
    engine finds out when it starts the container: "invalid address", "Address already in use" or "user specified IP
    address is supported only when connecting to networks with user configured subnets".

    ## Example
    ```yaml compose.yaml
    services:
      db:
        image: postgres:16
        networks:
          backend:
            ipv4_address: 172.28.1.10
    networks:
      backend:
        ipam:
          config:
            - subnet: 172.28.0.0/24
    ```

    ## Stays silent when
    - the network is external, or comes from a file that cannot be read
    - a variable is part of the address or the subnet

    ## Source
    Compose Specification, "ipv4_address, ipv6_address" and "ipam"; Docker documentation, "Networking overview".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each address that the engine refuses."""
        del graph
        for fault in address_faults(subject):
            yield self.finding(
                fault.headline, fault.node, fault.clause, related=fault.related, help=fault.help, subject=fault.service
            )
