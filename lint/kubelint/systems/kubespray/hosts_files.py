"""Files in the form of ``/etc/hosts`` that say where the hosts of an inventory are.

Source: ``hosts(5)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.source import Span
from kubelint.systems.kubespray.entities import InventoryHost
from kubelint.systems.kubespray.nodes import clusters

#: Where a repository keeps such a file, as the end of its path.
_NAMES = ("etc/hosts", "etc_hosts", "hosts.txt")
_FOLDERS = ("", "files", "etc", "files/etc", "scripts", "conf", "config")
_LARGEST = 200_000


class LoopbackEntry(NamedTuple):
    """A name of a host that a line gives to this machine itself: the name's and the address's places."""

    host: InventoryHost
    name: Span
    address: Span


def loopback_entries(graph: Graph) -> Iterator[LoopbackEntry]:
    """Yield where a hosts file of the repository maps a host of a cluster of several hosts to loopback."""
    hosts = {
        name: host
        for inventory in clusters(graph)
        if len(inventory.hosts) > 1
        for name, host in inventory.hosts.items()
        if name != "localhost"
    }
    if not hosts:
        return
    seen: set[str] = set()
    for folder in dict.fromkeys((*_FOLDERS, *(inventory.source.directory for inventory in clusters(graph)))):
        for name in _NAMES:
            path = f"{folder}/{name}" if folder else name
            if path in seen or not graph.repository.exists(path) or graph.repository.is_directory(path):
                continue
            seen.add(path)
            yield from _entries(graph, path, hosts)


def _entries(graph: Graph, path: str, hosts: dict[str, InventoryHost]) -> Iterator[LoopbackEntry]:
    source = graph.repository.source(path)
    if source is None or len(source.text) > _LARGEST:
        return
    position = 0
    for line in source.text.splitlines(keepends=True):
        words = line.partition("#")[0].split()
        if len(words) > 1 and _is_loopback(words[0]):
            start = line.index(words[0])
            address = Span(source, position + start, position + start + len(words[0]))
            at = start + len(words[0])
            for word in words[1:]:
                at = line.index(word, at)
                if word in hosts:
                    yield LoopbackEntry(hosts[word], Span(source, position + at, position + at + len(word)), address)
                at += len(word)
        position += len(line)


def _is_loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False
