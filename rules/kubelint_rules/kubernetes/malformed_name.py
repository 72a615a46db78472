"""kubernetes/malformed-name."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.object_names import name_fault, proper_name
from kubelint.systems.kubernetes.values import Family, ValueFault, value_faults
from kubelint.words import quoted


class MalformedName(Rule[KubernetesObject]):
    """A name is not of the form that names have, so the object is rejected.

    ## Why
    Names become parts of DNS names, of paths and of file names. Most may have lower case letters, digits and dashes
    only; names of ports have at most 15 characters, keys of a ConfigMap no slash.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: Web_Settings
    data:
      LOG_LEVEL: info
    ```

    ## Stays silent when
    - the kind has freer names: roles and bindings take `system:web`
    - the kind is a custom resource without a schema
    - a part of the name is a placeholder

    ## Source
    Kubernetes documentation, "Object Names and IDs"; API reference, Container, ContainerPort, EnvVar, ConfigMap.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each name that the API server refuses."""
        fault = name_fault(graph, subject)
        if fault is not None:
            node, clause = fault
            meant = proper_name(node.text)
            yield self.finding(
                f"the name {quoted(node.text)} {clause}",
                node,
                f"no {subject.kind} can be called that",
                help=f"write `{meant}`, here and where it is referred to" if meant and meant != node.text else None,
                subject=subject,
            )
        for each in value_faults(graph, subject, Family.NAME):
            yield self._finding(subject, each)

    def _finding(self, subject: KubernetesObject, fault: ValueFault) -> Finding:
        noun = _NOUNS.get((fault.part.definition, fault.field), f"`{fault.field}`")
        is_key = fault.clause.startswith("the key ")
        return self.finding(
            fault.clause if is_key else f"{noun} {quoted(fault.node.text)} {fault.clause}",
            fault.span,
            _KEYS if is_key else _FORMS.get(noun, "names have lower case letters, digits and dashes"),
            subject=subject,
        )


_NOUNS = {
    ("core.Container", "name"): "the container name",
    ("core.EphemeralContainer", "name"): "the container name",
    ("core.Volume", "name"): "the volume name",
    ("core.ContainerPort", "name"): "the port name",
    ("core.ServicePort", "name"): "the port name",
    ("core.EnvVar", "env"): "the variable name",
    ("meta.ObjectMeta", "namespace"): "the namespace",
}
_KEYS = "keys have letters, digits, `-`, `_` and `.`"
_FORMS = {
    "the variable name": "names of variables have letters, digits, `_`, `-` and `.`",
    "the port name": "names of ports have lower case letters, digits and dashes",
}
