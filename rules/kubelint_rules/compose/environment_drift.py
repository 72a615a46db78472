"""compose/environment-drift."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.tree.node import Scalar

_MOST_SHOWN = 6


class EnvironmentDrift(Rule[ComposeService]):
    """A service gets variables in a compose file that its container in the cluster does not get.

    ## Why
    A variable that was added for local work and forgotten in the manifests shows only when the cluster runs the next
    version.

    ## Example
    ```yaml compose.yaml
    services:
      checkout:
        image: ghcr.io/example/checkout:1.4
        environment:
          LOG_LEVEL: debug
          PAYMENT_URL: http://payment:8080
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
              image: ghcr.io/example/checkout:1.4
              env:
                - name: LOG_LEVEL
                  value: info
    ```

    ## Stays silent when
    - the container takes all keys of a ConfigMap or Secret (`envFrom`), or has no variables at all
    - no container of a workload has the name of the service

    ## Source
    "Dev/prod parity" of The Twelve-Factor App.
    """

    severity = Severity.INFO
    group = Group.DRIFT

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a service whose twin lacks some of its variables."""
        twins = graph.once("containers by name", lambda: _containers(graph)).get(subject.name, [])
        if len(twins) != 1:
            return
        twin = twins[0]
        known = {name.text for item in twin.environment if (name := item.scalar("name")) is not None}
        if not known or twin.node.get("envFrom") is not None:
            return
        missing: list[Scalar] = [key for key, _ in subject.environment if key.text not in known]
        if missing and twin.name is not None:
            shown = ", ".join(f"`{key.text}`" for key in missing[:_MOST_SHOWN])
            yield self.finding(
                f"{twin} lacks variables of service `{subject.name}`",
                missing[0],
                f"{shown} {'is' if len(missing) == 1 else 'are'} set here only",
                related=[(twin.name, "the container in the cluster")],
                help="set them there as well, or remove them here",
                subject=subject,
            )


def _containers(graph: Graph) -> dict[str, list[Container]]:
    found: dict[str, list[Container]] = {}
    for template in graph.subjects(PodTemplate):
        for container in template.containers:
            if container.section == "containers" and container.name is not None:
                found.setdefault(container.name.text, []).append(container)
    return found
