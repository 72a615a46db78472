"""kubernetes/missing-label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.metadata import is_meant, unfulfilled
from kubelint.systems.kubernetes.model import KubernetesObject

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Rollout")


class MissingLabel(Rule[KubernetesObject]):
    """An object lacks a label that the team wants on it, or the label has none of the wanted values.

    ## Why
    Dashboards, cost reports and cleaning up by label see only what carries the label.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      labels:
        app: web
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
    - the value, or all labels, are only known later (a placeholder)
    - the kind is not among `kinds`

    ## Source
    Kubernetes documentation, "Recommended Labels".
    """

    severity = Severity.INFO
    group = Group.STYLE

    @dataclass(frozen=True, slots=True)
    class Options:
        """Which labels, on what."""

        labels: tuple[str, ...] = option(
            ("app.kubernetes.io/name",), "Labels that are wanted: `key`, or `key=glob|glob` for certain values."
        )
        kinds: tuple[str, ...] = option(WORKLOADS, "Kinds of objects that are looked at.")

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each label that is missing or has another value."""
        del graph
        if not is_meant(subject, self.options.kinds):
            return
        for lacking in unfulfilled(subject.root.at("metadata"), "labels", self.options.labels):
            missing = lacking.actual is None
            yield self.finding(
                f"{subject.kind} `{subject.name}` has no label `{lacking.wish.key}`"
                if missing
                else f"label `{lacking.wish.key}` of {subject.kind} `{subject.name}` has another value",
                lacking.actual or subject.name_node or subject.node,
                "" if missing else f"none of {', '.join(f'`{value}`' for value in lacking.wish.values)}",
                help=f"set the label `{lacking.wish}`",
                subject=subject,
            )
