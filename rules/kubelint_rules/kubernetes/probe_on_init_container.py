"""kubernetes/probe-on-init-container."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.pod_limits import hooks_of_init_container


class ProbeOnInitContainer(Rule[Container]):
    """An init container has a probe or a hook, so the object is rejected.

    ## Why
    Init containers run to their end, one after the other, before the pod starts. There is nothing to probe, unless
    `restartPolicy: Always` makes a sidecar of them.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          initContainers:
          - name: migrate
            image: registry.example.com/shop/migrate:1.8
            readinessProbe:
              exec:
                command: [migrate, --done]
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - it is a sidecar (`restartPolicy: Always`)

    ## Source
    Kubernetes documentation, "Init Containers" and "Sidecar Containers".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("initContainers",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each probe and hook of an init container."""
        del graph
        for key in hooks_of_init_container(subject):
            yield self.finding(
                f"init container `{subject.label}` must not have a `{key.text}`",
                key,
                "it runs to its end before the others start",
                help="remove it, or make it a sidecar with `restartPolicy: Always`",
                subject=subject.owner,
            )
