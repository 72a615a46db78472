"""drone/needs-trusted."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import CONTAINER_TYPES, DIALECT, DronePipeline
from kubelint.tree.node import Scalar

_STEP_FIELDS = ("devices", "dns", "dns_search", "extra_hosts", "network_mode", "privileged", "shm_size")
_SOURCES = {"claim": "a persistent volume claim", "config_map": "a ConfigMap", "secret": "a Secret"}


class NeedsTrusted(Rule[DronePipeline]):
    """A pipeline uses what only a trusted repository may, and the configuration says that this one is not.

    ## Why
    The runner refuses the whole pipeline with "untrusted repositories cannot mount host volumes" and the like. The flag
    "Trusted" is set in the repository's settings on the server, so the file alone does not show it.

    ## Example
    ```yaml .kubelint.yaml
    targets:
      drone:
        trusted: false
    ```
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: build
      image: docker:24
      commands:
      - docker build .
      volumes:
      - name: socket
        path: /var/run/docker.sock

    volumes:
    - name: socket
      host:
        path: /var/run/docker.sock
    ```

    ## Stays silent when
    - the configuration does not say whether the repository is trusted (`targets.drone.trusted`)
    - the plugin is one that the runner itself starts privileged (`plugins/docker`)

    ## Source
    Drone documentation, "Trusted"; the linters of the docker, kubernetes and vm runners.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each field that an untrusted repository may not use."""
        if graph.settings.target("drone", "trusted") is not False or subject.runner not in CONTAINER_TYPES:
            return
        for step in subject.containers:
            for field in _STEP_FIELDS:
                node = step.node.at(field)
                key = step.node.key(field)
                if node is None or key is None or (isinstance(node, Scalar) and node.value(DIALECT) in (None, False)):
                    continue
                yield self._finding(subject, key, f"use `{field}`")
        for volume in subject.volumes:
            host = volume.node.key("host")
            if host is not None and volume.node.at("host", "path") is not None:
                yield self._finding(subject, host, "mount a folder of the host")
            medium = volume.node.scalar("temp", "medium")
            if medium is not None and medium.text == "memory":
                yield self._finding(subject, medium, "mount memory")
            for field, words in _SOURCES.items():
                key = volume.node.key(field)
                if key is not None and subject.runner == "kubernetes":
                    yield self._finding(subject, key, f"mount {words}")

    def _finding(self, subject: DronePipeline, key: Scalar, what: str) -> Finding:
        return self.finding(
            f"a repository that is not trusted cannot {what}",
            key,
            "the runner refuses the pipeline",
            help="ask an administrator for the repository's Trusted setting, or do without",
            note="`targets.drone.trusted` is false",
            subject=subject,
        )
