"""kubernetes/call-denied-by-policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject, NetworkPolicy, Workload
from kubelint.systems.kubernetes.policy import INGRESS
from kubelint.systems.kubernetes.reach import call_edges, denial


class CallDeniedByPolicy(Rule[Workload]):
    """A workload calls a Service whose pods, or its own, are closed to this call by NetworkPolicies.

    ## Why
    Pods that a policy selects accept (or send) only what some policy allows. No policy allows this call, so its
    packets are dropped and the client waits until it times out.

    ## Example
    ```yaml shop.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: shop
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: registry.example.com/shop/web:1.4.2
            env:
            - name: DATABASE_URL
              value: postgres://db:5432/shop
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: shop
    spec:
      selector:
        app: db
      ports:
      - port: 5432
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: db
      namespace: shop
    spec:
      selector:
        matchLabels:
          app: db
      template:
        metadata:
          labels:
            app: db
        spec:
          containers:
          - name: db
            image: registry.example.com/shop/db:1.4.2
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: db
      namespace: shop
    spec:
      podSelector:
        matchLabels:
          app: db
      policyTypes: [Ingress]
      ingress:
      - from:
        - podSelector:
            matchLabels:
              app: api
        ports:
        - port: 5432
    ```

    ## Stays silent when
    - some policy may allow the call: by its peers, by labels of a Namespace that no file holds, by addresses, by a
      named port
    - the policies may belong to another cluster or stage than the pods
    - the repository has policies of another kind (Cilium, Calico, AdminNetworkPolicy), or a part of it cannot be read
    - the caller or the pods behind the Service use the network of their node
    - the Service is not in the repository, or selects pods of which some may be reached

    ## Source
    Kubernetes documentation, "Network Policies", section "The two sorts of pod isolation".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    beside = ("NetworkPolicy",)

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for edge in call_edges(graph, subject):
            denials = [denial(graph, template, edge.service, edge.port) for template in subject.pod_templates()]
            denied = denials[0] if denials else None
            if denied is None:
                continue
            incoming = denied.direction == INGRESS
            whom = f"the pods of `{denied.callee.owner.name}`" if incoming else "the caller's own pods"
            yield self.finding(
                f"no NetworkPolicy lets {subject.kind} `{subject.name}` call Service `{edge.service.name}`",
                edge.node,
                "this call is dropped",
                related=[
                    (policy, f"closes {whom} for {denied.traffic} traffic and allows none like this")
                    for policy in denied.policies[:3]
                ],
                path=(subject, edge.service, denied.callee.owner),
                help=_advice(subject, denied.callee.owner, denied.policies),
                subject=subject,
            )


def _advice(caller: Workload, callee: KubernetesObject, policies: Sequence[NetworkPolicy]) -> str:
    policy = _narrowest(policies)
    if _labels(policy):
        return f"allow it in NetworkPolicy `{policy.name}`, or call something else"
    # A policy about all pods closes them on purpose; others open them one by one.
    return f"add a NetworkPolicy that lets `{caller.name}` reach `{callee.name}`, or call something else"


def _labels(policy: NetworkPolicy) -> int:
    return 0 if policy.selector is None else len(policy.selector.requirements)


def _narrowest(policies: Sequence[NetworkPolicy]) -> NetworkPolicy:
    """Return the policy that asks for the most labels: the one that is about these pods, and not about all."""
    return max(policies, key=_labels)
