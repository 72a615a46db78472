"""drone/missing-image."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DroneStep, has_slip
from kubelint_schemas import drone as pack


class MissingImage(Rule[DroneStep]):
    """A step or service without image makes the runner refuse the pipeline.

    ## Why
    Docker and Kubernetes pipelines run each step in a container of its own image; there is no default image. The runner
    stops with "invalid or missing image" before the first step.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: test
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - the pipeline is of type `exec`, `ssh`, `digitalocean`, `macstadium` or `vm`, whose steps run on the machine itself
    - a key of the step is a slip of `image`: `drone/unknown-field` says so

    ## Source
    Drone documentation, "Docker Pipeline" and "Kubernetes Pipeline", the `image` attribute of a step.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the name of a step that has no image."""
        del graph
        image = subject.node.at("image")
        written = image is not None and not (subject.image is None and not image.items() and not list(image.pairs()))
        if written and (subject.image is None or subject.image.text):
            return  # of the wrong shape, if anything
        if not pack.needs_image(subject.pipeline.runner) or has_slip(subject.node, "image"):
            return
        name = "" if subject.name is None else f" `{subject.name.text}`"
        yield self.finding(
            f"{subject.noun}{name} has no `image`",
            subject.node.key("image") or subject.head,
            f"the runner refuses the pipeline: it runs each {subject.noun} in a container of an image",
            help="add `image:` with the image that has the tools for it",
            subject=subject.pipeline,
        )
