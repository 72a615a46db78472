"""kubernetes/config-map-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import NOT_FOUND, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.refer import near_built_in


class ConfigMapNotFound(Rule[KubernetesObject]):
    """A pod uses a ConfigMap that does not exist under this name.

    ## Why
    The pod stays in `ContainerCreating` or `CreateContainerConfigError` until somebody creates a ConfigMap of
    exactly this name.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web-conf
    data:
      LOG_LEVEL: info
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
            envFrom:
            - configMapRef:
                name: web-config
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)
    - the reference is `optional`, or the name is declared under `externals` in the configuration
    - a generator of a kustomization makes it, with or without the hash suffix
    - the name is `kube-root-ca.crt`

    ## Source
    Kubernetes documentation, "ConfigMaps".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = (
        "configMap",
        "configMapKeyRef",
        "configMapRef",
        "caCertificateRefs",
        "scaleTargetRef",
        "targetRef",
        "describedObject",
        "target",
    )
    references = References(outcomes=NOT_FOUND)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject):
            if reference.wanted.kind != "ConfigMap":
                continue
            if reference.dangling:
                yield self.dangling(reference, "ConfigMap", "the pod waits for it for ever")
            elif (meant := near_built_in(reference)) is not None:
                yield self.finding(
                    f"ConfigMap `{reference.wanted.name}` does not exist; did you mean `{meant}`?",
                    reference.node,
                    "the pod waits for it for ever",
                    help=f"write `{meant}`, which is in every namespace",
                    subject=subject,
                )
