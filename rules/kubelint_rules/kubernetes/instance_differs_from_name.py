"""kubernetes/instance-differs-from-name."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Workload
from kubelint.systems.kubernetes.resource_requirements import has

INSTANCE = "app.kubernetes.io/instance"


class InstanceDiffersFromName(Rule[Workload]):
    """A workload's label `app.kubernetes.io/instance` is missing or is not the workload's name.

    ## Why
    Some teams name each workload after its instance, so that a dashboard can go from one to the other. The label itself
    asks for no such thing: several workloads may be one instance, which is why this is a matter of taste.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      labels:
        app.kubernetes.io/instance: shop
    spec:
      containers:
      - name: web
        image: nginx:1.27
    ```

    ## Stays silent when
    - the name or the label is only known later (a placeholder), or the name is made by `generateName`

    ## Source
    Kubernetes documentation, "Recommended Labels".
    """

    severity = Severity.INFO
    group = Group.STYLE

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the label, or at the name where there is no label."""
        del graph
        name, label = subject.name_node, subject.labels.get(INSTANCE)
        if name is None or name.opaque:
            return
        if label is None:
            if not has(subject.root, "metadata", "labels", INSTANCE):
                yield self.finding(
                    f"{subject.kind} `{name.text}` has no label `{INSTANCE}`",
                    name,
                    help=f"set `{INSTANCE}: {name.text}`",
                    subject=subject,
                )
        elif not label.opaque and label.text != name.text:
            yield self.finding(
                f"the instance label of {subject.kind} `{name.text}` is not its name",
                label,
                related=[(name, "the name")],
                help=f"set `{INSTANCE}: {name.text}`, or name the {subject.kind} `{label.text}`",
                subject=subject,
            )
