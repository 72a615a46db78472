"""docker/unknown-build-argument."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.containers import ImageBuild
from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.docker.arguments import declared_arguments, is_predefined
from kubelint.systems.docker.model import SYSTEM, Dockerfile


class UnknownBuildArgument(Rule[ImageBuild]):
    """A build passes an argument that the Dockerfile does not declare, so it has no effect.

    ## Why
    Docker prints "One or more build-args were not consumed" and goes on: the image is built with the default, or with
    nothing, in place of the value that was meant.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        build:
          context: .
          args: {NODE_VERSON: "22"}
    ```
    ```dockerfile Dockerfile
    ARG NODE_VERSION=20
    FROM node:${NODE_VERSION}-slim
    ```

    ## Stays silent when
    - the Dockerfile has an `ARG` of that name in any place
    - Docker knows it without one: the proxies (`HTTP_PROXY`), `BUILDKIT_*`, the platform arguments
    - the name holds a variable, or the Dockerfile cannot be read in full

    It is an error where the Dockerfile declares a similar name.

    ## Source
    Dockerfile reference, "ARG" and "Predefined ARGs"; Compose Specification, "args" of a build.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: ImageBuild, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each argument that nothing takes."""
        found = graph.find(Key(SYSTEM, "Dockerfile", "", subject.dockerfile))
        dockerfile = found[0] if found else None
        if not isinstance(dockerfile, Dockerfile) or dockerfile.unit.incomplete:
            return
        declared = declared_arguments(dockerfile)
        for key, _ in subject.arguments:
            if key.text in declared or is_predefined(key.text) or not key.text.isidentifier():
                continue
            near = [name for name in nearest(key.text, declared) if not _passed(subject, name)]
            fix = None
            if len(near) == 1 and key.span.text == key.text:
                edit = TextEdit(key.span, near[0])
                fix = Fix(f"replace `{key.text}` with `{near[0]}`", (edit,), Safety.UNSAFE)
            yield self.finding(
                f"`{subject.dockerfile}` has no build argument `{key.text}`",
                key,
                did_you_mean(near) or "nothing takes this value",
                related=[(declared[name], "this one is declared") for name in near],
                help=f"write `{near[0]}`" if near else f"declare `ARG {key.text}` in the Dockerfile, or remove it here",
                severity=Severity.ERROR if near else Severity.WARNING,
                fix=fix,
                subject=subject.resource,
            )


def _passed(build: ImageBuild, name: str) -> bool:
    return any(key.text == name for key, _ in build.arguments)
