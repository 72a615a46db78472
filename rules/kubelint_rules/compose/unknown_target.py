"""compose/unknown-target."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.links import BUILDS, STAGE
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.docker.model import Dockerfile


class UnknownTarget(Rule[ComposeService]):
    """A service builds a stage that its Dockerfile does not have, so the build fails.

    ## Why
    `build.target` names the stage that becomes the image. Compose does not look into the Dockerfile: the build stops
    with "target stage could not be found".

    ## Example
    ```yaml compose.yaml
    services:
      web:
        build:
          context: .
          target: develop
    ```
    ```dockerfile Dockerfile
    FROM node:22 AS development
    CMD ["npm", "run", "dev"]
    FROM nginx:1.27 AS production
    ```

    ## Stays silent when
    - the Dockerfile is not in the repository or cannot be read whole
    - the target is a number, or holds a variable

    ## Source
    Compose Specification, "target" of `build`; Docker documentation, "Multi-stage builds".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a target that is no stage."""
        for reference in graph.outgoing(subject, STAGE):
            if not reference.dangling:
                continue
            path = reference.wanted.namespace
            help_text = None
            if not reference.candidates:
                built = [target for each in graph.outgoing(subject, BUILDS) for target in each.targets]
                stages = [name for target in built if isinstance(target, Dockerfile) for name in target.named]
                shown = ", ".join(f"`{name}`" for name in stages[:8])
                help_text = f"its stages are {shown}" if shown else f"name a stage of `{path}` with `FROM … AS NAME`"
            yield self.dangling(reference, "stage", f"`{path}` has no stage of that name", help=help_text)
