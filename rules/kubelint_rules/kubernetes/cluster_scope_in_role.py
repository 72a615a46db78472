"""kubernetes/cluster-scope-in-role."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessRule, access_table
from kubelint.systems.kubernetes.model import Role


class ClusterScopeInRole(Rule[AccessRule]):
    """A Role grants a resource that has no namespace, or a path: requests for these are never in a namespace.

    ## Why
    A Role counts for requests inside its namespace. A request for a Node, a PersistentVolume or a ClusterRole has
    none, so the rule never matches and the client gets 403. With `nonResourceURLs` the API server rejects the Role.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: deployer
      namespace: shop
    rules:
    - apiGroups: [""]
      resources: [pods, nodes]
      verbs: [get, list]
    ```

    ## Stays silent when
    - the object is a ClusterRole: a ClusterRoleBinding may grant it
    - the resource is `namespaces`: a request for the Role's own Namespace counts to it
    - a group of the rule has a resource of that name that lives in namespaces

    ## Source
    Kubernetes documentation, "Using RBAC Authorization", section "Role and ClusterRole".
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        if not isinstance(subject.role, Role):
            return
        for path in subject.paths:
            yield self.finding(
                "a Role cannot grant a path; the API server rejects it",
                path,
                "paths are outside of all namespaces",
                help="move the rule to a ClusterRole that a ClusterRoleBinding grants",
                severity=Severity.ERROR,
                subject=subject.role,
            )
        table = access_table(graph)
        for resource in subject.resources:
            if table.cluster_scoped(subject, resource):
                yield self.finding(
                    f"`{resource.text}` live in no namespace, so a Role cannot grant them",
                    resource,
                    "never matches a request",
                    related=[(subject.role.kind_node or subject.role.node, "counts inside one namespace only")],
                    help="move the rule to a ClusterRole that a ClusterRoleBinding grants",
                    subject=subject.role,
                )
