"""kustomize/labels-in-selectors."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.model import Kustomization, Use
from kubelint.tree.node import Node
from kubelint.words import cut


class LabelsInSelectors(Rule[Kustomization]):
    """An overlay adds labels to the selectors of a base that others build on, too.

    ## Why
    `commonLabels`, and `labels` with `includeSelectors`, change `spec.selector` of Deployments, StatefulSets and
    DaemonSets. Selectors cannot be changed once the workload is there: the first roll-out after such a label was added
    or got another value fails with "field is immutable", and the workload must be deleted first.

    ## Example
    ```yaml production/kustomization.yaml
    resources:
    - ../base
    commonLabels:
      environment: production
    ```
    ```yaml staging/kustomization.yaml
    resources:
    - ../base
    ```
    ```yaml base/kustomization.yaml
    resources:
    - deployment.yaml
    ```
    ```yaml base/deployment.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: frontend
    spec:
      selector:
        matchLabels:
          app: frontend
      template:
        metadata:
          labels:
            app: frontend
        spec:
          containers:
          - name: frontend
            image: registry.example.com/frontend:1.4.0
    ```

    ## Stays silent when
    - the kustomization lists its own files, or is the only one that builds on the base
    - `labels` are added without `includeSelectors`

    ## Source
    kustomize, the kustomization reference: `commonLabels` and `labels`; Kubernetes, "Deployments", selector updates.
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each set of labels that goes into selectors of a shared base."""
        places = list(_selecting(subject))
        if not places:
            return
        shared = _shared(subject, graph)
        if shared is None:
            return
        for place, field in places:
            yield self.finding(
                f"`{field}` changes the selectors of what `{cut(shared.text, 24)}` builds",
                place,
                "a selector cannot be changed once its workload is there",
                related=[(shared.span, "others build on this, too")],
                help="write `labels` with `includeTemplates: true` instead",
                subject=subject,
            )


def _selecting(kustomization: Kustomization) -> Iterator[tuple[Node, str]]:
    root = kustomization.root
    common = root.key("commonLabels")
    if common is not None and root.mapping("commonLabels"):
        yield common, "commonLabels"
    for entry in root.items_at("labels"):
        key = entry.key("includeSelectors")
        if key is not None and entry.text_at("includeSelectors") == "true":
            yield key, "includeSelectors"


def _shared(kustomization: Kustomization, graph: Graph) -> Use | None:
    """Return the entry of a base that another kustomization builds on as well."""
    for use in kustomization.uses:
        if use.target is None or use.target.component:
            continue
        if any(other.source is not kustomization for other in graph.incoming(use.target, "includes")):
            return use
    return None
