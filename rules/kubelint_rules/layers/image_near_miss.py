"""layers/image-near-miss."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.containers import ImageBuild, ImageUse, is_known
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import NameIndex, did_you_mean
from kubelint.systems.kubernetes.image import parse_image
from kubelint.tree.node import Scalar


class ImageNearMiss(Rule[ImageUse]):
    """A container runs an image whose name is almost that of an image which is built in this repository.

    ## Why
    A pipeline, or a compose file, builds and pushes one name, and manifests pull another: the cluster keeps running an
    image that nobody builds any more, or cannot pull it at all.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: release
    steps:
      - name: image
        image: plugins/docker
        settings:
          repo: registry.example.com/shop/checkout
          tags: latest
    ```
    ```yaml deploy/checkout.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: checkout
    spec:
      selector: {matchLabels: {app: checkout}}
      template:
        metadata: {labels: {app: checkout}}
        spec:
          containers:
            - name: checkout
              image: registry.example.com/shop/chekout:latest
    ```
    ```dockerfile Dockerfile
    FROM nginx:1.27
    ```

    ## Stays silent when
    - the name is built, whatever its tag
    - registry or owner differ in more than a slip: it is another image
    - a variable is part of it, or it is one of the Docker Official Images

    ## Source
    Kubernetes documentation, "Images"; Docker documentation, "docker image tag".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: ImageUse, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the name is a near miss of one that is built."""
        built, index = graph.once("built image names", lambda: _built(graph))
        if not built or not is_known(subject.node.text):
            return
        wanted = parse_image(subject.node.text)
        name = str(wanted)
        if name in built or wanted.repository.startswith("library/"):
            return
        near = index.nearest(name)
        if near:
            node = built[near[0]]
            yield self.finding(
                f"no image `{wanted.repository}` is built here",
                subject.node,
                did_you_mean([node.text]),
                related=[(node, "this image is built")],
                help=f"write `{node.text}`",
                subject=subject.resource,
            )


def _built(graph: Graph) -> tuple[dict[str, Scalar], NameIndex]:
    found = {
        str(parse_image(build.image.text)): build.image
        for build in graph.subjects(ImageBuild)
        if build.image is not None and is_known(build.image.text)
    }
    return found, NameIndex(found)
