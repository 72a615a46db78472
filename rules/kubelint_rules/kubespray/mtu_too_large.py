"""kubespray/mtu-too-large."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Place, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.mtu import Encapsulation, mtu_variables
from kubelint.systems.kubespray.values import Variable
from kubelint.tree.node import Scalar

_ETHERNET = 1500
#: What clouds and data centres give with jumbo frames, at most.
_JUMBO = 9216


@dataclass(frozen=True, slots=True)
class Options:
    """What the hosts have."""

    host_mtu: int = option(_ETHERNET, "The MTU of the hosts' network interfaces.", at_least=576)


class MtuTooLarge(Rule[Inventory]):
    """The MTU of pods leaves no room for what encapsulation adds to each packet.

    ## Why
    A full packet does not fit the hosts' network and is dropped. Small requests work, large answers hang, and TLS
    handshakes time out between pods of different hosts only. VXLAN adds 50 bytes, IPIP 20, WireGuard 60, Geneve 100.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml inventory/prod/group_vars/k8s_cluster/k8s-net-calico.yml
    calico_mtu: 1500
    calico_vxlan_mode: Always
    calico_ipip_mode: Never
    ```

    ## Stays silent when
    - the MTU is above 1500, so that the hosts have jumbo frames, and leaves room below 9216
    - the encapsulation is not known: a template, or modes that contradict each other

    ## Source
    Kubespray, `inventory/sample/group_vars/k8s_cluster/k8s-net-calico.yml` and `k8s-net-kube-ovn.yml`; Calico
    documentation, "Configure MTU to maximize network performance".
    """

    group = Group.SUSPICIOUS
    severity = Severity.WARNING
    fixable = True
    Options = Options

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Compare each MTU with what is left."""
        del graph
        if not inventory.kubespray:
            return
        for variable, encapsulation in mtu_variables(inventory):
            mtu = variable.number
            if mtu is None or encapsulation is None:
                continue
            host = self.options.host_mtu
            if mtu > host == _ETHERNET:
                host = _JUMBO
            if mtu > host - encapsulation.overhead:
                yield self._finding(inventory, variable, mtu, host, encapsulation)

    def _finding(
        self, inventory: Inventory, variable: Variable, mtu: int, host: int, encapsulation: Encapsulation
    ) -> Finding:
        most = host - encapsulation.overhead
        related: list[tuple[Place, str]] = []
        note = "where the hosts are on an overlay themselves, as on OpenStack, take that off, too"
        if encapsulation.node is not None:
            related = [(encapsulation.node, f"{encapsulation.name} adds {encapsulation.overhead} bytes")]
        elif encapsulation.overhead:
            note = f"{encapsulation.name} is the default and adds {encapsulation.overhead} bytes; {note}"
        fix = None
        if isinstance(variable.value, Scalar) and variable.value.span.text == str(mtu):
            fix = Fix(f"write {most}", (TextEdit(variable.value.span, str(most)),), Safety.UNSAFE)
        return self.finding(
            f"an MTU of {mtu} does not fit: {host} less {encapsulation.overhead} for {encapsulation.name} is {most}",
            variable.value,
            f"at most {most} on hosts with {host}",
            related=related,
            help=f"write {most}; `host-mtu` says what the hosts have if it is not {_ETHERNET}",
            note=note,
            fix=fix,
            subject=inventory,
        )
