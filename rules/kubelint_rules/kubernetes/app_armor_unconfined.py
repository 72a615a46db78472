"""kubernetes/app-armor-unconfined."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions


class AppArmorUnconfined(Rule[PodTemplate]):
    """A pod or container switches its AppArmor profile off.

    ## Why
    Nodes with AppArmor load a default profile for every container: no mounting, no writing below `/proc/sys`, no
    tracing of others. `Unconfined` takes it away.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: builder
    spec:
      securityContext:
        appArmorProfile:
          type: Unconfined
      containers:
      - name: builder
        image: registry.example.com/ci/builder:3.2
    ```

    ## Stays silent when
    - no profile is set: the default one of the runtime is used
    - the profile is `RuntimeDefault` or `Localhost` (`runtime/default` or `localhost/…` in the old annotation)
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "AppArmor". Kubernetes documentation, "Restrict a
    Container's Access to Resources with AppArmor".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place of the pod that violates the control."""
        for violation in opinions(graph, subject, "app-armor", "app-armor-annotation"):
            yield self.finding(
                f"{violation.who} runs without AppArmor",
                violation.node,
                violation.label,
                help=violation.control.help,
                note=violation.note,
                subject=subject.owner,
            )
