"""drone/missing-build-file."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.containers import ImageBuild, is_known
from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.docker.model import Dockerfile
from kubelint.systems.drone.model import DronePipeline


class MissingBuildFile(Rule[ImageBuild]):
    """A step builds an image from a Dockerfile, a folder or a stage that does not exist.

    ## Why
    `docker build` and the plugin `plugins/docker` stop with "no such file or directory", or "target stage … could not
    be found": the pipeline fails at its last step, long after the commit.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: release
    steps:
      - name: image
        image: plugins/docker
        settings:
          repo: example/shop
          dockerfile: docker/Dockerfile.prod
    ```
    ```dockerfile docker/Dockerfile
    FROM nginx:1.27
    ```

    ## Stays silent when
    - commands before may make the file, unless the name is a near miss
    - a variable is part of the path, or the repository has no Dockerfile at all
    - the image is built on another machine from files that a step has sent there and that hold the Dockerfile

    ## Source
    Documentation of the plugin plugins/docker; Docker documentation, "docker buildx build".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ImageBuild, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a build whose Dockerfile or stage is not there."""
        if not isinstance(subject.resource, DronePipeline) or subject.assumed:
            return
        repository = graph.repository
        if not repository.is_file(subject.dockerfile):
            folder, _, name = subject.dockerfile.rpartition("/")
            near = nearest(name, repository.names(folder)) if repository.exists(folder) else []
            # A repository without any Dockerfile is a part of one: an example, or what a bot keeps elsewhere.
            if near or (not subject.produced and bool(graph.subjects(Dockerfile))):
                yield self.finding(
                    f"the Dockerfile `{subject.dockerfile}` does not exist",
                    subject.node,
                    did_you_mean(near) or f"{subject.place} builds from it",
                    help=f"write the path of `{near[0]}`" if near else "mend the path, or add the file",
                    subject=subject.resource,
                )
            return
        found = graph.find(Key("docker", "Dockerfile", "", subject.dockerfile))
        dockerfile = found[0] if found else None
        target = subject.target
        if (
            not isinstance(dockerfile, Dockerfile)
            or dockerfile.unit.incomplete
            or target is None
            or not is_known(target.text)
        ):
            return
        if dockerfile.stage(target.text) is None:
            near = nearest(target.text.lower(), dockerfile.named)
            stages = [stage.name for stage in dockerfile.stages if stage.name is not None]
            yield self.finding(
                f"`{subject.dockerfile}` has no stage `{target.text}`",
                target,
                did_you_mean(near) or "the build stops here",
                related=[(stage, "a stage") for stage in stages[:3]],
                help=f"write `{near[0]}`" if near else "name a stage of the Dockerfile",
                subject=subject.resource,
            )
