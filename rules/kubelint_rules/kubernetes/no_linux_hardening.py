"""kubernetes/no-linux-hardening."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.security_context import (
    capabilities,
    capability,
    context_unknown,
    effective,
    is_windows,
    place,
)
from kubelint.tree.node import Scalar


class NoLinuxHardening(Rule[Container]):
    """A container has none of AppArmor, seccomp, SELinux options and dropped capabilities.

    ## Why
    Each of the four takes something away that attacks use and programs rarely do. With none of them the container
    has all that the runtime gives.

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
    - the container, or its pod where containers inherit, has one of the four
    - `capabilities-kept` runs, which asks for more
    - the pod is for Windows
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Linux kernel security constraints for Pods and containers".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container without any of the four."""
        if graph.settings.selects("kubernetes/capabilities-kept", self.group.value, by_default=False):
            return
        if is_windows(subject.template) or context_unknown(subject) or self._is_hardened(subject):
            return
        yield self.finding(
            f"container `{subject.label}` has every right that the runtime gives",
            place(subject),
            "sets no AppArmor, seccomp or SELinux option and drops no capability",
            help="set `securityContext.seccompProfile.type: RuntimeDefault`, and drop `ALL` capabilities",
            subject=subject.owner,
        )

    @staticmethod
    def _is_hardened(container: Container) -> bool:
        for path in (("seccompProfile", "type"), ("appArmorProfile", "type")):
            profile = effective(container, *path)
            if profile is not None and profile.text != "Unconfined":
                return True
        if any(effective(container, "seLinuxOptions", field) for field in ("level", "type", "role", "user")):
            return True
        added = {capability(item) for item in capabilities(container, "add")}
        if "ALL" not in added and any(capabilities(container, "drop")):
            return True
        name = "" if container.name is None else container.name.text
        metadata = container.template.metadata
        old = (
            None
            if metadata is None
            else metadata.at("annotations", f"container.apparmor.security.beta.kubernetes.io/{name}")
        )
        return isinstance(old, Scalar) and old.text != "unconfined"
