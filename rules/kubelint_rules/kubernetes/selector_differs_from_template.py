"""kubernetes/selector-differs-from-template."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.systems.kubernetes.model import Job, Workload
from kubelint.systems.kubernetes.pod import INJECTED_LABELS


class SelectorDiffersFromTemplate(Rule[Workload]):
    """A workload's selector does not match the labels of its own pod template, so the API server rejects it.

    ## Why
    A Deployment, ReplicaSet, StatefulSet or DaemonSet must select the pods that it makes; `kubectl apply` fails with
    "selector does not match template labels".

    ## Example
    ```yaml deployment.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: site
    spec:
      selector:
        matchLabels:
          app: site
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
    - the workload has no selector, or a Job leaves it to the controller
    - a value is a placeholder that is only known later

    ## Source
    Kubernetes API reference, DeploymentSpec: `selector` must match the pod template's labels.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each requirement that the template's labels do not fulfil."""
        selector, template = subject.selector, subject.template
        if (
            isinstance(subject, Job)
            or selector is None
            or template is None
            or selector.opaque
            or subject.unit.incomplete
        ):
            return
        del graph
        for requirement in selector.requirements:
            if requirement.key in INJECTED_LABELS or requirement.accepts(template.labels):
                continue
            actual = template.labels.get(requirement.key)
            wanted = requirement.values[0] if requirement.values else None
            related: list[tuple[Place, str]] = []
            if actual is not None:
                related.append((actual, f"the pod template has `{actual.text}`"))
            else:
                holder = None if template.metadata is None else template.metadata.at("labels")
                missing = f"the pod template has no label `{requirement.key}`"
                related.append((holder or template.spec.span.first_line(), missing))
            asked = requirement.key if wanted is None else f"{requirement.key}: {wanted.text}"
            yield self.finding(
                f"{subject.kind} `{subject.name}` does not select its own pods",
                wanted or requirement.key_node,
                f"asks for `{asked}`",
                related=related,
                help="make selector and template labels the same",
                subject=subject,
            )
