"""drone/deploy-target-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.containers import is_known
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.drone.deploy_commands import DeployTarget
from kubelint.systems.drone.deployments import Script
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.tree.node import Node, Scalar


class DeployTargetNotFound(Rule[Script]):
    """A step changes the image of a workload, or of a container in it, that no manifest has under that name.

    ## Why
    `kubectl set image` stops with "not found", or with "unable to find container named …": the new image is built and
    pushed, and the cluster keeps the old one.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: deploy
    steps:
      - name: roll-out
        image: alpine/k8s:1.32.0
        commands:
          - kubectl set image deployment/checkout chekout=example/checkout:2
    ```
    ```yaml deploy/checkout.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: checkout
    spec:
      selector: {matchLabels: {app: checkout}}
      template:
        metadata: {labels: {app: checkout}}
        spec:
          containers:
            - name: checkout
              image: example/checkout:1
    ```

    ## Stays silent when
    - no manifest has a similar name: the workload may be defined elsewhere
    - a variable is part of the name

    ## Source
    Kubernetes documentation, reference of `kubectl set image` and `kubectl rollout`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Script, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each workload and each container that no manifest has."""
        for target in subject.targets:
            named = {
                item.name: item
                for item in graph.subjects(KubernetesObject)
                if item.key.kind == target.kind and item.name
            }
            item = named.get(target.name.text)
            if item is not None:
                yield from self._containers(subject, target, item)
                continue
            near = nearest(target.name.text, named)
            if near:
                yield self._finding(
                    subject, target.name, f"no {target.kind}", near, [named[name].node for name in near]
                )

    def _containers(self, subject: Script, target: DeployTarget, item: KubernetesObject) -> Iterator[Finding]:
        containers = {
            container.name.text: container.name
            for template in item.pod_templates()
            for container in template.containers
            if container.name is not None
        }
        for node in target.containers:
            if containers and node.text not in containers and is_known(node.text):
                near = nearest(node.text, containers) or (list(containers) if len(containers) == 1 else [])
                places: list[Node] = [containers[name] for name in near]
                yield self._finding(subject, node, f"{item} has no container", near, places)

    def _finding(self, subject: Script, node: Scalar, lacking: str, near: list[str], places: list[Node]) -> Finding:
        fix = None
        if len(near) == 1 and node.span.text == node.text:
            edit = TextEdit(node.span, near[0])
            fix = Fix(f"replace `{node.text}` with `{near[0]}`", (edit,), Safety.UNSAFE)
        return self.finding(
            f"{lacking} is called `{node.text}`" if lacking.startswith("no ") else f"{lacking} `{node.text}`",
            node,
            did_you_mean(near) or "kubectl stops here",
            related=[(place, f"`{name}` is defined here") for name, place in zip(near, places, strict=True)],
            help=f"write `{near[0]}`" if near else "name a container of the workload",
            fix=fix,
            subject=subject.step.pipeline,
        )
