"""kubespray/address-outside-service-network."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubernetes.model import Service
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.networks import (
    Address,
    ClusterNetwork,
    fixed_addresses,
    service_addresses,
    service_networks,
)
from kubelint.systems.kubespray.nodes import agreed, clusters


class AddressOutsideServiceNetwork(Rule[Inventory]):
    """A Service, or a variable for the address of one, has an address outside of the network of Services.

    ## Why
    The API server refuses a Service whose address is not in its range: "provided IP is not in the valid range". An
    address of the cluster's DNS that lies outside is one that nobody answers at, so no name is resolved.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml inventory/prod/group_vars/k8s_cluster/k8s-cluster.yml
    kube_service_addresses: 10.64.0.0/18
    ```
    ```yaml deploy/registry.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: registry
    spec:
      clusterIP: 10.96.0.40
      selector: {app: registry}
      ports:
        - port: 5000
    ```

    ## Stays silent when
    - several inventories of clusters have different networks, or one is not known
    - the address is `None`, a template, or of an address family whose network is not known

    ## Source
    API reference, ServiceSpec, `clusterIP`; kubespray, `kube_service_addresses` and `skydns_server`.
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Compare the variables of the inventory, and the Services where all clusters agree."""
        if not inventory.kubespray:
            return
        networks = service_networks(inventory)
        for variable, address in service_addresses(inventory):
            network = _outside(address, networks)
            if network is not None:
                yield self.finding(
                    f"`{variable.name}` is outside of the network of Services, {network.network}",
                    variable.value,
                    "no Service can have this address",
                    related=[] if network.value is None else [(network.value, "the network of Services")],
                    help=f"choose an address in {network.network}, or leave the variable out",
                    note=_default(network),
                    subject=inventory,
                )
        if inventory not in clusters(graph)[:1] or agreed(graph, _ranges) is None:
            return
        for service in graph.subjects(Service):
            for node, address in fixed_addresses(service):
                network = _outside(address, networks)
                if network is not None:
                    yield self.finding(
                        f"Service `{service.name}` asks for an address outside of {network.network}",
                        node,
                        "the API server refuses it",
                        related=[] if network.value is None else [(network.value, "the network of Services")],
                        help=f"choose an address in {network.network}, or leave `clusterIP` out",
                        note=_default(network),
                        subject=service,
                    )


def _ranges(inventory: Inventory) -> list[str] | None:
    return [str(network.network) for network in service_networks(inventory)] or None


def _outside(address: Address, networks: list[ClusterNetwork]) -> ClusterNetwork | None:
    """Return the network that an address should be in and is not; None where it is fine or none is known."""
    same = [network for network in networks if network.network.version == address.version]
    return same[0] if same and not any(address in network.network for network in same) else None


def _default(network: ClusterNetwork) -> str | None:
    return None if network.value is not None else f"`{network.variable}` is not set, so it is {network.network}"
