"""kubernetes/removed-label."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.marks import mark_uses
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.validation import target_is_set


class RemovedLabel(Rule[KubernetesObject]):
    """A selector asks for a label that nodes do not have any more, or nobody reads an annotation any more.

    ## Why
    Since version 1.24 the control plane has no label `node-role.kubernetes.io/master`: what selects it runs nowhere, or
    on the wrong nodes, after an upgrade. An annotation that became a field is ignored: the seccomp profile that it
    names is not applied.

    ## Example
    ```yaml agent.yaml
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: agent
    spec:
      selector:
        matchLabels:
          app: agent
      template:
        metadata:
          labels:
            app: agent
        spec:
          nodeSelector:
            node-role.kubernetes.io/master: ""
          containers:
          - name: agent
            image: registry.example.com/agent:2.3.1
    ```

    ## Stays silent when
    - the targeted version still has it: `targets: {kubernetes: "1.23"}`
    - the selector names the new label as an alternative
    - it is a toleration, which does no harm, or the label of a Node

    ## Source
    Kubernetes documentation, "Well-Known Labels, Annotations and Taints"; kubeadm, release notes of 1.24.
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each removed label or annotation; an error for labels where the target is set."""
        for use in mark_uses(graph, subject):
            if not use.removed:
                continue
            mark = use.mark
            instead = None
            if mark.instead is not None:
                instead = mark.instead if "`" in mark.instead or " " in mark.instead else f"`{mark.instead}`"
            fix = None
            if mark.renamed and mark.instead is not None and use.span.text == mark.key:
                fix = Fix(f"write `{mark.instead}`", (TextEdit(use.span, mark.instead),), Safety.UNSAFE)
            selecting = mark.on == "node"
            verb = "no node has the label" if selecting else f"nobody reads the {mark.on}"
            yield self.finding(
                f"{verb} `{use.node.text if mark.prefix else mark.key}` since Kubernetes {mark.removed_in}",
                use.span,
                "means other nodes than before" if selecting else "without effect",
                help="remove it" if instead is None else f"use {instead}",
                fix=fix,
                severity=Severity.ERROR if selecting and target_is_set(graph) else None,
                subject=subject,
            )
