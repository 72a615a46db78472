"""The ports that probes and hooks of a container ask.

Source: API reference, Probe, Lifecycle, HTTPGetAction, TCPSocketAction, GRPCAction (`port` is a number).
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.systems.kubernetes.pod import Container
from kubelint.tree.node import Scalar

_HANDLERS = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)


def probe_ports(container: Container) -> Iterator[tuple[str, Scalar]]:
    """Yield the name of each probe or hook with the port that it asks in its own pod."""
    for path in _HANDLERS:
        handler = container.node.at(*path)
        if handler is None:
            continue
        for section in ("httpGet", "tcpSocket", "grpc"):
            port = handler.scalar(section, "port")
            if port is not None and handler.at(section, "host") is None:
                yield path[-1], port
