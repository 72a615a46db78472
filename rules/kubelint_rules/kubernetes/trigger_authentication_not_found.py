"""kubernetes/trigger-authentication-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class TriggerAuthenticationNotFound(Rule[KubernetesObject]):
    """A trigger of KEDA signs in with a TriggerAuthentication that does not exist under this name.

    ## Why
    KEDA cannot read the metric without it: the ScaledObject or ScaledJob is not ready, and nothing is scaled.

    ## Example
    ```yaml web.yaml
    apiVersion: keda.sh/v1alpha1
    kind: TriggerAuthentication
    metadata:
      name: rabbitmq
    spec:
      secretTargetRef:
      - parameter: host
        name: rabbitmq-credentials
        key: host
    ---
    apiVersion: keda.sh/v1alpha1
    kind: ScaledObject
    metadata:
      name: worker
    spec:
      scaleTargetRef:
        name: worker
      triggers:
      - type: rabbitmq
        metadata:
          queueName: orders
          mode: QueueLength
          value: "20"
        authenticationRef:
          name: rabitmq
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)
    - the reference is to a ClusterTriggerAuthentication, and the repository has none

    ## Source
    KEDA documentation, "Authentication".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("authenticationRef",)
    references = References(("signs-in-by",), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject, "signs-in-by"):
            if reference.dangling:
                yield self.dangling(reference, reference.wanted.kind.partition(".")[0], "the trigger cannot sign in")
