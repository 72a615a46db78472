"""kubernetes/identical-probes."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.probes import read_probe


class IdenticalProbes(Rule[Container]):
    """Liveness and readiness ask the same, and liveness does not wait longer: what is busy gets killed.

    ## Why
    A failing readiness probe takes a pod out of its Service until it recovers. When the liveness probe asks the same
    question with no more patience, the container is killed at that very moment, and under load the others follow.

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
            ports:
            - name: http
              containerPort: 80
            readinessProbe:
              httpGet:
                path: /healthz
                port: http
            livenessProbe:
              httpGet:
                path: /healthz
                port: 80
    ```

    ## Stays silent when
    - the liveness probe bears more failures (`periodSeconds` times `failureThreshold`) than the readiness probe: the
      same cheap endpoint with more patience is the recommended pattern
    - ports, paths, headers or commands differ; a port's name and its number are the same port, two names are two ports
    - a part of a probe is only known later

    ## Source
    Kubernetes documentation, "Configure Liveness, Readiness and Startup Probes", section "Define readiness probes".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY
    keys = ("readinessProbe",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the liveness probe, with the readiness probe as the other end."""
        del graph
        liveness, readiness = read_probe(subject, "livenessProbe"), read_probe(subject, "readinessProbe")
        if liveness is None or readiness is None or liveness.question != readiness.question:
            return
        if liveness.patience > readiness.patience:
            return
        yield self.finding(
            f"liveness and readiness of container `{subject.label}` ask the same",
            subject.node.key("livenessProbe") or subject.node,
            f"kills the container after {liveness.patience} s",
            related=[
                (
                    subject.node.key("readinessProbe") or subject.node,
                    f"takes the pod out of its Service after {readiness.patience} s",
                )
            ],
            help="raise the liveness probe's `failureThreshold`, or let it ask for what only a restart mends",
            subject=subject.owner,
        )
