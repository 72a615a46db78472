"""kubernetes/default-account-bound."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import ClusterRoleBinding, KubernetesObject, RoleBinding
from kubelint_schemas.kubernetes.rights import is_own


class DefaultAccountBound(Rule[KubernetesObject]):
    """A binding gives rights to a `default` ServiceAccount, and so to every pod that names no account.

    ## Why
    Each pod of the namespace that says nothing gets these rights, today's and those to come.

    ## Example
    ```yaml binding.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata:
      name: view
      namespace: shop
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: ClusterRole
      name: view
    subjects:
    - kind: ServiceAccount
      name: default
      namespace: shop
    ```

    ## Stays silent when
    - the account has another name
    - a user or a group is called `default`
    - the binding is one that clusters make for themselves (`system:…`)

    ## Source
    Kubernetes documentation, "Role Based Access Control Good Practices", section "Least privilege". Kubernetes
    documentation, "Service Accounts".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("subjects",)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each default account among the subjects."""
        del graph
        if not isinstance(subject, (RoleBinding, ClusterRoleBinding)) or is_own(
            subject.name, cluster=subject.cluster_scoped
        ):
            return
        for holder in subject.root.items_at("subjects"):
            name = holder.scalar("name")
            if name is not None and name.text == "default" and holder.text_at("kind") == "ServiceAccount":
                yield self.finding(
                    f"{subject.kind} `{subject.name}` gives rights to every pod without an account",
                    name,
                    "is what pods run as that name no other",
                    help="make a ServiceAccount for the pods that need the rights",
                    subject=subject,
                )
