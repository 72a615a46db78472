"""kubernetes/class-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import NOT_FOUND, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.refer import near_built_in

_CONSEQUENCES = {
    "GatewayClass": "no controller serves this gateway",
    "IngressClass": "no controller serves this Ingress",
    "PriorityClass": "the pods are refused",
    "RuntimeClass": "the pods are refused",
    "StorageClass": "the claim stays Pending",
    "VolumeAttributesClass": "the claim stays Pending",
}
_VERBS = frozenset({"served-by", "has-priority", "runs-on", "stored-by", "tuned-by"})


class ClassNotFound(Rule[KubernetesObject]):
    """An object names a class that nobody defines, and a class with nearly the same name exists.

    ## Why
    Without its class an Ingress or a Gateway is served by nobody, a claim stays `Pending`, and a pod with an
    unknown PriorityClass or RuntimeClass is refused.

    ## Example
    ```yaml web.yaml
    apiVersion: scheduling.k8s.io/v1
    kind: PriorityClass
    metadata:
      name: business-critical
    value: 100000
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
          priorityClassName: buisness-critical
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - a class of that name exists anywhere in the repository
    - no class in the same unit has a name that is near: most clusters have classes that no repository holds
    - the class is built in (`system-cluster-critical`, `system-node-critical`)
    - a PersistentVolume of the repository has that class: volumes that are made by hand need no StorageClass

    ## Source
    Kubernetes documentation, "Ingress", "Storage Classes", "Pod Priority and Preemption", "Runtime Class"; Gateway
    API documentation, "GatewayClass".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = (
        "ingressClassName",
        "gatewayClassName",
        "priorityClassName",
        "runtimeClassName",
        "storageClassName",
        "volumeAttributesClassName",
        "scaleTargetRef",
        "targetRef",
        "describedObject",
        "target",
    )
    references = References(outcomes=NOT_FOUND)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject):
            kind = reference.wanted.kind.partition(".")[0]
            if reference.dangling and kind in _CONSEQUENCES and reference.kind in _VERBS:
                yield self.dangling(reference, kind, _CONSEQUENCES[kind])
            elif kind in _CONSEQUENCES and (meant := near_built_in(reference)) is not None:
                yield self.finding(
                    f"{kind} `{reference.wanted.name}` does not exist; did you mean `{meant}`?",
                    reference.node,
                    _CONSEQUENCES[kind],
                    help=f"write `{meant}`, which is built in",
                    subject=subject,
                )
