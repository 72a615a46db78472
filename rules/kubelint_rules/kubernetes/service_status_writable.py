"""kubernetes/service-status-writable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.access import AccessRule
from kubelint.systems.kubernetes.rights import granted


class ServiceStatusWritable(Rule[AccessRule]):
    """A role lets its holder write the status of Services, and so take traffic of others (CVE-2020-8554).

    ## Why
    An address in `status.loadBalancer` makes the nodes send traffic for it to the Service. Whoever writes it takes
    over addresses that belong to somebody else.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: support
    rules:
    - apiGroups: [""]
      resources: [services/status]
      verbs: [patch]
    ```

    ## Stays silent when
    - the rule names the objects that it is for (`resourceNames`)
    - the role is one that clusters make for themselves (`system:…`, `eks:…`, the ClusterRoles `admin`, `edit` …)
      and nobody else binds it
    - the resource is `*` and `wildcard-in-role` runs, which speaks of it

    ## Source
    Kubernetes, CVE-2020-8554: Man in the middle using LoadBalancer or ExternalIPs.
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: AccessRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a rule that gives the right."""
        grant = granted(graph, subject, "service-status")
        if grant is not None:
            yield self.finding(
                f"{subject.role.kind} `{subject.role.name}` may take traffic of others",
                grant.node,
                "an address in the status draws its traffic",
                related=grant.related,
                help="leave the status to the cloud controller",
                subject=subject.role,
            )
