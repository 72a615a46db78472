"""kubernetes/node-proxy-granted."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessRule
from kubelint.systems.kubernetes.rights import granted


class NodeProxyGranted(Rule[AccessRule]):
    """A role lets its holder ask the kubelets themselves (`nodes/proxy`).

    ## Why
    The API of the kubelet runs commands in every pod of its node, and neither admission nor the audit log of the
    API server sees them.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: support
    rules:
    - apiGroups: [""]
      resources: [nodes/proxy]
      verbs: [get]
    ```

    ## Stays silent when
    - the rule names the objects that it is for (`resourceNames`)
    - the role is one that clusters make for themselves (`system:…`, `eks:…`, the ClusterRoles `admin`, `edit` …)
      and nobody else binds it
    - the resource is `*` and `wildcard-in-role` runs, which speaks of it

    ## Source
    Kubernetes documentation, "Role Based Access Control Good Practices", section "Access to proxy subresource of
    Nodes".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a rule that gives the right."""
        grant = granted(graph, subject, "node-proxy")
        if grant is not None:
            yield self.finding(
                f"{subject.role.kind} `{subject.role.name}` reaches the kubelets past the API server",
                grant.node,
                "runs commands in every pod of every node",
                related=grant.related,
                help="use `nodes/metrics` or `nodes/stats`, if that is what is read",
                subject=subject.role,
            )
