"""kubernetes/may-run-as-root."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes import security_context
from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import is_rejected
from kubelint.tree.node import Node


class MayRunAsRoot(Rule[PodTemplate]):
    """A container may run as root: neither it nor its pod says `runAsNonRoot: true` or names another user.

    ## Why
    Root in the container is root for the kernel of the node: a file that the pod mounts, a bug in the runtime or an
    added capability is worth more to it than to any other user.

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
    - `runAsNonRoot: true` is set for the container or its pod (the container's own value counts first)
    - a user other than 0 is set (`runAsUser`)
    - the pod has its own user namespace (`hostUsers: false`): its root is nobody on the node
    - `runAsUser: 0` stands beside `runAsNonRoot: true`: that is for `root-contradicts-non-root`
    - the pod is for Windows
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Running as Non-root". API reference,
    SecurityContext, fields `runAsNonRoot` and `runAsUser`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that makes a container root, and one for the containers that say nothing."""
        if security_context.is_windows(subject) or security_context.in_user_namespace(subject):
            return
        silent: list[Container] = []
        told: dict[int, tuple[Node, list[Container]]] = {}
        for container in subject.containers:
            if not security_context.may_be_root(container):
                continue
            user = security_context.effective(container, "runAsUser")
            value = user or security_context.effective(container, "runAsNonRoot")
            if value is not None:
                told.setdefault(id(value), (value, []))[1].append(container)
            elif not security_context.context_unknown(container):
                silent.append(container)
        for node, containers in told.values():
            yield from self._finding(subject, graph, node, containers, "says so")
        if len(silent) == len(subject.containers):
            yield from self._finding(subject, graph, security_context.pod_place(subject), silent, "nothing forbids it")
        else:
            for container in silent:
                place = security_context.place(container)
                yield from self._finding(subject, graph, place, [container], "nothing forbids it")

    def _finding(
        self, template: PodTemplate, graph: Graph, node: Node, containers: list[Container], label: str
    ) -> Iterator[Finding]:
        if (
            any(is_rejected(graph, template, node, f"Running as Non-root{end}") for end in ("", " user"))
            or not containers
        ):
            return
        owner = template.owner
        alone = len(containers) == 1
        who = f"container `{containers[0].label}`" if alone else f"{owner.kind} `{owner.name}`"
        yield self.finding(
            f"{who} may run as root",
            node,
            label,
            help="set `securityContext.runAsNonRoot: true` in the pod",
            note="Pod Security Standards, restricted: Running as Non-root",
            subject=owner,
        )
