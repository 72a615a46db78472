"""Image references: registry, repository, tag and digest.

A build tool may bring the tag when it deploys: Skaffold replaces the images of its artifacts.

Source: distribution, "Reference grammar" (`[domain/]path[:tag][@digest]`); Kubernetes documentation, "Images";
Skaffold documentation, "skaffold.yaml", field `build.artifacts`.
"""

from __future__ import annotations

from typing import NamedTuple

from kubelint.graph.query import Graph

DEFAULT_REGISTRY = "docker.io"
DEFAULT_TAG = "latest"


class ImageReference(NamedTuple):
    """The parts of an image reference; ``tag`` and ``digest`` are None where they are not written."""

    registry: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def effective_tag(self) -> str | None:
        """The tag that is pulled: ``latest`` where none is written; None where the digest alone decides."""
        if self.digest is not None:
            return None
        return DEFAULT_TAG if self.tag is None else self.tag

    def __str__(self) -> str:
        return f"{self.registry}/{self.repository}"


def parse_image(text: str) -> ImageReference:
    """Return the parts of an image reference; never raises: a text that is none is all repository.

    A colon belongs to a tag only behind the last slash: ``registry:5000/web`` has a port and no tag. The first part is
    a registry if it could be a host: it has a dot or a colon, or is ``localhost``; else the image is Docker Hub's, and
    in ``library/`` where it has one part only.
    """
    name, _, digest = text.strip().partition("@")
    tag: str | None = None
    slash, colon = name.rfind("/"), name.rfind(":")
    if colon > slash:
        name, tag = name[:colon], name[colon + 1 :]
    first, separator, rest = name.partition("/")
    if separator and ("." in first or ":" in first or first == "localhost"):
        registry, repository = first, rest
    else:
        registry, repository = DEFAULT_REGISTRY, name if separator else f"library/{name}"
    if registry == "index.docker.io":
        registry = DEFAULT_REGISTRY
    return ImageReference(registry, repository, tag or None, digest or None)


def is_built(graph: Graph, image: str) -> bool:
    """Tell whether Skaffold builds an image of that name here: it writes tag and digest when it deploys."""
    return image in graph.once("built images", lambda: _artifacts(graph))


def _artifacts(graph: Graph) -> frozenset[str]:
    return frozenset(
        name
        for file in graph.repository.files
        if file.name.startswith("skaffold") and file.name.endswith((".yaml", ".yml"))
        for document in file.yaml.documents
        if document.root is not None and (document.root.text_at("apiVersion") or "").startswith("skaffold/")
        for artifact in document.root.items_at("build", "artifacts")
        if (name := artifact.text_at("image")) is not None
    )
