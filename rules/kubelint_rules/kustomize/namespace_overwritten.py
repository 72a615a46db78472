"""kustomize/namespace-overwritten."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.assemble import OverwrittenNamespace


class NamespaceOverwritten(Rule[OverwrittenNamespace]):
    """An object names one namespace, and the kustomization that lists it puts it into another one.

    ## Why
    `namespace:` of a kustomization replaces what objects write down, without a word. An object that was written for
    `kube-system` ends up elsewhere, and what looks for it where its file says does not find it.

    ## Example
    ```yaml kustomization.yaml
    namespace: default
    resources:
    - grafana.yaml
    ```
    ```yaml grafana.yaml
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: grafana
      namespace: kube-system
    ```

    ## Stays silent when
    - both are the same, or the object has no namespace
    - the kind has no namespace
    - a kustomization in another folder replaces the namespace that all objects of its base agree on, as overlays do
    - a namespace is a placeholder that is only known later, or `system`, which kubebuilder writes as one

    ## Source
    kustomize, the kustomization reference: `namespace`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: OverwrittenNamespace, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of a namespace."""
        del graph
        item, value = subject.item, subject.value
        yield self.finding(
            f"{item.kind} `{item.name}` ends up in `{value.text}`, not in `{subject.node.text}`",
            subject.node,
            "this is overwritten",
            related=[(value, "the kustomization sets the namespace of all objects")],
            help=f"write `{value.text}`, or list the object in a kustomization without `namespace: {value.text}`",
            subject=item,
        )
