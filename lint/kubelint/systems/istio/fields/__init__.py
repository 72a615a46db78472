"""What Istio refuses or ignores in one object although its schema allows it: CEL rules and the webhook's checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kubelint.graph.query import Graph
from kubelint.systems.istio.fields import (
    authentication,
    authorization,
    cel,
    common,
    destination_rule,
    envoy_filter,
    extensions,
    gateway,
    service_entry,
    sidecar,
    virtual_service,
    workload,
)
from kubelint.systems.istio.fields.fault import Family, Fault, Faults
from kubelint.systems.istio.model import (
    AuthorizationPolicy,
    DestinationRule,
    EnvoyFilter,
    Gateway,
    IstioObject,
    PeerAuthentication,
    ProxyConfig,
    RequestAuthentication,
    ServiceEntry,
    Sidecar,
    Telemetry,
    TrafficExtension,
    VirtualService,
    WasmPlugin,
    WorkloadEntry,
    WorkloadGroup,
)

__all__ = ["Family", "Fault", "faults"]

VALIDATORS: dict[type[IstioObject], Callable[[Any], Faults]] = {
    VirtualService: virtual_service.faults,
    DestinationRule: destination_rule.faults,
    Gateway: gateway.faults,
    ServiceEntry: service_entry.faults,
    Sidecar: sidecar.faults,
    EnvoyFilter: envoy_filter.faults,
    AuthorizationPolicy: authorization.faults,
    PeerAuthentication: authentication.peer_faults,
    RequestAuthentication: authentication.request_faults,
    Telemetry: extensions.telemetry_faults,
    WasmPlugin: extensions.extension_faults,
    TrafficExtension: extensions.extension_faults,
    WorkloadEntry: workload.entry_faults,
    WorkloadGroup: workload.group_faults,
    ProxyConfig: workload.proxy_faults,
}


def faults(graph: Graph, item: IstioObject, family: Family) -> Iterator[Fault]:
    """Yield the faults of an object that belong to a family; all are computed when first asked for."""
    found: dict[Family, list[Fault]] = graph.once(("istio faults", id(item.root)), lambda: _collect(item))
    yield from found.get(family, ())


def _collect(item: IstioObject) -> dict[Family, list[Fault]]:
    found: dict[Family, list[Fault]] = {}
    validate = VALIDATORS.get(type(item))
    for source in (cel.faults(item), common.reserved_annotations(item), () if validate is None else validate(item)):
        for fault in source:
            found.setdefault(fault.family, []).append(fault)
    return found
