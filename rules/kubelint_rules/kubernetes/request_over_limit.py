"""kubernetes/request-over-limit."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.parts import parts
from kubelint.systems.kubernetes.quantity import quantity, show_quantity


class RequestOverLimit(Rule[KubernetesObject]):
    """A container asks for more of a resource than it may use, so its pods are rejected.

    ## Why
    A request above the limit can never be granted. The API server refuses the object.

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
            memory: 512Mi
          limits:
            memory: 256Mi
    ```

    ## Stays silent when
    - they are equal, or one of them is missing or a placeholder
    - the same amount is written in different units (`1` and `1000m`)

    ## Source
    Kubernetes documentation, "Resource Management for Pods and Containers"; API reference, ResourceRequirements.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True
    keys = ("limits",)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each request above its limit."""
        for part in parts(graph, subject).of("core.ResourceRequirements"):
            for key, request in part.node.pairs_at("requests"):
                limit = part.node.at("limits", key.text)
                asked, allowed = quantity(request), quantity(limit)
                if limit is None or asked is None or allowed is None or asked <= allowed:
                    continue
                yield self.finding(
                    f"the request for {key.text} is above its limit",
                    request,
                    f"{show_quantity(asked, key.text)} is asked for",
                    related=[(limit, f"{show_quantity(allowed, key.text)} is allowed")],
                    help="lower the request, or raise the limit",
                    subject=subject,
                )
