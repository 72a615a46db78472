"""kubernetes/no-liveness-probe."""

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


class NoLivenessProbe(Rule[Container]):
    """A container has no liveness probe: one that hangs is never restarted.

    ## Why
    The kubelet restarts a container whose process ends. A process that hangs, in a deadlock or out of file handles,
    goes on for ever, and only a liveness probe notices.

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
    - `only-behind-service` is set and no Service of the repository sends traffic to the pod

    ## Source
    Kubernetes documentation, "Configure Liveness, Readiness and Startup Probes".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """For whom."""

        only_behind_service: bool = option(
            default=False, description="Only look at pods that a Service of the repository sends traffic to."
        )

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container that serves without the probe."""
        if not unprobed(graph, subject, "livenessProbe"):
            return
        if self.options.only_behind_service and not services_before(graph, subject.template):
            return
        yield self.finding(
            f"container `{subject.label}` has no liveness probe",
            subject.name or subject.node,
            "is not restarted when it hangs",
            help="add a `livenessProbe` that fails only where a restart helps",
            subject=subject.owner,
        )
