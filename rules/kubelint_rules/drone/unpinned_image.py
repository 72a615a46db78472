"""drone/unpinned-image."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import CONTAINER_TYPES, DroneStep
from kubelint.systems.kubernetes.image import DEFAULT_TAG, parse_image


class UnpinnedImage(Rule[DroneStep]):
    """A step runs whatever image has the tag `latest` today.

    ## Why
    A build of the same commit may run with other tools tomorrow, and fail for no reason in the repository. Drone pulls
    such an image on every run.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: test
      image: golang
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - the image has a tag or a digest
    - the image holds a variable or a placeholder

    ## Source
    Drone documentation, "Images"; Docker documentation, "docker image pull".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at an image without tag, or with `latest`."""
        del graph
        image = subject.image
        if image is None or image.opaque or "$" in image.text or subject.pipeline.runner not in CONTAINER_TYPES:
            return
        if parse_image(image.text).effective_tag == DEFAULT_TAG:
            yield self.finding(
                f"`{image.text}` is another image tomorrow",
                image,
                "the tag `latest` moves",
                help="write the version that the step is meant for",
                subject=subject.pipeline,
            )
