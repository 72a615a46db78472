"""istio/version-not-served."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.workloads import unserved_version
from kubelint.systems.kubernetes.model import KubernetesObject


class VersionNotServed(Rule[KubernetesObject]):
    """One of Istio's kinds is written in an API version or a group that it is not served in.

    ## Why
    Not all kinds have reached `v1`, and security policies have a group of their own. The API server knows no such
    kind and refuses the object.

    ## Example
    ```yaml filter.yaml
    apiVersion: networking.istio.io/v1
    kind: EnvoyFilter
    metadata:
      name: limits
    spec:
      configPatches: []
    ```

    ## Stays silent when
    - the kind is served in this version, whatever other versions there are
    - Istio has no kind of that name

    ## Source
    Istio's CustomResourceDefinitions.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a version that is not served."""
        del graph
        for remark in unserved_version(subject):
            yield self.finding_of(remark, subject)
