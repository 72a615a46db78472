"""kubernetes/several-default-classes."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.classes import Class, StorageClass


class SeveralDefaultClasses(Rule[Class]):
    """Two classes of one kind are both marked as the default.

    ## Why
    An Ingress without class is refused while two IngressClasses are the default; a second global default among the
    PriorityClasses is refused itself; of two default StorageClasses the one that was made last counts.

    ## Example
    ```yaml web.yaml
    apiVersion: networking.k8s.io/v1
    kind: IngressClass
    metadata:
      name: public
      annotations:
        ingressclass.kubernetes.io/is-default-class: "true"
    spec:
      controller: k8s.io/ingress-nginx
    ---
    apiVersion: networking.k8s.io/v1
    kind: IngressClass
    metadata:
      name: internal
      annotations:
        ingressclass.kubernetes.io/is-default-class: "true"
    spec:
      controller: k8s.io/ingress-nginx
    ```

    ## Stays silent when
    - the classes are in different units, in files that are alternatives of each other, or in a folder of examples
    - only one of them is marked

    ## Source
    Kubernetes documentation, "Ingress", section "Default IngressClass"; "Change the default StorageClass"; "Pod
    Priority and Preemption".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Class, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a default after the first one."""
        mark = subject.default_mark
        if mark is None:
            return
        for other in graph.subjects(Class):
            if other is subject:
                return
            first = other.default_mark
            if first is not None and other.kind == subject.kind and together(graph, other, subject):
                yield self.finding(
                    f"{subject.kind} `{subject.name}` is a second default",
                    mark,
                    "only one can be the default",
                    related=[(first, f"{other.kind} `{other.name}` is the default")],
                    path=(subject, other),
                    help="mark one of them only",
                    severity=Severity.WARNING if isinstance(subject, StorageClass) else None,
                    subject=subject,
                )
                return
