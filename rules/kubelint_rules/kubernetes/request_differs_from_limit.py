"""kubernetes/request-differs-from-limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.quantity import quantity


class RequestDiffersFromLimit(Rule[Container]):
    """A container may use more of a resource than it requests.

    ## Why
    Only where requests and limits of CPU and memory are equal in every container is a pod of the class `Guaranteed`,
    which is evicted last and may get CPUs of its own. Elsewhere the difference is what makes a cluster cheap, which is
    why this is a matter of policy.

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
            cpu: 500m
            memory: 128Mi
          limits:
            cpu: 0.5
            memory: 256Mi
    ```

    ## Stays silent when
    - both are the same amount however they are written: `500m` is `0.5`
    - one of the two is missing (a limit alone is copied into the request) or only known later

    ## Source
    Kubernetes documentation, "Pod Quality of Service Classes" and "Quantity".
    """

    severity = Severity.INFO
    group = Group.STYLE
    keys = ("limits",)

    @dataclass(frozen=True, slots=True)
    class Options:
        """Which resources are compared."""

        resources: tuple[str, ...] = option(("cpu", "memory"), "Resources whose request and limit are to be equal.")

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each resource at the limit, with the request as the other end."""
        del graph
        for resource in self.options.resources:
            request = subject.node.scalar("resources", "requests", resource)
            limit = subject.node.scalar("resources", "limits", resource)
            wanted, most = quantity(request), quantity(limit)
            # A request above the limit is an error of its own.
            if request is None or limit is None or wanted is None or most is None or wanted >= most:
                continue
            yield self.finding(
                f"container `{subject.label}` may use more {resource} than it requests",
                limit,
                "the most that it may use",
                related=[(request, "what it requests")],
                help=f"set request and limit of {resource} to the same amount",
                subject=subject.owner,
            )
