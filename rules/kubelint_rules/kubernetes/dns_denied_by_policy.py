"""kubernetes/dns-denied-by-policy."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.policy import EGRESS, isolation, may_ask_dns, other_policies, traffic_rules
from kubelint.systems.kubernetes.reach import uses_names


class DnsDeniedByPolicy(Rule[PodTemplate]):
    """Pods are told host names, but their NetworkPolicies let no DNS request out: no name resolves.

    ## Why
    Once a policy with the direction `Egress` selects a pod, DNS is closed as well unless some policy allows port 53
    over UDP to the name service. Every name lookup of the program times out, whatever else is allowed.

    ## Example
    ```yaml checkout.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: checkout
      namespace: shop
    spec:
      selector:
        matchLabels:
          app: checkout
      template:
        metadata:
          labels:
            app: checkout
        spec:
          containers:
          - name: checkout
            image: registry.example.com/shop/checkout:1.4.2
            env:
            - name: PAYMENT_API
              value: https://api.payments.example.com/v2
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: checkout
      namespace: shop
    spec:
      podSelector:
        matchLabels:
          app: checkout
      policyTypes: [Egress]
      egress:
      - to:
        - ipBlock:
            cidr: 203.0.113.0/24
        ports:
        - port: 443
    ```

    ## Stays silent when
    - some policy that may select the pods allows port 53 over UDP to everybody, to addresses, to a Namespace that may
      be `kube-system`, or to something with `dns` in a label
    - nothing in the pod's variables and arguments is a host name
    - the pods use the network of their node, or have `hostAliases` or the DNS policy `None`
    - the repository has policies of another kind, or a part of it cannot be read

    ## Source
    Kubernetes documentation, "Network Policies" and "DNS for Services and Pods".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    beside = ("NetworkPolicy",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        if other_policies(graph) or subject.spec.text_at("dnsPolicy") == "None":
            return
        bound = isolation(graph, subject, EGRESS)
        if not bound.certain or any(policy.unit.incomplete for policy in bound.possible):
            return
        rules = [rule for policy in bound.possible for rule in traffic_rules(policy, EGRESS)]
        used = uses_names(graph, subject)
        if used is None or any(may_ask_dns(graph, rule) for rule in rules):
            return
        yield self.finding(
            f"the pods of {subject.owner.kind} `{subject.owner.name}` may not ask DNS for the names that they use",
            bound.certain[0],
            "closes outgoing traffic, and no policy opens port 53 over UDP",
            related=[(used, "a name that must be looked up")],
            path=(bound.certain[0], subject.owner),
            help="allow `port: 53`, `protocol: UDP` to `kube-system` in an egress rule",
            subject=subject.owner,
        )
