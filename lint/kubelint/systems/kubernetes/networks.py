"""IP addresses, CIDR blocks and hosts of Ingress rules.

Source: API reference, IPBlock, ServiceSpec, PodDNSConfig, IngressRule (`host`).
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from kubelint.systems.kubernetes.names import dns_subdomain

_LEADING_ZEROS = re.compile(r"(?<![0-9a-fA-F.:])0+(?=[0-9])|(?<=\.)0+(?=[0-9])")
_LONGEST_TEXT = 64


def parse_ip(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address; None where the text is none. Leading zeros are read over, as the API server does."""
    try:
        return ip_address(_LEADING_ZEROS.sub("", text)) if len(text) <= _LONGEST_TEXT else None
    except ValueError:
        return None


def parse_cidr(text: str) -> IPv4Network | IPv6Network | None:
    """Return a block; None where the text is none. Bits behind the mask are ignored, as the API server does."""
    address, slash, length = text.strip().partition("/")
    if not slash or not length.isascii() or not length.isdigit() or len(text) > _LONGEST_TEXT:
        return None
    try:
        return ip_network(f"{_LEADING_ZEROS.sub('', address)}/{length}", strict=False)
    except ValueError:
        return None


def host_fault(text: str) -> str | None:
    """Return what is wrong with a host of an Ingress, as a clause: a domain name, or ``*.`` and one."""
    if "://" in text:
        return "has a scheme: a host is the name alone"
    if parse_ip(text) is not None:
        return "is an address: a host is a domain name"
    if "/" in text:
        return "has a path: a host is the name alone"
    head, colon, port = text.rpartition(":")
    if colon and port.isdigit() and head:
        return "has a port: a host is the name alone"
    if "*" in text and not text.startswith("*."):
        return "may have a `*` only as its whole first part"
    return dns_subdomain(text.removeprefix("*."))
