"""kubernetes/missing-annotation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.metadata import Unfulfilled, is_meant, unfulfilled
from kubelint.systems.kubernetes.model import KubernetesObject, StatefulSet
from kubelint.tree.node import Node

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Rollout")


class MissingAnnotation(Rule[KubernetesObject]):
    """An object, or the claim template of a StatefulSet, lacks an annotation that the team wants on it.

    ## Why
    Whoever is called at night wants the owner's address, and a backup controller wants its schedule. Says nothing until
    `annotations` or `claim-annotations` is set.

    ## Example
    ```yaml .kubelint.yaml
    rules:
      options:
        kubernetes/missing-annotation:
          annotations: [example.com/owner]
    ```
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 2
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - nothing is configured
    - the value, or all annotations, are only known later (a placeholder)
    - the kind is not among `kinds`

    ## Source
    Kubernetes documentation, "Annotations".
    """

    severity = Severity.INFO
    group = Group.STYLE

    @dataclass(frozen=True, slots=True)
    class Options:
        """Which annotations, on what."""

        annotations: tuple[str, ...] = option(
            (), "Annotations that are wanted: `key`, or `key=glob|glob` for certain values."
        )
        kinds: tuple[str, ...] = option(WORKLOADS, "Kinds of objects that are looked at.")
        claim_annotations: tuple[str, ...] = option(
            (), "Annotations that are wanted on the volume claim templates of StatefulSets, in the same form."
        )

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each annotation that is missing or has another value."""
        del graph
        if is_meant(subject, self.options.kinds):
            for lacking in unfulfilled(subject.root.at("metadata"), "annotations", self.options.annotations):
                where = subject.name_node or subject.node
                yield self._finding(subject, f"{subject.kind} `{subject.name}`", where, lacking)
        if isinstance(subject, StatefulSet):
            for claim in subject.root.items_at("spec", "volumeClaimTemplates"):
                for lacking in unfulfilled(claim.at("metadata"), "annotations", self.options.claim_annotations):
                    name = claim.scalar("metadata", "name")
                    who = f"claim template `{name.text if name is not None else ''}` of `{subject.name}`"
                    yield self._finding(subject, who, name or claim, lacking)

    def _finding(self, subject: KubernetesObject, who: str, where: Node, lacking: Unfulfilled) -> Finding:
        missing = lacking.actual is None
        return self.finding(
            f"{who} has no annotation `{lacking.wish.key}`"
            if missing
            else f"annotation `{lacking.wish.key}` of {who} has another value",
            lacking.actual or where,
            "" if missing else f"none of {', '.join(f'`{value}`' for value in lacking.wish.values)}",
            help=f"set the annotation `{lacking.wish}`",
            subject=subject,
        )
