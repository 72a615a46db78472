"""DNS servers and search domains of the hosts, as Docker hands them on.

Source: kubespray, role ``container-engine/docker`` (``set_facts_dns.yml``, ``main.yml``); ``resolv.conf(5)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.systems.kubespray.effective import effective
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.values import Variable
from kubelint.tree.node import Node

_MOST_SERVERS, _MOST_DOMAINS = 3, 6
#: `default.svc.DOMAIN` and `svc.DOMAIN`, which kubespray puts before the domains of the inventory.
_OWN_DOMAINS = 2


@dataclass(frozen=True, slots=True)
class TooLong:
    """A list with more entries than there is room for; ``extra`` is the first that does not fit."""

    variable: Variable
    what: str
    count: int
    most: int
    room: int
    extra: Node
    reason: str


def too_long_lists(inventory: Inventory) -> Iterator[TooLong]:
    """Yield the lists of DNS servers and of search domains that are too long for Docker."""
    engine = effective(inventory, "container_manager")
    if engine is None or engine.text != "docker":
        return
    servers = inventory.cluster_variables.get("upstream_dns_servers")
    strict = inventory.cluster_variables.get("docker_dns_servers_strict")
    if servers is not None and strict is not None and strict.true:
        items = servers.value.items()
        if len(items) > _MOST_SERVERS:
            reason = "the DNS of the cluster comes on top of them"
            extra = items[_MOST_SERVERS]
            yield TooLong(servers, "DNS servers", len(items), _MOST_SERVERS, _MOST_SERVERS - 1, extra, reason)
    domains = inventory.cluster_variables.get("searchdomains")
    if domains is not None and "docker_dns_search_domains" not in inventory.assigned:
        items = domains.value.items()
        room = _MOST_DOMAINS - _OWN_DOMAINS
        if len(items) > room:
            count = len(items) + _OWN_DOMAINS
            reason = "two domains of the cluster come before these"
            yield TooLong(domains, "search domains", count, _MOST_DOMAINS, room, items[room], reason)
