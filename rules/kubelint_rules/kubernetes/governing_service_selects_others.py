"""kubernetes/governing-service-selects-others."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service, StatefulSet
from kubelint.systems.kubernetes.pod import INJECTED_LABELS, PodTemplate
from kubelint.systems.kubernetes.selectors import Requirement


class GoverningServiceSelectsOthers(Rule[StatefulSet]):
    """The Service that should give the pods of a StatefulSet their names does not select those pods.

    ## Why
    A pod gets the name `db-0.db` only while it is an endpoint of the Service `db`. When the selector means other
    pods, none of the names resolve, although both objects look right.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      clusterIP: None
      selector:
        app: db-proxy
      ports:
      - port: 5432
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: db
    spec:
      replicas: 3
      serviceName: db
      selector:
        matchLabels:
          app: db
      template:
        metadata:
          labels:
            app: db
        spec:
          containers:
          - name: db
            image: postgres:17
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: db-proxy
    spec:
      selector:
        matchLabels:
          app: db-proxy
      template:
        metadata:
          labels:
            app: db-proxy
        spec:
          containers:
          - name: db-proxy
            image: nginx:1.27
    ```

    ## Stays silent when
    - the Service has no selector, so that its endpoints are managed by hand
    - the Service selects no pod at all: `service-selects-nothing` says so
    - one of several alternatives of the Service selects the pods
    - a label or the selector is a placeholder

    ## Source
    Kubernetes documentation, "StatefulSets", section "Stable Network ID"; "DNS for Services and Pods".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: StatefulSet, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the Service that governs means other pods."""
        template = subject.template
        if template is None or subject.unit.incomplete or any(value.opaque for value in template.labels.values()):
            return
        for reference in graph.outgoing(subject, "governed-by"):
            services = [target for target in reference.targets if isinstance(target, Service)]
            mismatches = [_mismatch(service, template) for service in services]
            if not services or None in mismatches or any(_reported(graph, service) for service in services):
                continue
            wanted = mismatches[0]
            assert wanted is not None  # noqa: S101 - for the type checker
            actual = template.labels.get(wanted.key)
            labels = None if template.metadata is None else template.metadata.at("labels")
            yield self.finding(
                f"Service `{services[0].name}` does not select the pods of StatefulSet `{subject.name}`",
                reference.node,
                f"`{subject.name}-0.{services[0].name}` does not resolve",
                related=[
                    (wanted.values[0] if wanted.values else wanted.key_node, "the Service asks for this label"),
                    (actual or labels or template.owner, "and these are the labels of the pods"),
                ],
                path=(subject, services[0]),
                help="make the selector of the Service fit the labels of the pods",
                subject=subject,
            )


def _mismatch(service: Service, template: PodTemplate) -> Requirement | None:
    """Return the first requirement of a Service that pods do not fulfil; None where they do or nobody knows."""
    selector = service.selector
    if selector is None or selector.opaque:
        return None
    return next(
        (
            requirement
            for requirement in selector.requirements
            if requirement.key not in INJECTED_LABELS and not requirement.accepts(template.labels)
        ),
        None,
    )


def _reported(graph: Graph, service: Service) -> bool:
    return any(reference.dangling for reference in graph.outgoing(service, "selects"))
