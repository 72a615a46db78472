"""kubespray/plain-password."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubespray.effective import known_assignments
from kubelint.systems.kubespray.model import Inventory

_PASSWORDS = (
    "ansible_password",
    "ansible_ssh_pass",
    "ansible_become_password",
    "ansible_become_pass",
    "ansible_sudo_pass",
)


class PlainPassword(Rule[Inventory]):
    """A password for the hosts stands in the inventory as plain text.

    ## Why
    Who can read the repository can log in to the hosts, and become root on them. The history keeps the password after
    it was taken out.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11 ansible_ssh_pass=Welcome1

    [etcd]
    node1

    [kube_node]
    node1
    ```

    ## Stays silent when
    - the value comes from a vault, a lookup or any other template
    - it is empty

    ## Source
    Ansible, "Connecting to hosts: behavioral inventory parameters": "never store this variable in plain text".
    """

    group = Group.SECURITY
    severity = Severity.WARNING

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each such variable of any inventory of Ansible."""
        del graph
        for name in _PASSWORDS:
            for assignment in known_assignments(inventory, name):
                if assignment.variable.data not in ("", None):
                    yield self.finding(
                        f"`{name}` is a password in plain text",
                        assignment.variable.key,
                        f"the password of {assignment.kind} `{assignment.target}`",
                        help="encrypt it with `ansible-vault encrypt_string`, or use a key",
                        subject=inventory,
                    )
