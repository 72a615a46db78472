"""kubernetes/policy-port-not-exposed."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import NetworkPolicy
from kubelint.systems.kubernetes.policy_ports import port_problem, ports_on_pods


class PolicyPortNotExposed(Rule[NetworkPolicy]):
    """A NetworkPolicy allows a port of a Service, or a name, that the selected pods do not have.

    ## Why
    Policies look at packets as they reach the pod, behind the Service: the port is the pod's, not the Service's. A
    port by name means the pods that declare the name. With the wrong one, the traffic that should be allowed stays
    closed.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      namespace: shop
    spec:
      selector:
        app: web
      ports:
      - port: 80
        targetPort: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: shop
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
            image: registry.example.com/shop/web:1.4.2
            ports:
            - name: http
              containerPort: 8080
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: web
      namespace: shop
    spec:
      podSelector:
        matchLabels:
          app: web
      ingress:
      - ports:
        - port: 80
    ```

    ## Stays silent when
    - the pods declare the port, or it is a target port of a Service
    - the number is unknown to both: containers need not declare their ports
    - the pods are not in the repository, or the selector is empty

    ## Source
    Kubernetes documentation, "Network Policies"; API reference, NetworkPolicyPort.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: NetworkPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for selected, entry in ports_on_pods(graph, subject):
            problem = port_problem(graph, selected, entry)
            if problem is not None:
                yield self.finding(
                    problem.headline,
                    problem.node,
                    problem.reason,
                    related=problem.related,
                    path=(subject, selected[0].owner),
                    help=problem.help,
                    subject=subject,
                )
