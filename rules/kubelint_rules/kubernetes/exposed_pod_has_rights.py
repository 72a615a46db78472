"""kubernetes/exposed-pod-has-rights."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.attack_paths import attack_paths
from kubelint.systems.kubernetes.model import Service


class ExposedPodHasRights(Rule[Service]):
    """Pods that are open to the outside have a token with which an intruder takes the cluster.

    ## Why
    Who breaks into a program has the token of its pod. If a request from outside reaches the program, and its account
    may read Secrets, start pods or take more rights, one hole in the program opens the cluster.

    ## Example
    ```yaml dashboard.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: dashboard
      namespace: shop
    spec:
      type: LoadBalancer
      selector:
        app: dashboard
      ports:
      - port: 443
        targetPort: 8443
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: dashboard
      namespace: shop
    spec:
      selector:
        matchLabels:
          app: dashboard
      template:
        metadata:
          labels:
            app: dashboard
        spec:
          serviceAccountName: dashboard
          containers:
          - name: dashboard
            image: registry.example.com/shop/dashboard:1.4.2
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: dashboard
      namespace: shop
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata:
      name: dashboard
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: ClusterRole
      name: cluster-admin
    subjects:
    - kind: ServiceAccount
      name: dashboard
      namespace: shop
    ```

    ## Stays silent when
    - no Ingress, route, node port or load balancer leads to the pods
    - the pods get no token (`automountServiceAccountToken: false`)
    - the role allows none of: everything, reading all Secrets, starting pods or running commands in them, taking more
      rights, commanding kubelets, writing admission webhooks

    ## Source
    Kubernetes documentation, "Role Based Access Control Good Practices", section "Privilege escalation risks".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each workload behind an open Service whose account has a dangerous right."""
        for way in attack_paths(graph, subject):
            owner = way.template.owner
            yield self.finding(
                f"{owner.kind} `{owner.name}` is open to the outside and {way.power}",
                way.account,
                "an intruder has the token of this account",
                related=[(way.entry, "requests come in here"), (way.right, "the right")],
                path=tuple(dict.fromkeys((way.entry, subject, owner, way.binding))),
                help="give the account fewer rights, or move what needs them into a workload that nobody reaches",
                subject=owner,
            )
