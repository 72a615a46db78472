"""kubernetes/floating-image-tag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.image import is_built, parse_image
from kubelint.systems.kubernetes.pod import Container


class FloatingImageTag(Rule[Container]):
    """An image has no tag or `latest`: which version runs depends on when a node last pulled it.

    ## Why
    Two pods of one Deployment may run two versions, a rollback changes nothing because the manifest did not change, and
    nobody can say what ran last week.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 2
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: registry.example.com:5000/shop/web
    ```

    ## Stays silent when
    - a digest is written, whatever the tag says: the digest decides
    - the tag or the image is only known later (a placeholder)
    - Skaffold builds the image: `skaffold.yaml` names it, and the tag is written when it deploys

    The port of a registry is no tag: `registry.example.com:5000/web` has none.

    ## Source
    Kubernetes documentation, "Images", section "Image names".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """Which tags float."""

        tags: tuple[str, ...] = option(("latest",), "Tags that are moved from version to version.")

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the image."""
        image = subject.node.scalar("image")
        if image is None or image.opaque or not image.text.strip():
            return
        reference = parse_image(image.text)
        if reference.effective_tag not in self.options.tags or is_built(graph, image.text):
            return
        moves = f"`{reference.tag}` is moved from version to version"
        yield self.finding(
            f"container `{subject.label}` runs whatever version its image's tag points at",
            image,
            "has no tag, which means `latest`" if reference.tag is None else moves,
            help="write the tag of a version, or a digest",
            subject=subject.owner,
        )
