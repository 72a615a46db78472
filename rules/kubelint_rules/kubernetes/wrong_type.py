"""kubernetes/wrong-type."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault, SchemaError
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.validation import schema_errors
from kubelint.tree.node import Node, Scalar


class WrongType(Rule[KubernetesObject]):
    """A field has a value of another type than its kind wants, so the object is rejected.

    ## Why
    YAML reads `true`, `8080` and `1.10` without quotes as a boolean or a number. Annotations, labels, environment
    values and the data of a ConfigMap must be strings: the API server refuses the object.

    ## Example
    ```yaml service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: node-exporter
      annotations:
        prometheus.io/scrape: true
    spec:
      selector:
        app: node-exporter
      ports:
      - port: 9100
    ```

    ## Stays silent when
    - the value is a placeholder that is only known later
    - the field takes both (an IntOrString, a quantity)

    ## Source
    Kubernetes API reference of the targeted version; YAML 1.1 as read by sigs.k8s.io/yaml.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value of a wrong type."""
        for error in schema_errors(graph, subject):
            if error.fault is Fault.WRONG_TYPE and not _is_variable(subject, error.node):
                yield self._finding(subject, error)

    def _finding(self, subject: KubernetesObject, error: SchemaError) -> Finding:
        what = _what(error.path)
        fix = None
        node = error.node
        quotable = isinstance(node, Scalar) and node.plain and error.expected == "a string" and not node.is_null
        if quotable:
            fix = Fix("quote the value", (TextEdit(node.span, f'"{node.span.text}"'),), Safety.SAFE)
            help_text = f'quote it: `"{node.span.text}"`'
        else:
            help_text = f"write {error.expected}"
        return self.finding(
            f"{what} must be {error.expected}",
            node,
            f"this is {error.actual}",
            help=help_text,
            fix=fix,
            subject=subject,
        )


def _is_variable(subject: KubernetesObject, node: Node) -> bool:
    """Tell whether a value is a variable of a kustomization, which puts a value of any type in its place."""
    return (
        subject.unit.incomplete and isinstance(node, Scalar) and node.text.startswith("$(") and node.text.endswith(")")
    )


def _what(path: tuple[str | int, ...]) -> str:
    holder = {
        "annotations": "the annotation",
        "labels": "the label",
        "matchLabels": "the label",
        "data": "the value of",
    }
    if len(path) > 1 and isinstance(path[-2], str) and path[-2] in holder and isinstance(path[-1], str):
        return f"{holder[path[-2]]} `{path[-1]}`"
    names = [str(step) for step in path if isinstance(step, str)]
    return f"`{names[-1]}`" if names else "the object"
