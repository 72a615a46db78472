"""kubernetes/host-port-differs-from-port."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_limits import differing_host_ports


class HostPortDiffersFromPort(Rule[PodTemplate]):
    """A pod in the node's network has a host port that is not the port of its container.

    ## Why
    With `hostNetwork` the container opens its port on the node itself; nothing could map it to another number. The API
    server refuses the object.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      hostNetwork: true
      containers:
      - name: web
        image: nginx:1.27
        ports:
        - containerPort: 80
          hostPort: 8080
    ```

    ## Stays silent when
    - the numbers are equal, or the host port is 0 or not set
    - the pod has a network of its own

    ## Source
    API reference, ContainerPort (`hostPort`) and PodSpec (`hostNetwork`).
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("hostPort",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host port that differs."""
        del graph
        for host, own in differing_host_ports(subject):
            yield self.finding(
                f"with `hostNetwork` the host port must be {own.text}",
                host,
                "nothing maps it to another port",
                related=[(own, "the port of the container")],
                help=f"write {own.text}, or remove it",
                subject=subject.owner,
            )
