"""drone/no-runner."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.drone.model import DronePipeline
from kubelint.tree.node import Node, Scalar
from kubelint_schemas import drone as pack


class NoRunner(Rule[DronePipeline]):
    """No runner of the configuration takes pipelines for this platform or with these node labels.

    ## Why
    A pipeline waits for a runner with its operating system, its architecture and all of its labels. Without `platform`
    that is `linux/amd64`. Where there is none, the build stays pending until it is cancelled, and nothing says why.

    ## Example
    ```yaml .kubelint.yaml
    targets:
      drone:
        platforms: [linux/amd64]
        nodes: ["size: large"]
    ```
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: arm

    platform:
      os: linux
      arch: arm64

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - the configuration does not name the platforms (`targets.drone.platforms`) or labels (`targets.drone.nodes`) of the
      runners
    - the value is a placeholder

    ## Source
    The queue of the Drone server; Drone documentation, "Platform" and "Node" of each pipeline type.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for the platform and for each label that no runner has."""
        platforms = _texts(graph.settings.target("drone", "platforms"))
        if platforms:
            yield from self._platform(subject, platforms)
        labels = _texts(graph.settings.target("drone", "nodes"))
        if labels:
            yield from self._labels(subject, [label.replace("=", ": ", 1).replace(":  ", ": ") for label in labels])

    def _platform(self, subject: DronePipeline, platforms: list[str]) -> Iterator[Finding]:
        system, architecture = subject.root.scalar("platform", "os"), subject.root.scalar("platform", "arch")
        if any(node is not None and node.opaque for node in (system, architecture)):
            return
        for node, field in ((system, "os"), (architecture, "arch")):
            known = (*pack.platform_values(field), *pack.platform_values(f"other-{field}"))
            if node is not None and node.text not in known:
                return  # no platform at all, which is a finding of its own
        wanted = (
            f"{system.text if system else pack.DEFAULT_OS}/{architecture.text if architecture else pack.DEFAULT_ARCH}"
        )
        if wanted in platforms:
            return
        place: Node = architecture or system or subject.type_node or subject.node
        yield self.finding(
            f"no runner takes pipelines for {wanted}: the build would wait for ever",
            place,
            "" if architecture or system else f"without `platform`, this is for {wanted}",
            help=f"`targets.drone.platforms` names {', '.join(platforms)}",
            subject=subject,
        )

    def _labels(self, subject: DronePipeline, labels: list[str]) -> Iterator[Finding]:
        for key, value in subject.root.pairs_at("node"):
            if not isinstance(value, Scalar) or value.opaque or key.opaque:
                continue
            wanted = f"{key.text}: {value.text}"
            if wanted in labels:
                continue
            near = nearest(
                value.text, [label.partition(": ")[2] for label in labels if label.startswith(f"{key.text}: ")]
            )
            yield self.finding(
                f"no runner has the label `{wanted}`: the build would wait for ever",
                value,
                did_you_mean(near),
                help=f"`targets.drone.nodes` names {', '.join(f'`{label}`' for label in labels)}",
                subject=subject,
            )


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
