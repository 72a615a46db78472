"""kubernetes/binding-without-effect."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessTable, access_rules, access_table, grants_cluster_scope_only
from kubelint.systems.kubernetes.model import ClusterRole, RoleBinding


class BindingWithoutEffect(Rule[RoleBinding]):
    """A RoleBinding grants a ClusterRole that has only rules for resources without namespace, so it grants nothing.

    ## Why
    A RoleBinding gives the rules of a ClusterRole inside its own namespace. Requests for Nodes, PersistentVolumes or
    paths are in no namespace: for these the binding has no effect, and the subjects get 403.

    ## Example
    ```yaml rbac.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: node-reader
    rules:
    - apiGroups: [""]
      resources: [nodes]
      verbs: [get, list]
    - nonResourceURLs: [/metrics]
      verbs: [get]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata:
      name: agent-nodes
      namespace: monitoring
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: ClusterRole
      name: node-reader
    subjects:
    - kind: User
      name: jane
      apiGroup: rbac.authorization.k8s.io
    ```

    ## Stays silent when
    - a rule of the ClusterRole has a resource that lives in a namespace, or one that is not known
    - the ClusterRole is aggregated, built in, or not in the repository

    ## Source
    Kubernetes documentation, "Using RBAC Authorization", section "RoleBinding and ClusterRoleBinding".
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS

    def check(self, subject: RoleBinding, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        table = access_table(graph)
        for reference in graph.outgoing(subject, "grants"):
            roles = [role for role in reference.targets if isinstance(role, ClusterRole)]
            if not roles or not all(_only(graph, table, role) for role in roles):
                continue
            role = roles[0]
            yield self.finding(
                f"RoleBinding `{subject.name}` has no effect: what it grants is in no namespace",
                reference.node,
                "a RoleBinding grants inside its namespace only",
                related=[
                    (scalar, "never inside a namespace")
                    for rule in access_rules(role)
                    for scalar in (*rule.resources, *rule.paths)
                ][:4],
                path=(subject, role),
                help="grant it with a ClusterRoleBinding",
                subject=subject,
            )


def _only(graph: Graph, table: AccessTable, role: ClusterRole) -> bool:
    """Tell, once for each role, whether it is for the cluster alone: thousands of bindings may grant one."""
    return graph.once(("for the cluster alone", id(role)), lambda: grants_cluster_scope_only(table, role))
