"""kubernetes/cluster-admin-granted."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, References, Rule
from kubelint.systems.kubernetes.access import AccessRule
from kubelint.systems.kubernetes.model import ClusterRoleBinding, KubernetesObject, RoleBinding
from kubelint.systems.kubernetes.rights import holders, unlimited
from kubelint.tree.node import Node
from kubelint_schemas.kubernetes.rights import is_own


class ClusterAdminGranted(Rule[KubernetesObject]):
    """A binding gives every right there is: `cluster-admin`, or a role that allows everything.

    ## Why
    Its holder, or whoever steals its token, owns the cluster: with a RoleBinding the namespace with all of its
    Secrets.

    ## Example
    ```yaml binding.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata:
      name: deployer
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: ClusterRole
      name: cluster-admin
    subjects:
    - kind: ServiceAccount
      name: deployer
      namespace: ci
    ```

    ## Stays silent when
    - the binding is one that clusters make for themselves (`system:…`, the ClusterRoleBinding `cluster-admin`)
    - the role leaves something out: an API group, a resource or a verb
    - the role is not in the repository and not `cluster-admin`

    ## Source
    Kubernetes documentation, "Using RBAC Authorization", section "User-facing roles".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("roleRef",)
    references = References(("grants",))

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a binding that gives everything."""
        if not isinstance(subject, (RoleBinding, ClusterRoleBinding)) or is_own(
            subject.name, cluster=subject.cluster_scoped
        ):
            return
        for reference in graph.outgoing(subject, "grants"):
            rules = [
                rule
                for target in reference.targets
                if isinstance(target, KubernetesObject) and (rule := unlimited(graph, target)) is not None
            ]
            builtin = (reference.wanted.kind, reference.wanted.name) == ("ClusterRole", "cluster-admin")
            if rules or builtin:
                where = "in the cluster" if subject.cluster_scoped else "in its namespace"
                yield self.finding(
                    f"{subject.kind} `{subject.name}` gives every right {where}",
                    reference.node,
                    f"to {holders(subject)}",
                    related=[(_place(rule), "this rule allows everything") for rule in rules[:1]],
                    help="bind a role with the rights that are needed",
                    subject=subject,
                )


def _place(rule: AccessRule) -> Node:
    return rule.resources[0] if rule.resources else rule.node
