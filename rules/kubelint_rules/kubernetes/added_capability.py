"""kubernetes/added-capability."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions
from kubelint.systems.kubernetes.security_context import capability
from kubelint.tree.node import Scalar
from kubelint_schemas.kubernetes.pod_security import dangerous_capabilities


class AddedCapability(Rule[PodTemplate]):
    """A container adds a capability other than `NET_BIND_SERVICE`.

    ## Why
    Each capability is a part of what root may do. A program that needs one often needs it for a moment only, or
    would not need it with another port, owner or volume.

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
            drop: [ALL]
            add: [CHOWN]
    ```

    ## Stays silent when
    - only `NET_BIND_SERVICE` is added, which the restricted level allows
    - the capability leads out of the container and `dangerous-capability` runs
    - the pod is for Windows
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Capabilities" of the restricted level. API
    reference, Capabilities.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("capabilities",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each capability that no other rule speaks of."""
        other = graph.settings.selects("kubernetes/dangerous-capability", self.group.value, by_default=False)
        for violation in opinions(graph, subject, "added-capabilities-restricted"):
            name = capability(violation.node) if isinstance(violation.node, Scalar) else ""
            if name == "NET_BIND_SERVICE" or (other and name in dangerous_capabilities()):
                continue
            yield self.finding(
                f"{violation.who} adds the capability `{name}`",
                violation.node,
                violation.label,
                help=violation.control.help,
                note=violation.note,
                subject=subject.owner,
            )
