"""kubernetes/ingress-denied-by-policy."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Ingress
from kubelint.systems.kubernetes.reach import backends, denial, ingress_controllers


class IngressDeniedByPolicy(Rule[Ingress]):
    """NetworkPolicies close the pods behind an Ingress to the ingress controller of the repository.

    ## Why
    The controller sends requests to the pods itself. No policy lets it through, so every request ends in 504 after
    the controller's timeout.

    ## Example
    ```yaml shop.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: ingress-nginx-controller
      namespace: ingress-nginx
    spec:
      selector:
        matchLabels:
          app: ingress-nginx-controller
      template:
        metadata:
          labels:
            app: ingress-nginx-controller
        spec:
          containers:
          - name: ingress-nginx-controller
            image: registry.k8s.io/ingress-nginx/controller:v1.13.1
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
      namespace: shop
    spec:
      ingressClassName: nginx
      rules:
      - host: shop.example.com
        http:
          paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
    ---
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
      - from:
        - podSelector: {}
    ```

    ## Stays silent when
    - no ingress controller is in the repository, or one of them may reach the pods
    - some policy may allow it: by labels of its Namespace, by addresses, by a port that is not known
    - the controller uses the network of its node
    - the repository has policies of another kind, or a part of it cannot be read

    ## Source
    Kubernetes documentation, "Network Policies" and "Ingress Controllers".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    beside = ("NetworkPolicy",)

    def check(self, subject: Ingress, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        controllers = ingress_controllers(graph, subject)
        for node, service in backends(graph, subject):
            denials = [denial(graph, controller, service, None) for controller in controllers]
            denied = denials[0] if denials else None
            if denied is None or not all(denials):
                continue
            controller = controllers[0].owner
            yield self.finding(
                f"no NetworkPolicy lets the ingress controller reach the pods of Service `{service.name}`",
                node,
                "requests for this backend time out",
                related=[
                    *((policy, "closes the pods and does not allow the controller") for policy in denied.policies[:2]),
                    (controller, f"the controller, in namespace `{controller.namespace or 'default'}`"),
                ],
                path=(controller, subject, service, denied.callee.owner),
                help=f"allow the controller's Namespace in NetworkPolicy `{denied.policies[0].name}`",
                subject=subject,
            )
