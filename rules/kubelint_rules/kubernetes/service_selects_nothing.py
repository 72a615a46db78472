"""kubernetes/service-selects-nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.model import Resolution
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.tree.node import Scalar


class ServiceSelectsNothing(Rule[Service]):
    """A Service whose selector matches no pod has no endpoints: every connection to it is refused.

    ## Why
    The API server accepts any selector. A misspelt label makes a Service that exists, resolves in DNS and leads
    nowhere.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: helloworld
    spec:
      selector:
        app: helloword
      ports:
      - port: 80
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: helloworld
    spec:
      selector:
        matchLabels:
          app: helloworld
      template:
        metadata:
          labels:
            app: helloworld
        spec:
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - the Service has no selector (its Endpoints are managed by hand) or is of type ExternalName
    - pods with these labels exist anywhere in the repository, in a namespace that fits
    - nothing in the same unit is near to what the selector asks for: the pods may come from elsewhere. Near is a
      misspelt label, a label that the workload of the same name has otherwise, labels that are there but on different
      pods, and pods of another namespace
    - a label that a controller adds (`statefulset.kubernetes.io/pod-name`) is asked for
    - a custom resource of the unit mentions the value, so that an operator makes the pods

    ## Source
    Kubernetes documentation, "Service", section "Services with and without selectors".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the selector matches no pod and a near miss shows what was meant."""
        for reference in graph.outgoing(subject, "selects"):
            match = reference.detail
            if not isinstance(match, SelectorMatch):
                continue
            if reference.resolution is Resolution.MISSING:
                yield self.finding(
                    f"Service `{subject.name}` selects no pod",
                    match.selector.node,
                    "no pod has these labels",
                    help="correct the selector or the labels of the pods",
                    subject=subject,
                )
            elif reference.resolution is Resolution.NEAR_MISS and match.nearest is not None:
                if match.mismatches:
                    yield self._near_miss(subject, match, match.nearest, graph)
                else:
                    yield self._elsewhere(subject, match, match.nearest)

    def _elsewhere(self, service: Service, match: SelectorMatch, template: PodTemplate) -> Finding:
        owner = template.owner
        wanted = match.selector.requirements[0]
        return self.finding(
            f"Service `{service.name}` selects no pod of its namespace `{service.namespace}`",
            wanted.values[0] if wanted.values else wanted.key_node,
            "the pods with these labels are in another namespace",
            related=[(owner, f"{owner.kind} `{owner.name}` is in `{owner.namespace}`")],
            path=(service, owner),
            help=f"move the Service to `{owner.namespace}`, or the pods to `{service.namespace}`",
            subject=service,
        )

    def _near_miss(self, service: Service, match: SelectorMatch, template: PodTemplate, graph: Graph) -> Finding:
        owner = template.owner
        mismatch = match.mismatches[0]
        key = mismatch.requirement.key
        wanted = mismatch.requirement.values[0] if mismatch.requirement.values else None
        actual = mismatch.actual
        related: list[tuple[Place, str]] = []
        place: Place
        fix = None
        if isinstance(actual, Scalar) and wanted is not None and actual is template.labels.get(key):
            place, label = wanted, f"no pod has the label `{key}: {wanted.text}`"
            related.append((actual, f"the pods of {owner.kind} `{owner.name}` have `{actual.text}`"))
            help_text = f"write `{key}: {actual.text}`, or give the pods the label `{key}: {wanted.text}`"
            if match.scattered:
                label = "no pod has this together with the other labels"
            elif wanted.span.text == wanted.text:
                edit = TextEdit(wanted.span, actual.span.text)
                fix = Fix(f"replace `{wanted.text}` with `{actual.text}`", (edit,), Safety.UNSAFE)
        elif isinstance(actual, Scalar):
            place, label = mismatch.requirement.key_node, f"no pod has a label `{key}`"
            related.append((actual, f"the pods of {owner.kind} `{owner.name}` have the label `{actual.text}`"))
            help_text = f"write `{actual.text}`, or give the pods the label `{key}`"
        else:
            place, label = mismatch.requirement.key_node, f"the pods have no label `{key}`"
            holder = template.metadata.at("labels") if template.metadata is not None else None
            related.append((holder or owner.node, f"the labels of the pods of {owner.kind} `{owner.name}`"))
            help_text = f"remove `{key}` from the selector, or give the pods the label"
        entries = [
            (reference.source, reference.node)
            for reference in graph.incoming(service, "routes-to")
            if reference.source.unit is service.unit
        ]
        for entry, node in entries[:2]:
            related.append((node, f"so {entry.key.kind.partition('.')[0]} `{entry.name}` leads nowhere"))
        return self.finding(
            f"Service `{service.name}` selects no pod",
            place,
            label,
            related=related,
            path=(*(entry for entry, _ in entries[:1]), service, owner),
            help=help_text,
            fix=fix,
            subject=service,
        )
