"""Host ports that two containers of one project want."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.systems.compose.model import ComposeProject, ComposeService
from kubelint.systems.compose.short import Port
from kubelint.tree.dialect import GO_YAML_V3
from kubelint.tree.node import Scalar

#: Ports that are open at one point of the sweep; a bound on cost that no project comes near.
_MAX_ACTIVE = 256

_ANY_V4, _ANY_V6 = "0.0.0.0", "::"  # noqa: S104 - compared, not bound
#: What only a swarm looks at: there one published port serves all replicas.
_SWARM_ONLY = ("endpoint_mode", "mode", "placement", "restart_policy", "rollback_config", "update_config")


class Clash(NamedTuple):
    """Two published ports that cannot both be bound.

    ``certain`` is false where a variable's default, or a profile that need not be enabled, is part of it.
    """

    port: Port
    service: ComposeService
    other: Port
    other_service: ComposeService
    certain: bool

    @property
    def number(self) -> int:
        """The first port that both want."""
        return max(self.port.start, self.other.start)


def clashes(project: ComposeProject) -> Iterator[Clash]:
    """Yield, for each port that clashes with one before it, the first such pair; in one sweep over the ranges."""
    groups: dict[str, list[tuple[Port, ComposeService, int]]] = {}
    count = 0
    for service in project.services.values():
        if service.uses_host_network or service.lacks_source:
            continue
        for port in service.ports:
            if not port.any_of:
                groups.setdefault(port.protocol, []).append((port, service, count))
                count += 1
    for group in groups.values():
        active: list[tuple[Port, ComposeService, int]] = []
        for entry in sorted(group, key=lambda each: (each[0].start, each[2])):
            active = [other for other in active if other[0].end >= entry[0].start][-_MAX_ACTIVE:]
            for other in active:
                if _addresses_meet(entry[0].address, other[0].address) and _run_together(entry[1], other[1]):
                    first, second = sorted((entry, other), key=lambda each: each[2])
                    yield Clash(second[0], second[1], first[0], first[1], _certain(first, second))
                    break
            active.append(entry)


def _addresses_meet(one: str, other: str) -> bool:
    if not one or not other or one == other:
        return True
    if _ANY_V4 in (one, other):
        return ":" not in one and ":" not in other
    if _ANY_V6 in (one, other):
        return ":" in one and ":" in other
    return False


def _run_together(one: ComposeService, other: ComposeService) -> bool:
    """Tell whether two services may be enabled at once; services of different profiles are taken for alternatives."""
    return not one.profiles or not other.profiles or bool(one.profiles & other.profiles)


def _certain(one: tuple[Port, ComposeService, int], other: tuple[Port, ComposeService, int]) -> bool:
    assumed = one[0].assumed or other[0].assumed
    return not assumed and bool(one[1].profiles) == bool(other[1].profiles)


def replicas(service: ComposeService) -> tuple[Scalar, int] | None:
    """Return how many containers of a service run on one host; None where it is one or a swarm spreads them."""
    scale = service.root.scalar("scale")
    if scale is not None:
        return _count(scale)
    deploy = service.root.mapping("deploy")
    if deploy is None or _is_for_swarm(service.project):
        return None
    node = deploy.scalar("replicas")
    return None if node is None else _count(node)


def _count(node: Scalar) -> tuple[Scalar, int] | None:
    value = node.value(GO_YAML_V3)
    if isinstance(value, str) and value.isdecimal() and len(value) < 9:
        value = int(value)
    return (node, value) if isinstance(value, int) and value > 1 else None


def _is_for_swarm(project: ComposeProject) -> bool:
    """Tell whether a project is written for ``docker stack deploy``."""
    if any("stack" in file.source.name or "swarm" in file.source.name for file in project.files):
        return True
    if any(value.text_at("driver") == "overlay" for _, value in project.model.sections["networks"].values()):
        return True
    for service in project.services.values():
        deploy = service.root.mapping("deploy")
        if deploy is not None and any(name in deploy for name in _SWARM_ONLY):
            return True
    return False
