"""Fixed addresses of services and the subnets that they have to lie in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.model import ComposeProject, ComposeService
from kubelint.tree.node import Mapping, Node, Scalar

Subnet = tuple[Scalar, IPv4Network | IPv6Network]


@dataclass(frozen=True, slots=True, eq=False)
class AddressFault:
    """An address that cannot be given: what to say of it, and the other end."""

    service: ComposeService
    node: Scalar
    headline: str
    clause: str
    related: list[tuple[Node, str]]
    help: str


def address_faults(project: ComposeProject) -> Iterator[AddressFault]:
    """Yield the fixed addresses of a project that the engine refuses."""
    taken: dict[tuple[str, str], tuple[ComposeService, Scalar]] = {}
    networks = project.model.sections["networks"]
    for service in project.services.values():
        for name, settings in service.root.pairs_at("networks"):
            entry = networks.get(name.text)
            if entry is None and name.text != "default":
                continue
            for field, version in (("ipv4_address", 4), ("ipv6_address", 6)):
                node = settings.scalar(field)
                if node is None or literal(node) is None:
                    continue
                try:
                    address = ip_address(node.text)
                except ValueError:
                    address = None
                if address is None or address.version != version:
                    yield AddressFault(
                        service,
                        node,
                        f"`{node.text}` is no IPv{version} address",
                        "the engine refuses it",
                        [],
                        "mend it",
                    )
                    continue
                fault = None if entry is None else _outside(service, node, address, name.text, entry)
                if fault is not None:
                    yield fault
                    continue
                first = taken.setdefault((name.text, str(address)), (service, node))
                apart = service.profiles and first[0].profiles and not service.profiles & first[0].profiles
                if first[1] is not node and not apart:
                    yield AddressFault(
                        service,
                        node,
                        f"`{first[0].name}` and `{service.name}` have the same address",
                        "only one container can have it",
                        [(first[1], f"`{first[0].name}` has it already")],
                        "give one of them another address",
                    )


def _outside(
    service: ComposeService, node: Scalar, address: IPv4Address | IPv6Address, name: str, entry: tuple[Scalar, Node]
) -> AddressFault | None:
    key, declaration = entry
    if not isinstance(declaration, Mapping):
        subnets: list[Subnet] | None = []
    elif declaration.get("external") is not None or declaration.text_at("driver") not in (None, "bridge", "overlay"):
        return None
    else:
        subnets = _subnets(declaration)
    if subnets is None:
        return None
    if service.project.unit.incomplete and not subnets:
        return None  # an override, or what is misspelt, may say which
    same = [(place, subnet) for place, subnet in subnets if subnet.version == address.version]
    if not same:
        return AddressFault(
            service,
            node,
            f"network `{name}` has no subnet for a fixed address",
            "the engine gives fixed addresses only in subnets that are configured",
            [(key, "no `ipam` with a `subnet` here")],
            "declare `ipam:` with a `subnet` for the network, or remove the address",
        )
    if any(address in subnet for _, subnet in same):
        return None
    return AddressFault(
        service,
        node,
        f"`{node.text}` does not lie in network `{name}`",
        "the engine refuses it",
        [(place, "the subnet of the network") for place, _ in same[:2]],
        f"choose an address in `{same[0][0].text}`",
    )


def _subnets(declaration: Mapping) -> list[Subnet] | None:
    """Return the subnets of a network; None where one of them is not known."""
    found: list[Subnet] = []
    for item in declaration.items_at("ipam", "config"):
        node = item.scalar("subnet")
        if node is None:
            continue
        if literal(node) is None:
            return None
        try:
            found.append((node, ip_network(node.text, strict=False)))
        except ValueError:
            return None
    return found
