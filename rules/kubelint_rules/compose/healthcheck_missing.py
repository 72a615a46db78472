"""compose/healthcheck-missing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.links import BUILDS
from kubelint.systems.compose.model import ComposeService, Dependency
from kubelint.systems.docker.images import is_official
from kubelint.systems.docker.model import Dockerfile
from kubelint.tree.node import Scalar


class HealthcheckMissing(Rule[ComposeService]):
    """A service waits until another one is healthy, but that one has no health check.

    ## Why
    Compose does not notice before it starts: it then stops with "has no healthcheck configured", and the service that
    waits is never started.

    ## Example
    ```yaml compose.yaml
    services:
      worker:
        image: ghcr.io/example/worker:1.4
        depends_on:
          api:
            condition: service_healthy
      api:
        build: .
    ```
    ```dockerfile Dockerfile
    FROM python:3.13-slim
    COPY . /app
    CMD ["python", "/app/main.py"]
    ```

    ## Stays silent when
    - the service has a `healthcheck` with a test
    - its image comes from elsewhere: it may have one of its own
    - it is built from a Dockerfile that is not known, or that has a `HEALTHCHECK` in the stages that are used

    It is a warning where the Dockerfile begins with an image that may have one. Docker Official Images have none.

    ## Source
    Compose Specification, "depends_on" and "healthcheck"; Dockerfile reference, "HEALTHCHECK".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each service that is waited for in vain."""
        for dependency in subject.dependencies:
            condition = dependency.condition
            if condition is not None and condition.text == "service_healthy" and dependency.name is not None:
                target = subject.project.services.get(dependency.name)
                if target is not None:
                    yield from self._judge(subject, dependency, condition, target, graph)

    def _judge(
        self,
        subject: ComposeService,
        dependency: Dependency,
        condition: Scalar,
        target: ComposeService,
        graph: Graph,
    ) -> Iterator[Finding]:
        name = target.name
        if target.health_check is False:
            off = target.root.key("healthcheck") or target.node
            yield self.finding(
                f"`{subject.name}` waits for `{name}` to be healthy, which turns its check off",
                condition,
                "Compose stops here",
                related=[(off, f"the health check of `{name}` is turned off")],
                help=f"give `{name}` a test, or wait with `condition: service_started`",
                subject=subject,
            )
        elif target.health_check is None:
            image = _unchecked_image(target, graph)
            if image is not None:
                sure = is_official(image.text)
                yield self.finding(
                    f"`{subject.name}` waits for `{name}` to be healthy, but it has no health check",
                    condition,
                    "Compose stops here",
                    related=[
                        (target.node, "no `healthcheck` here"),
                        (image, "and no `HEALTHCHECK` in what is built from here"),
                    ],
                    help=f"give `{name}` a `healthcheck`, or wait with `condition: service_started`",
                    note=None if sure else f"unless the image `{image.text}` brings one",
                    severity=Severity.ERROR if sure else Severity.WARNING,
                    subject=subject,
                )
        del dependency


def _unchecked_image(service: ComposeService, graph: Graph) -> Scalar | None:
    """Return the image that the Dockerfile of a service begins with, where no stage has a ``HEALTHCHECK``."""
    build = service.build
    for reference in graph.outgoing(service, BUILDS):
        dockerfile = reference.target
        if build is None or not isinstance(dockerfile, Dockerfile) or dockerfile.unit.incomplete:
            continue
        target = None if build.target is None else literal(build.target)
        stage = None if build.target is not None and target is None else dockerfile.stage(target)
        if stage is None or dockerfile.health_check(stage):
            return None
        image = dockerfile.base_image(stage)
        return None if image is None or "$" in image.text else image
    return None
