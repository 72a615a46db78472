"""kubernetes/service-port-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class ServicePortNotFound(Rule[KubernetesObject]):
    """An Ingress or a route sends to a port that its backend Service does not have.

    ## Why
    The controller reports that the Service has no such port and answers 500 or 503.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
      - name: http
        port: 80
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: site
    spec:
      rules:
      - http:
          paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 8080
    ```

    ## Stays silent when
    - the Service is not in the repository, has no ports written down, or is of type ExternalName

    ## Source
    Kubernetes API reference, ServiceBackendPort; Gateway API specification, BackendRef.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("backend", "defaultBackend", "backendRefs", "backendRef", "service")
    references = References(("routes-to-port",), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject, "routes-to-port"):
            if not reference.dangling:
                continue
            service, _, port = reference.wanted.name.rpartition(":")
            known = [candidate.node for candidate in reference.candidates]
            yield self.finding(
                f"Service `{service}` has no port `{port}`",
                reference.node,
                "no such port",
                related=[(node, "the Service has this port") for node in known],
                path=(subject, *reference.detail) if isinstance(reference.detail, list) else (),
                help="send to a port of the Service, or add the port to it",
                subject=subject,
            )
