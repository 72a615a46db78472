"""kubernetes/service-mixes-workloads."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.systems.kubernetes.model import CronJob, Job, KubernetesObject, Service
from kubelint.systems.kubernetes.ports import listening, selected


class ServiceMixesWorkloads(Rule[Service]):
    """A Service sends its traffic to the pods of several workloads, of which some do not listen there.

    ## Why
    A selector that is too wide also means the worker or the job beside the server. Each of those pods becomes an
    endpoint, and requests that reach it are refused, now and then and without any message.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: shop
    spec:
      selector:
        app: shop
      ports:
      - port: 80
        targetPort: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: shop
          component: web
      template:
        metadata:
          labels:
            app: shop
            component: web
        spec:
          containers:
          - name: web
            image: shop/web:1.4
            ports:
            - containerPort: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: worker
    spec:
      selector:
        matchLabels:
          app: shop
          component: worker
      template:
        metadata:
          labels:
            app: shop
            component: worker
        spec:
          containers:
          - name: worker
            image: shop/worker:1.4
            ports:
            - name: metrics
              containerPort: 9100
    ```

    ## Stays silent when
    - all of the workloads declare the port, as the versions of a canary do
    - a workload declares no port at all: ports need not be declared
    - a workload declares the target of another port of the same Service
    - the workloads are alternatives of each other
    - the target port is a name: pods without it are no endpoints, see `target-port-missing-in-some`

    ## Source
    Kubernetes documentation, "Service"; API reference, ServicePort, `targetPort`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for the first port that some of the pods behind it do not have."""
        for place in listening(graph, subject):
            if not place.target.text.isdigit():
                continue
            other = place.others[0]
            yield self._finding(
                subject,
                place.target,
                f"also goes to the pods of {other.owner.kind} `{other.owner.name}`, which have other ports",
                [
                    *((port.number or port.node, "declared here") for port in place.declaring[0].ports),
                    *((port.number or port.node, f"{other.owner.kind} `{other.owner.name}`") for port in other.ports),
                ],
                other.owner,
            )
            return
        templates = selected(graph, subject)
        lasting = [template for template in templates if not isinstance(template.owner, Job | CronJob)]
        for template in templates:
            if lasting and subject.ports and isinstance(template.owner, Job | CronJob):
                owner, selector = template.owner, subject.selector
                yield self._finding(
                    subject,
                    selector.place if selector is not None else subject,
                    f"also selects the pods of {owner.kind} `{owner.name}`",
                    [(owner, "its pods become endpoints while they run")],
                    owner,
                )
                return

    def _finding(
        self,
        service: Service,
        at: Place,
        label: str,
        related: list[tuple[Place, str]],
        other: KubernetesObject,
    ) -> Finding:
        return self.finding(
            f"Service `{service.name}` selects the pods of several workloads",
            at,
            label,
            related=related[:4],
            path=(service, other),
            help="add a label to the selector that only the pods have that should answer",
            subject=service,
        )
