"""kubernetes/namespace-on-cluster-object."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import remove_entry
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.scopes import is_cluster_scoped


class NamespaceOnClusterObject(Rule[KubernetesObject]):
    """An object of a kind that has no namespace is given one, which is dropped.

    ## Why
    The object is the same in the whole cluster. Who reads the file thinks that it is confined to the namespace, and two
    files that differ only in it overwrite each other.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: reader
      namespace: shop
    rules:
    - apiGroups: [""]
      resources: [pods]
      verbs: [get]
    ```

    ## Stays silent when
    - nobody knows whether the kind has namespaces
    - the namespace is empty or a placeholder

    ## Source
    Kubernetes documentation, "Namespaces", section "Not all objects are in a namespace"; API resources.
    """

    severity = Severity.INFO
    group = Group.STYLE
    fixable = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the namespace means nothing."""
        node = subject.namespace_node
        if node is None or node.opaque or not node.text or not is_cluster_scoped(graph, subject):
            return
        metadata = subject.root.mapping("metadata")
        edit = None if metadata is None else remove_entry(metadata, "namespace")
        yield self.finding(
            f"a {subject.kind} has no namespace",
            node,
            "dropped",
            help="remove it",
            fix=None if edit is None else Fix("remove the namespace", (edit,), Safety.SAFE),
            subject=subject,
        )
