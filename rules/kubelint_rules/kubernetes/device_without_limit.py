"""kubernetes/device-without-limit."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.pod_limits import overcommitted


class DeviceWithoutLimit(Rule[Container]):
    """A device or a huge page is requested with another limit, or with none.

    ## Why
    Devices and huge pages are handed out whole: what is requested is also the limit. The API server refuses a request
    without limit, and two numbers that differ.

    ## Example
    ```yaml trainer.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: trainer
        image: registry.example.com/ml/trainer:4
        resources:
          requests:
            nvidia.com/gpu: 1
    ```

    ## Stays silent when
    - only the limit is set: it is the request too
    - the numbers are equal, or one is a placeholder

    ## Source
    Kubernetes documentation, "Schedule GPUs", "Extended Resources" and "Manage HugePages".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True
    keys = ("requests",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each request that is not its limit."""
        del graph
        for found in overcommitted(subject):
            missing = found.limit is None
            yield self.finding(
                f"`{found.resource}` needs a limit"
                if missing
                else f"request and limit of `{found.resource}` must be equal",
                found.request,
                "requested without limit" if missing else "this much is requested",
                related=[] if found.limit is None else [(found.limit, "the limit")],
                help="write it under `limits`" if missing else "write the same number",
                subject=subject.owner,
            )
