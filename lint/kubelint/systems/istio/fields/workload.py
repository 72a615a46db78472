"""Fields of WorkloadEntries, WorkloadGroups and ProxyConfigs that no schema checks.

Source: Istio, ``pkg/config/validation/validation.go`` (``validateWorkloadEntry``, ``ValidateWorkloadGroup``); Istio
reference, "Workload Entry" and "Workload Group".
"""

from __future__ import annotations

from kubelint.systems.istio.fields import common
from kubelint.systems.istio.fields.fault import Faults, complete, filled, known, missing, wrong
from kubelint.systems.istio.fields.names import host_fault, is_ip
from kubelint.systems.istio.model import ProxyConfig, WorkloadEntry, WorkloadGroup
from kubelint.tree.node import Mapping


def entry_faults(entry: WorkloadEntry) -> Faults:
    """Yield what Istio refuses in a WorkloadEntry; what CEL says is not repeated."""
    spec = entry.root.mapping("spec")
    if spec is not None:
        yield from address_faults(spec)


def address_faults(spec: Mapping) -> Faults:
    """Yield the fault of an address that is neither an IP address, nor a host, nor a socket."""
    address = known(spec.get("address"))
    if address is None or address.text.startswith("unix://") or is_ip(address.text):
        return
    if host_fault(address.text, wildcard=False) is not None:
        yield wrong(address, "address", "an IP address, a host, or a socket `unix:///path`")


def group_faults(group: WorkloadGroup) -> Faults:
    """Yield what Istio refuses in a WorkloadGroup."""
    command = group.root.mapping("spec", "probe", "exec")
    if command is not None and complete(command) and not filled(command, "command"):
        yield missing(
            command, ("command",), "a probe with `exec`", "there is nothing to run", key=command.key("command")
        )


def proxy_faults(config: ProxyConfig) -> Faults:
    """Yield what is odd about a ProxyConfig."""
    yield from common.selector(config, config.root.mapping("spec", "selector"), "matchLabels")
