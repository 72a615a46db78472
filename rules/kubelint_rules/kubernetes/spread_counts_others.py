"""kubernetes/spread-counts-others."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import INJECTED_LABELS, PodTemplate
from kubelint.systems.kubernetes.selectors import label_selector


class SpreadCountsOthers(Rule[PodTemplate]):
    """A topology spread constraint counts other pods than those that it should spread.

    ## Why
    The constraint counts the pods that its `labelSelector` matches. When the pod's own labels do not match, its
    replicas are not counted and may all end up on one node or in one zone.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 3
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          topologySpreadConstraints:
          - maxSkew: 1
            topologyKey: topology.kubernetes.io/zone
            whenUnsatisfiable: DoNotSchedule
            labelSelector:
              matchLabels:
                app: webb
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - the selector matches the labels of the pod template
    - the constraint has no selector
    - a label or the selector is a placeholder
    - a part of the unit could not be read

    ## Source
    Kubernetes documentation, "Pod Topology Spread Constraints", section "Implicit conventions".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    alone = True
    keys = ("topologySpreadConstraints",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each constraint that leaves the template's own pods out."""
        del graph
        if subject.owner.unit.incomplete or any(value.opaque for value in subject.labels.values()):
            return
        for constraint in subject.spec.items_at("topologySpreadConstraints"):
            node = constraint.mapping("labelSelector")
            selector = None if node is None else label_selector(node)
            if selector is None or selector.opaque:
                continue
            for requirement in selector.requirements:
                if requirement.key in INJECTED_LABELS or requirement.accepts(subject.labels):
                    continue
                actual = subject.labels.get(requirement.key)
                labels = None if subject.metadata is None else subject.metadata.at("labels")
                yield self.finding(
                    f"{subject.owner.kind} `{subject.owner.name}` spreads other pods than its own",
                    requirement.values[0] if requirement.values else requirement.key_node,
                    "its own pods are not counted",
                    related=[(actual or labels or subject.spec.span.first_line(), "the labels of its pods")],
                    help="select labels that the pod template has",
                    subject=subject.owner,
                )
                break
