"""istio/injection-labels-conflict."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.workloads import conflicting_labels
from kubelint.systems.kubernetes.model import Namespace


class InjectionLabelsConflict(Rule[Namespace]):
    """A namespace has labels that ask for two kinds of injection.

    ## Why
    `istio-injection` wins over `istio.io/rev`, so that an upgrade by revision changes nothing. Pods with a sidecar
    are no part of ambient mode.

    ## Example
    ```yaml namespace.yaml
    apiVersion: v1
    kind: Namespace
    metadata:
      name: bookinfo
      labels:
        istio-injection: enabled
        istio.io/rev: canary
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: default
      namespace: bookinfo
    spec:
      mtls:
        mode: STRICT
    ```

    ## Stays silent when
    - one label only is set, or `istio-injection` is `disabled`

    ## Source
    Istio documentation, "Canary Upgrades" and "Ambient and the Istio CNI".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("istio.io/rev", "istio.io/dataplane-mode")

    def check(self, subject: Namespace, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each label that another one contradicts."""
        del graph
        for remark in conflicting_labels(subject):
            yield self.finding_of(remark, subject)
