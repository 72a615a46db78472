"""kubernetes/violates-baseline-profile."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security import fix_of
from kubelint.systems.kubernetes.pod_security_rules import profile


class ViolatesBaselineProfile(Rule[PodTemplate]):
    """Pods violate the baseline profile of the Pod Security Standards.

    ## Why
    The baseline level keeps known ways out of a container shut and leaves the rest alone: a pod that says nothing
    conforms. Select this rule to hold all workloads to the profile, whether or not a namespace enforces it.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: agent
    spec:
      hostPID: true
      containers:
      - name: agent
        image: registry.example.com/ops/agent:2.4
    ```

    ## Stays silent when
    - a single-purpose rule that runs says the same thing of the same field (with the whole group `security`
      selected, that is nearly always so): the profile speaks of what is left
    - the namespace enforces a level that rejects the pods for it: `pod-security-level-violated` says so
    - the control came with a later version of Kubernetes than the target
    - the standards exempt the pod: Windows pods (`os.name`), pods with their own user namespace where that counts
    - the value is only known later (a template, a placeholder)
    - `violates-restricted-profile` runs, which holds all of this profile

    ## Source
    Kubernetes documentation, "Pod Security Standards".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    fixable = True

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each control of the profile that the pods violate."""
        if graph.settings.selects("kubernetes/violates-restricted-profile", self.group.value, by_default=False):
            return

        for found in profile(graph, subject, "baseline"):
            first, *others = found
            yield self.finding(
                f"the baseline profile {'requires' if first.missing else 'forbids'} {first.what}",
                first.node,
                first.label,
                related=[(other.node, other.label) for other in others],
                help=first.control.help,
                note=first.note,
                fix=fix_of(found),
                subject=subject.owner,
            )
