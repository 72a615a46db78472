"""kubernetes/service-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class ServiceNotFound(Rule[KubernetesObject]):
    """An Ingress, a StatefulSet or an annotation names a Service that does not exist under this name.

    ## Why
    An Ingress answers 503 for a backend that does not exist; a StatefulSet's pods get no DNS names.

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
    - the reference is `optional`, or the name is declared under `externals` in the configuration

    ## Source
    Kubernetes documentation, "Ingress", "StatefulSets".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

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
