"""kubernetes/capabilities-kept."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.pod_security_rules import is_rejected
from kubelint.systems.kubernetes.security_context import (
    capabilities,
    context_unknown,
    is_windows,
    kept_capabilities,
    place,
)


class CapabilitiesKept(Rule[Container]):
    """A container keeps capabilities that the runtime gives to all and that it did not ask for.

    ## Why
    Runtimes give fourteen capabilities to a container that says nothing: changing owners and users, raw sockets,
    `mknod` and more. Few programs need one of them; after `drop: [ALL]`, that one is added by name.

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
    - `capabilities.drop` has `ALL`, in whatever case
    - every capability of the default set is dropped by name
    - the pod is for Windows
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Capabilities" of the restricted level. Linux
    manual, capabilities(7).
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container that keeps some of the default capabilities."""
        kept = kept_capabilities(subject)
        if not kept or is_windows(subject.template) or context_unknown(subject):
            return
        dropped = list(capabilities(subject, "drop"))
        node = dropped[0] if dropped else place(subject)
        if is_rejected(graph, subject.template, node, "Capabilities"):
            return
        few = ", ".join(f"`{name}`" for name in sorted(kept)[:3])
        more = f" and {len(kept) - 3} more" if len(kept) > 3 else ""
        yield self.finding(
            f"container `{subject.label}` keeps capabilities that it did not ask for",
            node,
            f"keeps {few}{more}",
            help="set `securityContext.capabilities.drop: [ALL]`, and add what is needed",
            note="Pod Security Standards, restricted: Capabilities",
            subject=subject.owner,
        )
