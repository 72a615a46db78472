"""kubernetes/service-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class ServiceNotFound(Rule[KubernetesObject]):
    """A route, a StatefulSet, another Service or an annotation names a Service that does not exist.

    ## Why
    An Ingress or an HTTPRoute answers 500 or 503 for a backend that does not exist; a StatefulSet's pods get no DNS
    names; an ExternalName that ends in `.svc.cluster.local` does not resolve; Endpoints that no Service has are never
    used.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
      - port: 80
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
                name: wbe
                port:
                  number: 80
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)
    - the name is declared under `externals` in the configuration, or an operator makes the Service: a custom resource
      of the unit has the name that it begins with
    - the ExternalName is a name outside the cluster

    ## Source
    Kubernetes documentation, "Ingress", "StatefulSets", "Service" (ExternalName, Services without selectors); Gateway
    API specification, BackendRef.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    references = References(outcomes=DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject):
            if (
                reference.dangling
                and reference.wanted.kind == "Service"
                and reference.wanted.system == "kubernetes"
                and reference.kind != "routes-to-host"
            ):
                yield self.dangling(reference, "Service", "nothing answers under this name")
