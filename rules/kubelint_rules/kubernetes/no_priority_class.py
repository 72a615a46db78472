"""kubernetes/no-priority-class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.pod import PodTemplate


class NoPriorityClass(Rule[PodTemplate]):
    """A pod names no PriorityClass, or none of those that the configuration accepts.

    ## Why
    In a cluster that works with priorities, a pod without class has the lowest: it waits, and is preempted, for any
    that has one. A cluster without classes loses nothing, which is why this is a matter of policy.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 2
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
            image: nginx:1.27
    ```

    ## Stays silent when
    - the repository defines a PriorityClass with `globalDefault: true` and the pod names none

    ## Source
    Kubernetes documentation, "Pod Priority and Preemption".
    """

    severity = Severity.INFO
    group = Group.STYLE

    @dataclass(frozen=True, slots=True)
    class Options:
        """Which classes are accepted."""

        accepted: tuple[str, ...] = option((), "Names of the classes that are accepted; none given: all of them.")

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a pod without class, or at a class that is not accepted."""
        name = subject.spec.scalar("priorityClassName")
        owner = subject.owner
        if name is None:
            if not graph.once("default priority class", lambda: _has_default(graph)):
                yield self.finding(
                    f"the pods of {owner.kind} `{owner.name}` name no PriorityClass",
                    owner.name_node or owner.node,
                    "`priorityClassName` is not set",
                    help="set `priorityClassName` in the pod's specification",
                    subject=owner,
                )
        elif self.options.accepted and not name.opaque and name.text not in self.options.accepted:
            yield self.finding(
                f"PriorityClass `{name.text}` is not an accepted one",
                name,
                "the configuration does not name it",
                help="use " + " or ".join(f"`{accepted}`" for accepted in self.options.accepted),
                subject=owner,
            )


def _has_default(graph: Graph) -> bool:
    """Tell whether the repository defines a class for pods that name none."""
    return any(
        isinstance(item, KubernetesObject) and item.root.text_at("globalDefault") == "true"
        for item in graph.of_kind("kubernetes", "PriorityClass")
    )
