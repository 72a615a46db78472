"""kubernetes/wrong-value."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault
from kubelint.suggest import did_you_mean
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.validation import schema_errors


class WrongValue(Rule[KubernetesObject]):
    """A field has a value that its kind does not allow, so the object is rejected.

    ## Why
    Custom resources list the values that a field may have, their range or their form; the API server refuses others.

    ## Example
    ```yaml rule.yaml
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata:
      name: api
    spec:
      hosts:
      - api.example.com
      location: MESH_EXTERNALL
      resolution: DNS
    ```

    ## Stays silent when
    - the value is a placeholder that is only known later

    ## Source
    The schema of the custom resource.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that the schema does not allow."""
        for error in schema_errors(graph, subject):
            if error.fault is Fault.WRONG_VALUE:
                names = [str(step) for step in error.path if isinstance(step, str)]
                field = f"`{names[-1]}`" if names else "the object"
                yield self.finding(
                    f"{field} must be {error.expected}"[:120],
                    error.node,
                    did_you_mean(error.candidates) or f"this is {error.actual}",
                    help=f"write `{error.candidates[0]}`" if error.candidates else None,
                    subject=subject,
                )
