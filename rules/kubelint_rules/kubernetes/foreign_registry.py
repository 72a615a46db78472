"""kubernetes/foreign-registry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.image import parse_image
from kubelint.systems.kubernetes.pod import Container


class ForeignRegistry(Rule[Container]):
    """An image comes from a registry that is not among those that the configuration allows.

    ## Why
    Who runs images of a few registries only, which scan and keep them, wants to know of the one that slipped in. Says
    nothing until `registries` is set.

    ## Example
    ```yaml .kubelint.yaml
    rules:
      options:
        kubernetes/foreign-registry:
          registries: [registry.example.com, ghcr.io/example]
    ```
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27
    ```

    ## Stays silent when
    - no registries are configured
    - the image is only known later (a placeholder)

    An image without registry is Docker Hub's: `nginx` is `docker.io/library/nginx`.

    ## Source
    Kubernetes documentation, "Images", section "Image names".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """Where images may come from."""

        registries: tuple[str, ...] = option(
            (), "Registries, or registries with the start of a path, that images may come from; globs."
        )

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the image."""
        del graph
        image = subject.node.scalar("image")
        if not self.options.registries or image is None or image.opaque or not image.text.strip():
            return
        reference = parse_image(image.text)
        if any(_covers(pattern, reference.registry, reference.repository) for pattern in self.options.registries):
            return
        yield self.finding(
            f"the image of container `{subject.label}` comes from `{reference.registry}`",
            image,
            f"is `{reference}`, which none of the allowed registries covers",
            help="use an image of " + ", ".join(f"`{name}`" for name in self.options.registries),
            subject=subject.owner,
        )


def _covers(pattern: str, registry: str, repository: str) -> bool:
    """Tell whether an allowed registry, or one with the start of a path, covers an image: part for part."""
    wanted = pattern.strip("/").split("/")
    parts = [registry, *repository.split("/")]
    return len(wanted) <= len(parts) and all(fnmatchcase(part, glob) for part, glob in zip(parts, wanted, strict=False))
