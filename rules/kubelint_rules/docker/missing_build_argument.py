"""docker/missing-build-argument."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.containers import ImageBuild
from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import nearest
from kubelint.systems.docker.arguments import required_arguments
from kubelint.systems.docker.model import SYSTEM, Dockerfile


class MissingBuildArgument(Rule[ImageBuild]):
    """A build does not pass an argument without which the Dockerfile has no base image, so it stops at once.

    ## Why
    An `ARG` without default is empty where nobody passes it. In a `FROM` that leaves a hole in the name of the image:
    "base name should not be blank", or "invalid reference format".

    ## Example
    ```yaml compose.yaml
    services:
      web:
        build: .
    ```
    ```dockerfile Dockerfile
    ARG NODE_VERSION
    FROM node:${NODE_VERSION}
    ```

    ## Stays silent when
    - the argument has a default, or the use has one
    - a name nearly like it is passed: that slip is a finding of its own
    - nobody in the repository orders the build: the argument may be given by hand

    ## Source
    Dockerfile reference, "ARG" and "Understand how ARG and FROM interact".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ImageBuild, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each argument that a ``FROM`` needs and nobody passes."""
        found = graph.find(Key(SYSTEM, "Dockerfile", "", subject.dockerfile))
        dockerfile = found[0] if found else None
        if not isinstance(dockerfile, Dockerfile) or subject.assumed or dockerfile.unit.incomplete:
            return
        passed = {key.text for key, _ in subject.arguments}
        if not all(name.isidentifier() for name in passed):
            return
        for argument in required_arguments(dockerfile):
            if argument.text not in passed and not nearest(argument.text, passed):
                yield self.finding(
                    f"the build of {subject.place} does not pass `{argument.text}`",
                    subject.node,
                    "it stops at the first `FROM` that uses it",
                    related=[(argument, "this has no default")],
                    help=f"pass `{argument.text}`, or give it a default in the Dockerfile",
                    subject=subject.resource,
                )
