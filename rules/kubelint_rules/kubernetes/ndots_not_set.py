"""kubernetes/ndots-not-set."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.security_context import pod_place


class NdotsNotSet(Rule[PodTemplate]):
    """A pod looks names up with `ndots:5`, the default, and asks the cluster's DNS many times for each outside name.

    ## Why
    A name with fewer than five dots is tried with every search domain first: `api.example.com` takes four
    questions, twice with IPv6, before it is asked as it stands. `ndots: 2` is enough for names such as `web.shop`.

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
    ```

    ## Stays silent when
    - `dnsConfig.options` sets `ndots`
    - the pod does not ask the cluster's DNS (`dnsPolicy: Default` or `None`, or the network of the node)
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "DNS for Services and Pods", section "Pod's DNS Config".
    """

    severity = Severity.INFO
    group = Group.STYLE

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a pod without the option."""
        del graph
        policy = subject.spec.text_at("dnsPolicy") or "ClusterFirst"
        asks = policy == "ClusterFirstWithHostNet" or (policy == "ClusterFirst" and not subject.host_network)
        options = subject.spec.items_at("dnsConfig", "options")
        if not asks or any(option.text_at("name") == "ndots" for option in options):
            return
        yield self.finding(
            f"{subject.owner.kind} `{subject.owner.name}` asks the DNS many times for each outside name",
            subject.spec.key("dnsConfig") or pod_place(subject),
            "`ndots` is not set, which means 5",
            help='set `dnsConfig.options` to `[{name: ndots, value: "2"}]`',
            subject=subject.owner,
        )
