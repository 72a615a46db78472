"""kubernetes/root-contradicts-non-root."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.security_context import contradicts_non_root, effective


class RootContradictsNonRoot(Rule[PodTemplate]):
    """A container must not run as root (`runAsNonRoot: true`) and is told to run as user 0: it never starts.

    ## Why
    The kubelet compares the two before it creates the container and gives up with `CreateContainerConfigError:
    container's runAsUser breaks non-root policy`. The pod stays pending.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      securityContext:
        runAsNonRoot: true
      containers:
      - name: web
        image: registry.example.com/shop/web:1.4
        securityContext:
          runAsUser: 0
    ```

    ## Stays silent when
    - the container says `runAsNonRoot: false` for itself, which counts before the pod's value
    - the container names another user, which counts before the pod's `runAsUser: 0`
    - the value is only known later (a template, a placeholder)

    ## Source
    API reference, SecurityContext, fields `runAsNonRoot` ("the kubelet will validate the image at runtime") and
    `runAsUser`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True
    keys = ("runAsUser",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each user 0 that a container must not be."""
        del graph
        seen = set()
        for container in subject.containers:
            user, non_root = effective(container, "runAsUser"), effective(container, "runAsNonRoot")
            if user is None or non_root is None or not contradicts_non_root(container) or id(user) in seen:
                continue
            seen.add(id(user))
            yield self.finding(
                f"container `{container.label}` never starts: it is root and must not be",
                user,
                "is root",
                related=[(non_root, "the kubelet refuses root because of this")],
                help="name another user, or remove `runAsUser` if the image has one of its own",
                subject=subject.owner,
            )
