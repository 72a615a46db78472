"""kubernetes/namespace-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import NOT_FOUND, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.refer import near_built_in


class NamespaceNotFound(Rule[KubernetesObject]):
    """An object is in a namespace that no file creates, and a near miss shows which one was meant.

    ## Why
    Applied with the others, the object is refused (`namespaces "…" not found`), or lands in a namespace that exists
    by chance and where nobody looks for it.

    ## Example
    ```yaml shop.yaml
    apiVersion: v1
    kind: Namespace
    metadata:
      name: storefront
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
      namespace: storefront
    data:
      theme: dark
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: texts
      namespace: storfront
    data:
      title: Shop
    ```

    ## Stays silent when
    - a Namespace of the name is anywhere in the repository, or is one of every cluster
    - no Namespace of the same unit has a name that is near
    - more objects of the repository are in the namespace than in the one that is near

    ## Source
    Kubernetes documentation, "Namespaces".
    """

    severity = Severity.ERROR
    group = Group.SUSPICIOUS
    fixable = True
    references = References(("lives-in",), NOT_FOUND)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for reference in graph.outgoing(subject, "lives-in"):
            if reference.dangling:
                yield self.dangling(reference, "Namespace", "no file creates it")
            elif (meant := near_built_in(reference)) is not None:
                yield self.finding(
                    f"Namespace `{reference.wanted.name}` does not exist; did you mean `{meant}`?",
                    reference.node,
                    "no file creates it",
                    help=f"write `{meant}`, which every cluster has",
                    subject=subject,
                )
