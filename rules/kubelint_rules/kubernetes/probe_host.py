"""kubernetes/probe-host."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions


class ProbeHost(Rule[PodTemplate]):
    """A probe or a lifecycle hook names a host, so that the kubelet sends requests to it instead of to the pod.

    ## Why
    The kubelet asks from the network of the node. Whoever may create a pod can make it knock at services that only
    the node reaches, such as the metadata service of a cloud; and the answer says nothing about the pod.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: registry.example.com/shop/web:1.4
        livenessProbe:
          httpGet:
            host: 169.254.169.254
            path: /
            port: 80
    ```

    ## Stays silent when
    - no `host` is set: the address of the pod is the default
    - a header `Host` is set (`httpHeaders`)
    - Kubernetes is older than 1.34, where the standards do not speak of it
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Host Probes / Lifecycle Hooks". API reference,
    HTTPGetAction, field `host`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("host",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place of the pod that violates the control."""
        for violation in opinions(graph, subject, "probe-host"):
            yield self.finding(
                f"{violation.who} makes the kubelet call `{violation.node.span.text}`",
                violation.node,
                violation.label,
                help=violation.control.help,
                note=violation.note,
                subject=subject.owner,
            )
