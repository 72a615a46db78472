"""kubernetes/net-raw-kept."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.security_context import (
    capabilities,
    context_unknown,
    is_windows,
    kept_capabilities,
    place,
)


class NetRawKept(Rule[Container]):
    """A container keeps `NET_RAW`, with which it forges packets.

    ## Why
    Runtimes give the capability to every container. With raw sockets a container answers for other pods of its node
    (ARP, DNS) and reads what is meant for them.

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
    ```

    ## Stays silent when
    - `capabilities.drop` has `NET_RAW` or `ALL`
    - `NET_RAW` is added: that is asked for, and for `added-capability`
    - `capabilities-kept` runs, which speaks of the whole set
    - the pod is for Windows
    - the value is only known later (a template, a placeholder)

    ## Source
    Linux manual, capabilities(7); API reference, Capabilities.
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container that keeps the capability."""
        if graph.settings.selects("kubernetes/capabilities-kept", self.group.value, by_default=False):
            return
        if "NET_RAW" not in kept_capabilities(subject) or is_windows(subject.template) or context_unknown(subject):
            return
        dropped = list(capabilities(subject, "drop"))
        yield self.finding(
            f"container `{subject.label}` may forge packets",
            dropped[0] if dropped else place(subject),
            "`NET_RAW` is not dropped",
            help="set `securityContext.capabilities.drop: [NET_RAW]`, or drop `ALL`",
            subject=subject.owner,
        )
