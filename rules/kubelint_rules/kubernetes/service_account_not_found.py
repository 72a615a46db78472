"""kubernetes/service-account-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class ServiceAccountNotFound(Rule[KubernetesObject]):
    """A pod, a binding or a token Secret names a ServiceAccount that does not exist under this name.

    ## Why
    Pods with a missing ServiceAccount are not created at all: the controller reports `serviceaccount not found`.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: prometheus
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
          serviceAccountName: prometeus
          containers:
          - name: web
            image: prom/prometheus:v3.0.0
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)
    - the name is `default`, which every namespace has

    ## Source
    Kubernetes documentation, "Service Accounts".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    references = References(outcomes=DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject):
            if reference.dangling and reference.wanted.kind == "ServiceAccount":
                yield self.dangling(reference, "ServiceAccount", "no account of this name is defined")
