"""drone/localhost-for-service."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DronePipeline, DroneStep
from kubelint.systems.drone.plugins import repository_of, setting_scalars
from kubelint.systems.drone.substitution import scalar_part
from kubelint.tree.node import Scalar
from kubelint_schemas.drone.plugins import service_ports

_LOCAL = re.compile(r"\b(?:localhost|127\.0\.0\.1)(?P<rest>(?::|\s+-[pP]\s*|\s+)(?P<port>[0-9]{2,5})\b)")
_HOSTS = frozenset({"localhost", "127.0.0.1"})
_HOST_NAMES = re.compile(r"(?:^|_)(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS)$", re.IGNORECASE)


class LocalhostForService(Rule[DronePipeline]):
    """A step looks for a service of its pipeline on its own `localhost`.

    ## Why
    In a docker pipeline each service is a container of its own, and is reached under its name. At `localhost` of the
    step nobody listens: "connection refused".

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    services:
    - name: database
      image: postgres:16

    steps:
    - name: test
      image: golang:1.22
      environment:
        DATABASE_URL: postgres://postgres@localhost:5432/shop
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - the pipeline is not of type `docker`: in a kubernetes pipeline all containers of the pod share `localhost`
    - no service's image is known to listen on that port
    - the step shares the host's network, or starts the program itself

    ## Source
    Drone documentation, "Services", "Common Problems: Incorrect Hostname".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each `localhost` that should be a service's name."""
        del graph
        if subject.runner != "docker":
            return
        ports: dict[int, DroneStep] = {}
        for service in [*subject.services, *(step for step in subject.steps if step.node.text_at("detach") == "true")]:
            repository = (repository_of(service) or "").removeprefix("library/")
            for port in service_ports().get(repository, ()):
                ports.setdefault(port, service)
        if not ports:
            return
        for step in subject.steps:
            if step.node.at("network_mode") is None:
                yield from self._step(subject, step, ports)

    def _step(self, subject: DronePipeline, step: DroneStep, ports: dict[int, DroneStep]) -> Iterator[Finding]:
        own = repository_of(step)
        for text in self._texts(step):
            for found in _LOCAL.finditer(text.text):
                service = ports.get(int(found["port"]))
                if service is None or service is step or (own == repository_of(service) and step.commands):
                    continue
                stop = found.start("rest")
                yield self._finding(subject, text, (found.start(), stop), service)
        port_of = {key.text.upper(): value for key, value in step.environment if isinstance(value, Scalar)}
        for key, value in step.environment:
            if not isinstance(value, Scalar) or value.text not in _HOSTS or not _HOST_NAMES.search(key.text):
                continue
            stem = _HOST_NAMES.sub("", key.text).upper()
            number = port_of.get(f"{stem}_PORT")
            service = ports.get(int(number.text)) if number is not None and number.text.isdigit() else None
            if service is None:
                service = next((each for each in ports.values() if _is_named(stem, each)), None)
            if service is not None:
                yield self._finding(subject, value, (0, len(value.text)), service)

    @staticmethod
    def _texts(step: DroneStep) -> Iterator[Scalar]:
        yield from step.commands
        for _, value in step.environment:
            if isinstance(value, Scalar):
                yield value
        for _, value in setting_scalars(step):
            yield value

    def _finding(self, subject: DronePipeline, text: Scalar, part: tuple[int, int], service: DroneStep) -> Finding:
        name = service.name.text if service.name is not None else ""
        return self.finding(
            f"service `{name}` is not at `{text.text[part[0] : part[1]]}` of the step",
            scalar_part(text, *part),
            "each container of a docker pipeline has a network of its own",
            related=[(service.name or service.head, "the service is reached under this name")],
            help=f"write `{name}`" if name else "give the service a name and write that",
            subject=subject,
        )


def _is_named(stem: str, service: DroneStep) -> bool:
    """Tell whether a variable such as `REDIS_HOST` is about a service, by its name or its image."""
    words = {"" if service.name is None else service.name.text, (repository_of(service) or "").rpartition("/")[2]}
    return bool(stem) and any(word and (word.upper() == stem or stem.startswith(word.upper())) for word in words)
