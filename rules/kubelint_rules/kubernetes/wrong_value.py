"""kubernetes/wrong-value."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replace_value
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault, SchemaError
from kubelint.suggest import did_you_mean
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.validation import schema_errors
from kubelint.systems.kubernetes.values import Family, ValueFault, value_faults
from kubelint.tree.node import Scalar
from kubelint.words import quoted


class WrongValue(Rule[KubernetesObject]):
    """A field has a value that its kind does not allow, so the object is rejected.

    ## Why
    Many fields take a few words, a range of numbers, an address or a path of a certain form. The API server refuses
    anything else, and capital letters count: `always` is no pull policy.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27
        imagePullPolicy: always
        ports:
        - containerPort: 99999
    ```

    ## Stays silent when
    - the value is a placeholder that is only known later
    - the value is empty: the API server puts the default in its place

    ## Source
    Kubernetes API reference, the description of each field; the schema of the custom resource.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that the schema or the API server does not allow."""
        for error in schema_errors(graph, subject):
            if error.fault is Fault.WRONG_VALUE:
                yield self._schema_finding(subject, error)
        for fault in value_faults(graph, subject, Family.VALUE):
            yield self._finding(subject, fault)

    def _schema_finding(self, subject: KubernetesObject, error: SchemaError) -> Finding:
        names = [str(step) for step in error.path if isinstance(step, str)]
        field = f"`{names[-1]}`" if names else "the object"
        text = error.node.text if isinstance(error.node, Scalar) else ""
        headline, note = f"{field} must be {error.expected}", None
        if len(headline) > _LONGEST_HEADLINE:
            headline, note = (
                f"{quoted(text) if text else 'this'} is no value of {field}",
                f"it must be {error.expected}",
            )
        return self.finding(
            headline,
            error.node,
            did_you_mean(error.candidates) or f"this is {quoted(text) if text else error.actual}",
            help=f"write `{error.candidates[0]}`" if error.candidates else None,
            note=note,
            subject=subject,
        )

    def _finding(self, subject: KubernetesObject, fault: ValueFault) -> Finding:
        headline = f"`{fault.field}` {fault.clause}"
        help_text = f"it must be {fault.must}" if fault.must else None
        if len(headline) > _LONGEST_HEADLINE:
            headline = f"{quoted(fault.node.text)} is no value of `{fault.field}`"
        fix = None
        if fault.candidates:
            meant = fault.candidates[0]
            help_text = f"write `{meant}`"
            edit = replace_value(fault.node, meant, quoted=not meant.isdigit())
            if edit is not None and (fault.certain or len(fault.candidates) == 1):
                fix = Fix(f"write `{meant}`", (edit,), Safety.SAFE if fault.certain else Safety.UNSAFE)
        elif help_text is not None and headline.endswith(fault.must):
            help_text = None
        return self.finding(
            headline,
            fault.span,
            did_you_mean(list(fault.candidates)) or f"this is {quoted(fault.node.text)}",
            help=help_text,
            fix=fix,
            subject=subject,
        )


_LONGEST_HEADLINE = 90
