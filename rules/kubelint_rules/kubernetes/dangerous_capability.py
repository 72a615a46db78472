"""kubernetes/dangerous-capability."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.pod_security_rules import is_rejected
from kubelint.systems.kubernetes.security_context import capabilities, capability
from kubelint_schemas.kubernetes.pod_security import dangerous_capabilities


class DangerousCapability(Rule[Container]):
    """A container adds a capability that leads out of it.

    ## Why
    With `SYS_ADMIN`, `SYS_MODULE`, `SYS_PTRACE` and their like a process mounts, loads or traces its way onto the
    node; `NET_ADMIN` makes it master of the network that it sees.

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
        securityContext:
          capabilities:
            add: [SYS_ADMIN]
    ```

    ## Stays silent when
    - the capability stays inside the container: that is for `added-capability`
    - `add` stands in the security context of the pod, where the API server drops it (see `unknown-field`)
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Linux manual, capabilities(7); Kubernetes documentation, "Pod Security Standards", control "Capabilities".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("capabilities",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each capability that leads out of the container."""
        for added in capabilities(subject, "add"):
            effect = None if added.opaque else dangerous_capabilities().get(capability(added))
            if effect is not None and not is_rejected(graph, subject.template, added, "Capabilities"):
                yield self.finding(
                    f"container `{subject.label}` adds the dangerous capability `{capability(added)}`",
                    added,
                    effect,
                    help="remove it, and give the container the one file, device or volume that it needs",
                    note="Pod Security Standards, baseline: Capabilities",
                    subject=subject.owner,
                )
