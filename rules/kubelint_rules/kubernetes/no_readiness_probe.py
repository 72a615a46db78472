"""kubernetes/no-readiness-probe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.probes import unprobed
from kubelint.systems.kubernetes.selecting import services_before


class NoReadinessProbe(Rule[Container]):
    """A container has no readiness probe: it gets traffic, and a rollout goes on, as soon as its process runs.

    ## Why
    Without the probe a container counts as ready when it has started, not when it can answer. Each rollout then loses
    the requests of the first seconds, and an overloaded pod is never taken out of its Service.

    ## Example
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
    - the container is an init container, of a Job or a CronJob, or of a Pod that is not restarted when it ends
    - it declares no port and another container of the pod has one, or has the probe: the other one speaks for the pod
    - the pod has `readinessGates`: something else says when it is ready
    - `only-behind-service` is set and no Service of the repository sends traffic to the pod

    The finding is a warning where a Service of the repository sends traffic to the pod, else an information.

    ## Source
    Kubernetes documentation, "Pod Lifecycle", section "Types of probe".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """For whom."""

        only_behind_service: bool = option(
            default=False, description="Only look at pods that a Service of the repository sends traffic to."
        )

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container that serves without the probe."""
        if not unprobed(graph, subject, "readinessProbe") or subject.template.spec.items_at("readinessGates"):
            return
        services = services_before(graph, subject.template)
        if self.options.only_behind_service and not services:
            return
        yield self.finding(
            f"container `{subject.label}` has no readiness probe",
            subject.name or subject.node,
            "counts as ready as soon as its process runs",
            related=[(service.node, "sends its traffic there") for service in services[:1]],
            help="add a `readinessProbe` that succeeds once the container can answer",
            severity=Severity.WARNING if services else Severity.INFO,
            subject=subject.owner,
        )
