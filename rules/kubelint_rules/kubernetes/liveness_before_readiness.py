"""kubernetes/liveness-before-readiness."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.timing import early_death


class LivenessBeforeReadiness(Rule[Container]):
    """The liveness probe gives up before the readiness probe, which asks the same, begins.

    ## Why
    `initialDelaySeconds` of the readiness probe says how long the program needs to start. A liveness probe that fails
    for good before that restarts the program each time before it is up.

    ## Example
    ```yaml web.yaml
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
          containers:
          - name: web
            image: nginx:1.27
            ports:
            - name: http
              containerPort: 80
            livenessProbe:
              httpGet:
                path: /healthz
                port: http
            readinessProbe:
              httpGet:
                path: /healthz
                port: http
              initialDelaySeconds: 60
    ```

    ## Stays silent when
    - there is a startup probe: the others wait for it
    - the two probes ask different things: the program may be alive long before it is ready
    - a number is a placeholder

    ## Source
    Kubernetes documentation, "Configure Liveness, Readiness and Startup Probes"; API reference, Probe.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    alone = True
    keys = ("initialDelaySeconds",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the container is restarted before it is expected to answer."""
        del graph
        found = early_death(subject)
        if found is not None:
            yield self.finding(
                f"container `{subject.label}` is restarted before it is expected to answer",
                found.node,
                f"gives up after {found.seconds} s",
                related=[(found.ready_node, f"the same question is first asked after {found.ready} s")],
                help="use a `startupProbe` for the time that the start takes",
                subject=subject.owner,
            )
