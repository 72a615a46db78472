"""What `NO_PROXY` covers: which hosts clients reach without the proxy.

Measured with curl 7.88, wget 1.21, requests 2.34, urllib of Python 3.11 and Go 1.27: an exact host and a domain, with
or without a dot before it, are understood by all; a network by curl, requests and Go; `*` by all but wget; `*.domain`
by Go alone.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network


def entries(text: str) -> list[str]:
    """Return the entries of a value, in lower case."""
    return [entry for part in text.lower().split(",") if (entry := part.strip())]


def covers(text: str, host: str) -> bool:
    """Tell whether any common client goes past the proxy to a host because of an entry."""
    host = host.lower().rstrip(".")
    for entry in entries(text):
        bare = entry.removeprefix("*").lstrip(".").rstrip(".")
        name, colon, port = bare.rpartition(":")
        if colon and port.isdigit() and ":" not in name:
            bare = name
        if entry == "*" or (bare and (host == bare or host.endswith(f".{bare}"))):
            return True
        if "/" in entry and _in_network(host, entry):
            return True
    return False


def _in_network(host: str, entry: str) -> bool:
    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        return False
