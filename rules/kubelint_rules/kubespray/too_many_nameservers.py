"""kubespray/too-many-nameservers."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.systems.kubespray.dns import too_long_lists
from kubelint.systems.kubespray.model import Inventory


class TooManyNameservers(Rule[Inventory]):
    """There are more DNS servers or search domains than Docker's resolver takes.

    ## Why
    The resolver of the C library reads three servers and six search domains. With Docker kubespray writes them into its
    options and stops where there are more of them, servers only where `docker_dns_servers_strict` is set.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml inventory/prod/group_vars/all/all.yml
    container_manager: docker
    docker_dns_servers_strict: true
    upstream_dns_servers:
      - 10.0.0.53
      - 10.0.1.53
      - 10.0.2.53
      - 10.0.3.53
    ```

    ## Stays silent when
    - the container engine is not Docker
    - `docker_dns_servers_strict` is not set to true: kubespray then takes the first three servers

    ## Source
    Kubespray, role `container-engine/docker`: "check number of nameservers", "check number of search domains".
    """

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Count the entries of both lists."""
        del graph
        if inventory.kubespray:
            for found in too_long_lists(inventory):
                yield self.finding(
                    f"{found.count} {found.what}, and Docker takes {found.most}, so kubespray stops",
                    found.variable.key,
                    found.reason,
                    related=[(found.extra, "the first one too many")],
                    help=f"leave at most {found.room} in `{found.variable.name}`",
                    subject=inventory,
                )
