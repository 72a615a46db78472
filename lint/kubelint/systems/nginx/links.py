"""What configuration files lead to: the ports of other containers."""

from __future__ import annotations

from kubelint.graph.query import Graph
from kubelint.systems.nginx.hosts import Hosts
from kubelint.systems.nginx.model import NginxConfiguration


def link(graph: Graph) -> None:
    """Find the hosts that requests go to, and note the ports that they are sent to."""
    configurations = graph.subjects(NginxConfiguration)
    if not configurations:
        return
    hosts = Hosts(graph)
    for configuration in configurations:
        configuration.unknown_hosts = list(hosts.unknown(configuration))
        for use in list(hosts.port_uses(configuration)):
            graph.add_subject(use)
