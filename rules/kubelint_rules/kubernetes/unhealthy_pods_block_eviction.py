"""kubernetes/unhealthy-pods-block-eviction."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import insert_field
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import PodDisruptionBudget
from kubelint.systems.kubernetes.validation import parse_version, target

FIRST_VERSION = (1, 27)


class UnhealthyPodsBlockEviction(Rule[PodDisruptionBudget]):
    """A PodDisruptionBudget protects pods that are not even healthy, so a crash loop blocks every drain.

    ## Why
    Without `unhealthyPodEvictionPolicy` a pod that runs but is not ready is only evicted while enough others are
    healthy. An application that crash-loops then holds a node upgrade up until somebody deletes pods by hand.

    ## Example
    ```yaml budget.yaml
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: web
    spec:
      minAvailable: 2
      selector:
        matchLabels:
          app: web
    ```

    ## Stays silent when
    - the field is set, to whatever: `IfHealthyBudget` written down is a choice
    - the targeted Kubernetes is older than 1.27 (the field is not served by default), or the API is policy/v1beta1

    ## Source
    Kubernetes documentation, "Specifying a Disruption Budget for your Application", section "Unhealthy Pod Eviction
    Policy".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY
    fixable = True

    def check(self, subject: PodDisruptionBudget, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a budget without the field."""
        spec = subject.root.mapping("spec")
        if spec is None or "unhealthyPodEvictionPolicy" in spec or subject.root.text_at("apiVersion") != "policy/v1":
            return
        version = parse_version(target(graph))
        if version is not None and version < FIRST_VERSION:
            return
        edit = insert_field(spec, "unhealthyPodEvictionPolicy: AlwaysAllow")
        fix = None if edit is None else Fix("let unhealthy pods be evicted", (edit,), Safety.UNSAFE)
        yield self.finding(
            f"PodDisruptionBudget `{subject.name}` also keeps pods that are not healthy",
            subject.name_node or subject.node,
            "`unhealthyPodEvictionPolicy` is not set, which means `IfHealthyBudget`",
            help="set `unhealthyPodEvictionPolicy: AlwaysAllow`",
            fix=fix,
            subject=subject,
        )
