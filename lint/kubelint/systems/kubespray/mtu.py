"""The MTU of pods against what encapsulation adds to each packet.

Source: Calico documentation, "Configure MTU to maximize network performance"; ``docs/CNI/calico.md`` and
``docs/CNI/flannel.md`` of kubespray; `k8s-net-calico.yml` and `k8s-net-kube-ovn.yml` of ``inventory/sample``.
"""

from __future__ import annotations

from typing import NamedTuple

from kubelint.systems.kubespray.effective import effective
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.values import Variable
from kubelint.tree.node import Node
from kubelint_schemas.kubespray import parse

#: Bytes that each encapsulation adds: an outer IP header, UDP and VXLAN headers, WireGuard's own.
_WIREGUARD, _VXLAN, _IPIP, _GENEVE = 60, 50, 20, 100
#: Until this release `ipip` and `ipip_mode` counted, too, and IPIP was the default in all that came before.
_TODAY = "2.19"
_MODES = frozenset({"calico_ipip_mode", "calico_vxlan_mode"})
_VALUES = frozenset({"Always", "CrossSubnet", "Never"})
_OLD_MODES = frozenset({"ipip", "ipip_mode"})


class Encapsulation(NamedTuple):
    """What packets between hosts are wrapped in: its name, the bytes that it adds, and what sets it (None: default)."""

    name: str
    overhead: int
    node: Node | None = None


def mtu_variables(inventory: Inventory) -> list[tuple[Variable, Encapsulation | None]]:
    """Return the variables that set the MTU of pods, each with the encapsulation in effect; None: not known."""
    plugin = effective(inventory, "kube_network_plugin")
    if plugin is None:
        return []
    names: tuple[str, ...]
    if plugin.text == "calico":
        names, encapsulation = ("calico_mtu", "calico_veth_mtu"), calico_encapsulation(inventory)
    elif plugin.text == "kube-ovn":
        names, encapsulation = ("kube_ovn_mtu",), _kube_ovn(inventory)
    else:
        return []
    return [(item.variable, encapsulation) for name in names for item in inventory.assigned.get(name, ())]


def calico_encapsulation(inventory: Inventory) -> Encapsulation | None:
    """Return what Calico wraps packets in; None where that is not known for certain."""
    if inventory.releases.oldest < parse(_TODAY) and _OLD_MODES & inventory.assigned.keys():
        return _before_today(inventory) if not _MODES & inventory.assigned.keys() else None
    if inventory.releases.newest < parse(_TODAY) and not _MODES & inventory.assigned.keys():
        return Encapsulation("IPIP", _IPIP)
    for name, shown, overhead in (
        ("calico_wireguard_enabled", "WireGuard", _WIREGUARD),
        ("calico_bpf_enabled", "eBPF", _VXLAN),
    ):
        enabled = effective(inventory, name)
        if enabled is None:
            return None
        if enabled.text == "true":
            return Encapsulation(shown, overhead, enabled.node)
    return _by_modes(inventory)


def _by_modes(inventory: Inventory) -> Encapsulation | None:
    vxlan, ipip = effective(inventory, "calico_vxlan_mode"), effective(inventory, "calico_ipip_mode")
    if vxlan is None or ipip is None:
        unset = not _MODES & inventory.assigned.keys() and inventory.known and not inventory.variables_incomplete
        # IPIP or VXLAN, whichever the release has by default: at least what the smaller of the two takes.
        return Encapsulation("encapsulation", _IPIP) if unset else None
    if not {vxlan.text, ipip.text} <= _VALUES:
        return None  # a value that Calico does not have
    if vxlan.text != "Never" and ipip.text != "Never":
        return None  # a contradiction, which is not for the MTU to say
    if vxlan.text != "Never":
        return Encapsulation("VXLAN", _VXLAN, vxlan.node)
    if ipip.text != "Never":
        return Encapsulation("IPIP", _IPIP, ipip.node)
    return Encapsulation("no encapsulation", 0)


def _before_today(inventory: Inventory) -> Encapsulation | None:
    """Return IPIP where the old variables certainly leave it on."""
    found = [item.variable for item in inventory.assigned.get("ipip", ())]
    if "ipip_mode" in inventory.assigned or not all(variable.true for variable in found):
        return None
    return Encapsulation("IPIP", _IPIP, found[0].value)


def _kube_ovn(inventory: Inventory) -> Encapsulation | None:
    found = inventory.cluster_variables.get("kube_ovn_network_type")
    if found is None:
        return Encapsulation("Geneve", _GENEVE)
    return Encapsulation("Geneve", _GENEVE, found.value) if found.text == "geneve" else None
