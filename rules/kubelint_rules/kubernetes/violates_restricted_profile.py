"""kubernetes/violates-restricted-profile."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security import fix_of
from kubelint.systems.kubernetes.pod_security_rules import profile


class ViolatesRestrictedProfile(Rule[PodTemplate]):
    """Pods violate the restricted profile of the Pod Security Standards.

    ## Why
    The restricted level is today's best practice for pods: no root, no escalation, no capabilities, a filter of
    system calls, and only volumes that nobody can misuse. A pod must say so in its security context. Select this
    rule to hold all workloads to the profile, whether or not a namespace enforces it.

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
    - a single-purpose rule that runs says the same thing of the same field (with the whole group `security`
      selected, that is nearly always so): the profile speaks of what is left
    - the namespace enforces a level that rejects the pods for it: `pod-security-level-violated` says so
    - the control came with a later version of Kubernetes than the target
    - the standards exempt the pod: Windows pods (`os.name`), pods with their own user namespace where that counts
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Pod Security Standards".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    fixable = True

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each control of the profile that the pods violate."""
        for found in profile(graph, subject, "restricted"):
            first, *others = found
            yield self.finding(
                f"the restricted profile {'requires' if first.missing else 'forbids'} {first.what}",
                first.node,
                first.label,
                related=[(other.node, other.label) for other in others],
                help=first.control.help,
                note=first.note,
                fix=fix_of(found),
                subject=subject.owner,
            )
