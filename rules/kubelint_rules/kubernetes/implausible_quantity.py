"""kubernetes/implausible-quantity."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replace_value
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.amounts import implausible_amounts
from kubelint.systems.kubernetes.model import KubernetesObject


class ImplausibleQuantity(Rule[KubernetesObject]):
    """An amount can be read but is not what anybody means: parts of a byte, hundreds of cores.

    ## Why
    Memory without a unit is bytes and `m` means thousandths, so `memory: 100m` is a tenth of a byte and `memory: 512`
    no room for a process. Cpu without a unit is cores: no node has room for `cpu: 500`.

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
          requests:
            cpu: 500
            memory: 100m
    ```

    ## Stays silent when
    - the amount is a bound of a ResourceQuota or LimitRange, a divisor or the target of a metric
    - fewer than 100 cores are asked for, or a number that is no multiple of 50

    ## Source
    Kubernetes documentation, "Resource Management for Pods and Containers", sections "CPU resource units" and "Memory
    resource units".
    """

    severity = Severity.ERROR
    group = Group.SUSPICIOUS
    fixable = True
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each amount that is a thousand times too small or too large."""
        for fault in implausible_amounts(graph, subject):
            fix = None
            if fault.meant:
                edit = replace_value(fault.node, fault.meant[0])
                fix = None if edit is None else Fix(f"write `{fault.meant[0]}`", (edit,), Safety.UNSAFE)
            yield self.finding(
                f"`{fault.resource}: {fault.node.text}` {fault.clause}",
                fault.node,
                fault.explanation,
                help=f"write the unit, such as `{fault.meant[0]}`" if fault.meant else "mind the unit",
                fix=fix,
                severity=Severity.ERROR if fault.certain else Severity.WARNING,
                subject=subject,
            )
