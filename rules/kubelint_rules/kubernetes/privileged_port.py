"""kubernetes/privileged-port."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.security_context import is_windows, number

_FIRST_FREE_PORT = 1024
_SSH = 22


class PrivilegedPort(Rule[Container]):
    """A container serves a port below 1024, which it takes a capability to open.

    ## Why
    The program must be root, have `NET_BIND_SERVICE`, or run where `net.ipv4.ip_unprivileged_port_start` is 0. A
    Service maps any port to a higher one.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: registry.example.com/shop/web:1.4
        ports:
        - containerPort: 80
    ```

    ## Stays silent when
    - the pod sets the sysctl `net.ipv4.ip_unprivileged_port_start` low enough
    - port 22, where `ssh-port` runs
    - the pod is for Windows
    - the value is only known later (a template, a placeholder)

    ## Source
    Linux manual, capabilities(7), `CAP_NET_BIND_SERVICE`; Kubernetes documentation, "Using sysctls in a Kubernetes
    Cluster".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("containerPort",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each low port."""
        if is_windows(subject.template):
            return
        ssh = graph.settings.selects("kubernetes/ssh-port", self.group.value, by_default=False)
        free = _first_free_port(subject)
        for port in subject.ports:
            value = number(port.number)
            if port.number is None or value is None or not 0 < value < free or (ssh and value == _SSH):
                continue
            yield self.finding(
                f"container `{subject.label}` serves port {value}, which takes a capability",
                port.number,
                f"is below {free}",
                help="serve a port of 1024 or more, and map it in the Service",
                subject=subject.owner,
            )


def _first_free_port(container: Container) -> int:
    """Return the first port that every process of the pod may open."""
    for sysctl in container.template.spec.items_at("securityContext", "sysctls"):
        if sysctl.text_at("name") == "net.ipv4.ip_unprivileged_port_start":
            value = sysctl.text_at("value") or ""
            return int(value) if value.isdigit() else 0
    return _FIRST_FREE_PORT
