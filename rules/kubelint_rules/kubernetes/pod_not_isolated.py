"""kubernetes/pod-not-isolated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.policy import isolation, other_policies


class PodNotIsolated(Rule[PodTemplate]):
    """No NetworkPolicy selects a pod: everything may reach it, and it may reach everything.

    ## Why
    One pod that is taken over talks to the database, to the metadata service of the cloud and to every other pod.
    Policies keep it to what it needs.

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
          containers:
          - name: web
            image: registry.example.com/shop/web:1.4
            ports:
            - containerPort: 8080
    ```

    ## Stays silent when
    - a policy of the repository selects the pod, or may do so, for each direction that `directions` lists; a policy
      that closes a direction without rules counts too
    - the pod uses the network of its node, where no policy holds
    - the repository has policies of another kind (Cilium, Calico …)
    - a part of the unit could not be read: a policy may stand there

    ## Source
    Kubernetes documentation, "Network Policies".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """What must be limited."""

        directions: tuple[str, ...] = option(
            ("Ingress", "Egress"), "The directions of traffic that a policy must limit.", choices=("Ingress", "Egress")
        )

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a pod that no policy holds in one of the directions."""
        if subject.host_network or subject.owner.unit.incomplete or other_policies(graph):
            return
        held = {way: isolation(graph, subject, way).possible for way in self.options.directions}
        free = [way for way in self.options.directions if not held[way]]
        if not free:
            return
        words = {"Ingress": "to", "Egress": "from"}
        ways = " and ".join(words[way] for way in free)
        owner = subject.owner
        policies = {id(policy): policy for found in held.values() for policy in found}
        yield self.finding(
            f"no NetworkPolicy limits the traffic {ways} {owner.kind} `{owner.name}`",
            owner.node,
            f"no policy with {' and '.join(f'`{way}`' for way in free)} selects its pods",
            related=[(policy, "selects them for the other direction") for policy in policies.values()],
            help="add a NetworkPolicy that selects the pods and lists what they need",
            subject=owner,
        )
