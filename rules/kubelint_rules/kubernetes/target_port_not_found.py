"""kubernetes/target-port-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service


class TargetPortNotFound(Rule[Service]):
    """A Service sends to a named port that no container of the selected pods declares.

    ## Why
    The name is resolved against each pod: without it the Service has no endpoint for that port.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
        targetPort: http
    ---
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
            - name: web
              containerPort: 80
    ```

    ## Stays silent when
    - the target port is a number: containers need not declare it
    - the Service selects no pod of the repository
    - one of the selected workloads declares the name, with the protocol of the Service's port

    ## Source
    Kubernetes documentation, "Service", section "Port definitions".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("targetPort",)

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject, "targets-port"):
            if not reference.dangling or subject.unit.incomplete:
                continue
            named = [other for other in reference.candidates if other.name == reference.wanted.name]
            if not named:
                yield self.dangling(reference, "container port", "no selected pod has a port of this name")
                continue
            yield self.finding(
                f"container port `{reference.wanted.name}` speaks another protocol than the Service",
                reference.node,
                "name and protocol have to fit",
                related=[(other.node, "the port of this name") for other in named],
                help="give both the same `protocol`; it is TCP where none is written",
                subject=subject,
            )
