"""kubernetes/secret-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class SecretNotFound(Rule[KubernetesObject]):
    """A pod, an Ingress, a Gateway or an account uses a Secret that does not exist under this name.

    ## Why
    The pod stays in `ContainerCreating` or `CreateContainerConfigError` until somebody creates a Secret of exactly
    this name. An Ingress or a listener without its Secret shows another certificate, or none.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Secret
    metadata:
      name: db-credentials
    stringData:
      password: change-me
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
            env:
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: db-credential
                  key: password
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)
    - the reference is `optional`, or the name is declared under `externals` in the configuration
    - a controller makes it: SealedSecret, ExternalSecret, cert-manager Certificate (also by an annotation of an Ingress
      or a Gateway), an operator whose custom resource has the name that it begins with
    - a generator of a kustomization makes it

    ## Source
    Kubernetes documentation, "Secrets", "Ingress" (TLS), "Configure Service Accounts for Pods"; Gateway API
    specification, SecretObjectReference.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    references = References(outcomes=DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject):
            if reference.dangling and reference.wanted.kind == "Secret":
                yield self.dangling(reference, "Secret", "nothing of this name is defined")
