"""kubernetes/host-network."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions


class HostNetwork(Rule[PodTemplate]):
    """A pod uses the network of its node (`hostNetwork: true`).

    ## Why
    The pod binds ports of the node, sees the traffic of its interfaces, reaches services that listen on localhost
    only, and no NetworkPolicy holds it.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: probe
    spec:
      hostNetwork: true
      containers:
      - name: probe
        image: registry.example.com/ops/probe:1.4
    ```

    ## Stays silent when
    - `hostNetwork` is `false` or not set
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Host Namespaces". API reference, PodSpec, field
    `hostNetwork`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    fixable = True
    keys = ("hostNetwork",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place of the pod that violates the control."""
        for violation in opinions(graph, subject, "host-network"):
            yield self.finding(
                f"{violation.who} uses the network of its node",
                violation.node,
                violation.label,
                help=violation.control.help,
                note=violation.note,
                fix=violation.fix,
                subject=subject.owner,
            )
