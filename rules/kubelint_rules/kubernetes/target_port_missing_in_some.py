"""kubernetes/target-port-missing-in-some."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Service
from kubelint.systems.kubernetes.ports import listening


class TargetPortMissingInSome(Rule[Service]):
    """A Service sends to a named port that only some of the workloads behind it have.

    ## Why
    The name is looked up in each pod. Pods without it are no endpoints for that port, so that all the traffic goes
    to the others.

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
        targetPort: http
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: shop-v1
    spec:
      selector:
        matchLabels:
          app: shop
          version: v1
      template:
        metadata:
          labels:
            app: shop
            version: v1
        spec:
          containers:
          - name: shop
            image: shop/web:1.4
            ports:
            - name: http
              containerPort: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: shop-v2
    spec:
      selector:
        matchLabels:
          app: shop
          version: v2
      template:
        metadata:
          labels:
            app: shop
            version: v2
        spec:
          containers:
          - name: shop
            image: shop/web:2.0
            ports:
            - name: web
              containerPort: 8080
    ```

    ## Stays silent when
    - no selected workload has the name: `target-port-not-found` says so
    - a workload declares no port at all, or the target of another port of the same Service
    - the workloads are alternatives of each other
    - the target port is a number

    ## Source
    Kubernetes documentation, "Service", section "Port definitions".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each named port that some of the pods behind it lack."""
        for place in listening(graph, subject):
            if place.target.text.isdigit():
                continue
            other = place.others[0].owner
            declared = [port.name for port in place.declaring[0].ports if port.name is not None]
            holder = place.declaring[0].owner
            has_it = f"{holder.kind} `{holder.name}` has it"
            found = [(name, has_it) for name in declared if name.text == place.target.text]
            yield self.finding(
                f"the pods of {other.kind} `{other.name}` have no port `{place.target.text}`",
                place.target,
                f"so they get no traffic from Service `{subject.name}`",
                related=[
                    *((port.name or port.node, "they have this port") for port in list(place.others[0].ports)[:2]),
                    *found,
                ],
                path=(subject, other),
                help=f"name the port `{place.target.text}` in {other.kind} `{other.name}`, or narrow the selector",
                subject=subject,
            )
