"""kubernetes/certificates-approvable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessRule
from kubelint.systems.kubernetes.rights import granted


class CertificatesApprovable(Rule[AccessRule]):
    """A role lets its holder approve certificate signing requests.

    ## Why
    The API server takes the name and the groups of a client from its certificate: whoever approves requests makes
    administrators.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: support
    rules:
    - apiGroups: [certificates.k8s.io]
      resources: [certificatesigningrequests/approval]
      verbs: [update]
    ```

    ## Stays silent when
    - the rule names the objects that it is for (`resourceNames`)
    - the role is one that clusters make for themselves (`system:…`, `eks:…`, the ClusterRoles `admin`, `edit` …)
      and nobody else binds it
    - the resource is `*` and `wildcard-in-role` runs, which speaks of it

    ## Source
    Kubernetes documentation, "Role Based Access Control Good Practices", section "CSRs and certificate issuing".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a rule that gives the right."""
        grant = granted(graph, subject, "certificates")
        if grant is not None:
            yield self.finding(
                f"{subject.role.kind} `{subject.role.name}` approves client certificates",
                grant.node,
                "a certificate may name any user or group",
                related=grant.related,
                help="leave the approval to the controller that checks who asks",
                subject=subject.role,
            )
