"""kubernetes/affinity-selects-nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, Place, References, Rule
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import KubernetesObject


class AffinitySelectsNothing(Rule[KubernetesObject]):
    """A required affinity is to pods that nothing makes, and a near miss shows which were meant.

    ## Why
    Pods that must run beside pods which do not exist are never scheduled. An anti-affinity to pods that do not
    exist keeps nothing apart.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: cache
    spec:
      selector:
        matchLabels:
          app: redis
      template:
        metadata:
          labels:
            app: redis
        spec:
          containers:
          - name: redis
            image: redis:7.4
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          affinity:
            podAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
              - labelSelector:
                  matchLabels:
                    app: rediss
                topologyKey: kubernetes.io/hostname
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - pods with these labels exist anywhere in the repository, in a namespace that fits
    - nothing in the same unit is near to what the selector asks for: the pods may come from elsewhere
    - the term looks into other namespaces (`namespaces`, `namespaceSelector`)
    - the term is a preference

    ## Source
    Kubernetes documentation, "Assigning Pods to Nodes", section "Inter-pod affinity and anti-affinity".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("podAffinity", "podAntiAffinity")
    references = References(("stays-near", "stays-away-from"), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each required term that means no pod."""
        for verb, consequence in (
            ("stays-near", "so the pods are never scheduled"),
            ("stays-away-from", "so it keeps nothing apart"),
        ):
            for reference in graph.outgoing(subject, verb):
                match = reference.detail
                if not reference.dangling or not isinstance(match, SelectorMatch):
                    continue
                mismatch = match.mismatches[0] if match.mismatches else None
                values = () if mismatch is None else mismatch.requirement.values
                related: list[tuple[Place, str]] = []
                if mismatch is not None and match.nearest is not None and mismatch.actual is not None:
                    owner = match.nearest.owner
                    related = [(mismatch.actual, f"the pods of {owner.kind} `{owner.name}` have this")]
                yield self.finding(
                    f"the affinity of {subject.kind} `{subject.name}` is to no pod",
                    values[0] if values else match.selector.node,
                    f"no pod has this label, {consequence}",
                    related=related,
                    help="correct the selector or the labels of the pods",
                    severity=None if verb == "stays-near" else Severity.WARNING,
                    subject=subject,
                )
