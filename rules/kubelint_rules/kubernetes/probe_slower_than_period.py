"""kubernetes/probe-slower-than-period."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.timing import slow_probes


class ProbeSlowerThanPeriod(Rule[Container]):
    """A probe may take longer than the time between two probes.

    ## Why
    Probes of one kind run one after the other. With a timeout above the period each slow answer delays the next probe,
    so a failure is noticed later than `periodSeconds` and `failureThreshold` say.

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
            readinessProbe:
              httpGet:
                path: /
                port: http
              periodSeconds: 5
              timeoutSeconds: 30
    ```

    ## Stays silent when
    - the timeout is the period
    - one of them is a placeholder

    ## Source
    API reference, Probe; Kubernetes documentation, "Configure Liveness, Readiness and Startup Probes".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY
    keys = ("timeoutSeconds",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each timeout above its period."""
        del graph
        for name, node, seconds, period_node, period in slow_probes(subject):
            yield self.finding(
                f"the `{name}` of container `{subject.label}` may take longer than its period",
                node,
                f"waits {seconds} s for an answer",
                related=[] if period_node is None else [(period_node, f"asks every {period} s")],
                help=f"set `timeoutSeconds` to {period} or less",
                note=None if period_node is not None else f"`periodSeconds` is {period} unless it is set",
                subject=subject.owner,
            )
