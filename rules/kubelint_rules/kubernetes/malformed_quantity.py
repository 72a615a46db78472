"""kubernetes/malformed-quantity."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replace_value
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean
from kubelint.systems.kubernetes.amounts import unreadable_amounts
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.words import quoted


class MalformedQuantity(Rule[KubernetesObject]):
    """An amount of memory, cpu or storage has a unit that does not exist, so the object is rejected.

    ## Why
    Units are `Ki`, `Mi`, `Gi` (powers of 1024), `k`, `M`, `G` (powers of 1000) and `m` (thousandths), and capital
    letters count. `1GB`, `512mb` and `1K` are none of them.

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
        resources:
          limits:
            memory: 1gb
    ```

    ## Stays silent when
    - the amount is a plain number, also with a fraction or an exponent (`0.5`, `1e9`)
    - a part of it is a placeholder

    ## Source
    API reference, Quantity; Kubernetes documentation, "Resource Management for Pods and Containers".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each quantity that the API server refuses."""
        for fault in unreadable_amounts(graph, subject):
            fix = None
            if len(fault.meant) == 1:
                edit = replace_value(fault.node, fault.meant[0])
                fix = None if edit is None else Fix(f"write `{fault.meant[0]}`", (edit,), Safety.UNSAFE)
            meant = did_you_mean(list(fault.meant))
            unreadable = fault.clause == "is no quantity"
            yield self.finding(
                f"{quoted(fault.node.text)} {fault.clause}" if unreadable else f"`{fault.resource}` {fault.clause}",
                fault.node,
                fault.explanation + (f"; {meant}" if meant else ""),
                help="units are `Ki`, `Mi`, `Gi`, `Ti`, or `k`, `M`, `G`, `T`, or `m` for thousandths"
                if unreadable
                else None,
                fix=fix,
                subject=subject,
            )
