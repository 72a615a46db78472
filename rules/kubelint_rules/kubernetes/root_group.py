"""kubernetes/root-group."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.security_context import effective, number
from kubelint.tree.node import Scalar


class RootGroup(Rule[PodTemplate]):
    """A container runs with the group of root (`runAsGroup` or `supplementalGroups` is 0).

    ## Why
    Files of root are often open to its group, on mounted volumes of the node above all.

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
          runAsUser: 1000
          runAsGroup: 0
    ```

    ## Stays silent when
    - no group is set
    - `fsGroup` is 0: it changes the group of files, not that of a process that has it anyway
    - the container sets another group than its pod
    - the value is only known later (a template, a placeholder)

    ## Source
    API reference, SecurityContext, field `runAsGroup`; PodSecurityContext, field `supplementalGroups`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("runAsGroup", "supplementalGroups")

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each group 0 that takes effect."""
        del graph
        groups = [effective(container, "runAsGroup") for container in subject.containers]
        groups += [
            node for node in subject.spec.items_at("securityContext", "supplementalGroups") if isinstance(node, Scalar)
        ]
        found = {id(node): node for node in groups if node is not None and number(node) == 0}
        for node in found.values():
            yield self.finding(
                f"{subject.owner.kind} `{subject.owner.name}` runs with the group of root",
                node,
                "is the group of root",
                help="use the number of another group",
                subject=subject.owner,
            )
