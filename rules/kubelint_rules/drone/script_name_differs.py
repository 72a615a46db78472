"""drone/script-name-differs."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.containers import is_known
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean, is_near
from kubelint.systems.drone.deployments import Script, same_image
from kubelint.tree.node import Scalar


class ScriptNameDiffers(Rule[Script]):
    """A script runs almost the image that it has built, or removes almost the container that it starts.

    ## Why
    `docker run` of a name that was never built pulls something else, or fails; `docker rm` of another name leaves the
    old container there, and the next `docker run --name` stops with "name is already in use".

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: deploy
    steps:
      - name: start
        image: docker:28
        commands:
          - docker build -t example/shop .
          - docker rm -f shop
          - docker run -d --name shop example/shpo
    ```
    ```dockerfile Dockerfile
    FROM nginx:1.27
    ```

    ## Stays silent when
    - the names are the same, or not alike
    - a variable is part of a name

    ## Source
    Docker documentation, "docker container run" and "docker container rm".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Script, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each name that is a near miss of one in the same script."""
        del graph
        for run in subject.runs:
            built = [node for node in subject.built if is_known(node.text)]
            image = run.image
            if is_known(image.text) and not any(same_image(image.text, node.text) for node in built):
                near = next((node for node in built if is_near(_name(image.text), _name(node.text))), None)
                if near is not None:
                    yield self._finding(
                        subject, image, near, "no image of this name is built here", "this image is built"
                    )
        names = [
            name for run in subject.runs if (name := run.options.last("--name")) is not None and is_known(name.text)
        ]
        for removed in subject.removed:
            if not is_known(removed.text) or any(name.text == removed.text for name in names):
                continue
            near = next((name for name in names if is_near(removed.text, name.text)), None)
            if near is not None:
                yield self._finding(
                    subject, removed, near, "no container of this name is started here", "this one is started"
                )

    def _finding(self, subject: Script, node: Scalar, near: Scalar, headline: str, label: str) -> Finding:
        fix = None
        if node.span.text == node.text:
            edit = TextEdit(node.span, near.text)
            fix = Fix(f"replace `{node.text}` with `{near.text}`", (edit,), Safety.UNSAFE)
        return self.finding(
            f"`{node.text}`: {headline}",
            node,
            did_you_mean([near.text]),
            related=[(near, label)],
            help=f"write `{near.text}`",
            fix=fix,
            subject=subject.step.pipeline,
        )


def _name(image: str) -> str:
    """Return an image without its tag: versions are alike and mean different things."""
    return image[: image.rfind(":")] if image.rfind(":") > image.rfind("/") else image
