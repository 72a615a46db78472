"""kubernetes/pod-security-level-violated."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Pod
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security import fix_of, violations
from kubelint.systems.kubernetes.pod_security_rules import enforcement
from kubelint.tree.node import Node


class PodSecurityLevelViolated(Rule[PodTemplate]):
    """Pods violate the Pod Security level that their namespace enforces, so the API server rejects them.

    ## Why
    The label `pod-security.kubernetes.io/enforce` of the Namespace makes the API server refuse every pod below that
    level. A Deployment, Job or other workload is still accepted, which hides it: it never gets a pod, and only an
    event says `violates PodSecurity`.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Namespace
    metadata:
      name: shop
      labels:
        pod-security.kubernetes.io/enforce: baseline
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: agent
      namespace: shop
    spec:
      hostNetwork: true
      containers:
      - name: agent
        image: registry.example.com/ops/agent:2.4
    ```

    ## Stays silent when
    - the namespace of the workload is not written down, or no Namespace object of that name is in the repository
    - the Namespace only warns or audits (`warn`, `audit`), or enforces `privileged`
    - several Namespace objects of the name may be meant and one of them enforces nothing
    - the control came with a later version than the one that `enforce-version` or the target names
    - the standards exempt the pod: Windows pods (`os.name`), pods with their own user namespace where that counts
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Pod Security Admission" and "Pod Security Standards".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    beside = ("Namespace",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each control of the enforced level that the pods violate."""
        enforced = enforcement(graph, subject)
        if enforced is None:
            return
        owner = subject.owner
        name = enforced.namespace.name
        for found in violations(graph, subject, enforced.level, enforced.version):
            first, *others = found
            related: list[tuple[Node, str]] = [(enforced.node, f"namespace `{name}` enforces this level")]
            related += [(other.node, other.label) for other in others]
            yield self.finding(
                f"namespace `{name}` rejects this pod: {first.what} is {'missing' if first.missing else 'forbidden'}",
                first.node,
                first.label,
                related=related,
                help=first.control.help,
                note=None if isinstance(owner, Pod) else f"the {owner.kind} itself is accepted, but never gets a pod",
                fix=fix_of(found),
                subject=owner,
            )
