"""kubernetes/role-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.refer import near_built_in, role_of_other_kind


class RoleNotFound(Rule[KubernetesObject]):
    """A binding grants a Role or ClusterRole that does not exist under this name.

    ## Why
    The binding is accepted and grants nothing: its subjects are refused at run time.

    ## Example
    ```yaml rbac.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: pod-reader
    rules:
    - apiGroups: [""]
      resources: [pods]
      verbs: [get]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata:
      name: read-pods
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: Role
      name: pod-readr
    subjects:
    - kind: User
      name: jane
      apiGroup: rbac.authorization.k8s.io
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)
    - the ClusterRole is built in (`view`, `edit`, `admin`, `cluster-admin`, `system:…`)

    ## Source
    Kubernetes documentation, "Using RBAC Authorization".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("roleRef",)
    references = References(("grants",))

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject, "grants"):
            other = role_of_other_kind(graph, reference)
            if other is not None:
                yield self.finding(
                    f"`{reference.wanted.name}` is no {reference.wanted.kind} but a {other}",
                    reference.node,
                    "grants nothing",
                    help=f"write `kind: {other}`",
                    subject=subject,
                )
            elif reference.dangling:
                yield self.dangling(reference, reference.wanted.kind, "grants nothing")
            elif (meant := near_built_in(reference)) is not None:
                yield self.finding(
                    f"{reference.wanted.kind} `{reference.wanted.name}` does not exist; did you mean `{meant}`?",
                    reference.node,
                    "grants nothing",
                    help=f"write `{meant}`, which is built in",
                    subject=subject,
                )
