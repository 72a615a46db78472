"""What the API server checks between fields of one pod: host ports, probes of init containers, counted resources.

Source: API reference, PodSpec (`hostNetwork`, `initContainers`), ContainerPort (`hostPort`); Kubernetes documentation,
"Sidecar Containers", "Extended Resources" and "Manage HugePages" (request and limit must be equal).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.systems.kubernetes.numbers import whole_number
from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.systems.kubernetes.quantity import quantity
from kubelint.tree.node import Node, Scalar

_HOOKS = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle")


def differing_host_ports(template: PodTemplate) -> Iterator[tuple[Scalar, Scalar]]:
    """Yield the host ports of a pod in the node's network that are not the port of the container, with that port."""
    if not template.host_network:
        return
    for port in template.ports:
        host, own = port.node.scalar("hostPort"), port.number
        given, wanted = whole_number(host), whole_number(own)
        if host is not None and own is not None and given and wanted and given != wanted:
            yield host, own


def hooks_of_init_container(container: Container) -> Iterator[Scalar]:
    """Yield the keys of probes and hooks that a container has although it runs to its end before the others start."""
    policy = container.node.scalar("restartPolicy")
    if container.section != "initContainers" or (policy is not None and (policy.opaque or policy.text == "Always")):
        return
    for name in _HOOKS:
        value, key = container.node.get(name), container.node.key(name)
        if (
            value is not None
            and key is not None
            and not (isinstance(value, Scalar) and (value.is_null or value.opaque))
        ):
            yield key


class Overcommitted(NamedTuple):
    """A resource that is handed out whole: its request, and the limit that differs (None: there is none)."""

    resource: str
    request: Node
    limit: Node | None


def overcommitted(container: Container) -> Iterator[Overcommitted]:
    """Yield the requests for devices and huge pages whose limit is missing or differs."""
    for key, request in container.node.pairs_at("resources", "requests"):
        if not _is_counted(key.text) or key.opaque:
            continue
        limit = container.node.at("resources", "limits", key.text)
        asked, allowed = quantity(request), quantity(limit)
        if limit is None and isinstance(request, Scalar) and not request.is_null and asked != 0:
            yield Overcommitted(key.text, request, None)
        elif asked is not None and allowed is not None and asked != allowed:
            yield Overcommitted(key.text, request, limit)


def _is_counted(resource: str) -> bool:
    domain, slash, _ = resource.partition("/")
    return resource.startswith("hugepages-") or (bool(slash) and not domain.endswith("kubernetes.io"))
