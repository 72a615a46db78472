"""kubernetes/missing-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.unions import Gap, gaps, say
from kubelint.systems.kubernetes.validation import schema_errors


class MissingField(Rule[KubernetesObject]):
    """An object lacks a field that its kind requires, so it is rejected.

    ## Why
    The API server refuses an object without its required fields: a container without a name, a Deployment without a
    selector, a probe without handler, a Service whose several ports have no names.

    ## Example
    ```yaml deployment.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - the kind is a custom resource without a schema
    - the object is a patch of a kustomization, or a transformer of it adds the field

    ## Source
    Kubernetes API reference of the targeted version: the required fields, and those that another field asks for.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each required field that is missing."""
        if subject.unit.incomplete:
            return  # what is missing here may come from the part that could not be read
        for error in schema_errors(graph, subject):
            if error.fault is Fault.MISSING_FIELD:
                names = [str(step) for step in error.path if isinstance(step, str) and step != error.name]
                where = (
                    f"`{names[-1]}` of {subject.kind} `{subject.name}`" if names else f"{subject.kind} `{subject.name}`"
                )
                yield self.finding(
                    f"`{error.name}` is missing",
                    error.node,
                    f"{where} needs it",
                    help=f"add `{error.name}`",
                    subject=subject,
                )
        for gap in gaps(graph, subject):
            yield self._gap_finding(subject, gap)

    def _gap_finding(self, subject: KubernetesObject, gap: Gap) -> Finding:
        what = f"{subject.kind} `{subject.name}`" if subject.name else subject.kind
        if len(gap.names) > 1:
            return self.finding(
                f"one of {say(gap.names)} is missing",
                gap.node,
                f"{what} needs one of them here",
                help=f"add {say(gap.names)}",
                subject=subject,
            )
        return self.finding(
            f"`{gap.names[0]}` is missing",
            gap.node,
            gap.because or f"{what} needs it",
            help=f"add `{gap.names[0]}`",
            subject=subject,
        )
