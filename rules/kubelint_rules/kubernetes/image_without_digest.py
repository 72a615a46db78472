"""kubernetes/image-without-digest."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.image import is_built, parse_image
from kubelint.systems.kubernetes.pod import Container


class ImageWithoutDigest(Rule[Container]):
    """An image is named by its tag alone, which its registry may point at something else.

    ## Why
    A tag is a name that whoever may push can move. Only a digest says which bytes run, so that what was reviewed and
    scanned is what is started.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27.3
    ```

    ## Stays silent when
    - the image is only known later (a placeholder), or Skaffold builds it and writes the digest when it deploys

    ## Source
    Kubernetes documentation, "Images", section "Image names".
    """

    severity = Severity.INFO
    group = Group.SECURITY

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the image."""
        image = subject.node.scalar("image")
        if image is None or image.opaque or not image.text.strip() or parse_image(image.text).digest is not None:
            return
        if is_built(graph, image.text):
            return
        yield self.finding(
            f"the image of container `{subject.label}` is not pinned by digest",
            image,
            "the tag may be moved",
            help="add the digest: `image:tag@sha256:…`",
            subject=subject.owner,
        )
