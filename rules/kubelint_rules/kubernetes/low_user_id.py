"""kubernetes/low-user-id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.security_context import effective, in_user_namespace, is_windows, number


class LowUserId(Rule[PodTemplate]):
    """A container runs with a user number that a user of the node may have (below 10000).

    ## Why
    Numbers, not names, decide on the node. A process that leaves the container as user 1000 has the files of
    whoever is 1000 there.

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
        securityContext:
          runAsUser: 1000
    ```

    ## Stays silent when
    - no user is set: the image decides then
    - the user is 0: that is for `may-run-as-root`
    - the pod has its own user namespace (`hostUsers: false`)
    - the pod is for Windows
    - the value is only known later (a template, a placeholder)

    ## Source
    API reference, SecurityContext, field `runAsUser`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("runAsUser",)

    @dataclass(frozen=True, slots=True)
    class Options:
        """What counts as low."""

        minimum: int = option(10000, "The least number that is high enough.", at_least=1)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each user with a low number that takes effect."""
        del graph
        if is_windows(subject) or in_user_namespace(subject):
            return
        found = {id(node): node for container in subject.containers if (node := effective(container, "runAsUser"))}
        for node in found.values():
            value = number(node)
            if value is not None and 0 < value < self.options.minimum:
                yield self.finding(
                    f"{subject.owner.kind} `{subject.owner.name}` runs as user {value}, which a node may have",
                    node,
                    f"is below {self.options.minimum}",
                    help=f"use a number of {self.options.minimum} or more",
                    subject=subject.owner,
                )
