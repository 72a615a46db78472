"""kubernetes/service-in-another-namespace."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.addresses import Address
from kubelint.systems.kubernetes.reach import service_elsewhere


class ServiceInAnotherNamespace(Rule[Address]):
    """An address of one word names a Service that exists in another namespace only.

    ## Why
    A name of one word is looked up in the pod's own namespace. There is no such Service there, so the name does not
    resolve; from another namespace it must be written `name.namespace`.

    ## Example
    ```yaml shop.yaml
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
            env:
            - name: PAYMENT_URL
              value: http://payments:8080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: payments
      namespace: billing
    spec:
      selector:
        app: payments
      ports:
      - port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: payments
      namespace: billing
    spec:
      selector:
        matchLabels:
          app: payments
      template:
        metadata:
          labels:
            app: payments
        spec:
          containers:
          - name: payments
            image: registry.example.com/shop/payments:1.4.2
    ```

    ## Stays silent when
    - a Service of that name exists in the own namespace, or in one that is not written down
    - the namespace of the caller is not written down
    - the Service does not have the port
    - the Service may belong to another cluster or stage

    ## Source
    Kubernetes documentation, "DNS for Services and Pods", section "Namespaces of Services".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: Address, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        service = service_elsewhere(graph, subject)
        if service is not None:
            full = f"{subject.host}.{service.namespace}"
            fix = None
            if subject.host_node.span.text == subject.host:
                fix = Fix(f"write `{full}`", (TextEdit(subject.host_node.span, full),), Safety.UNSAFE)
            yield self.finding(
                f"Service `{subject.host}` is in namespace `{service.namespace}`, not in the caller's",
                subject.host_node,
                f"looked up in namespace `{subject.resource.namespace}`",
                related=[(service, f"in namespace `{service.namespace}`")],
                path=(subject.resource, service),
                help=f"write `{full}`",
                fix=fix,
                subject=subject.resource,
            )
