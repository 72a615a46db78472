"""drone/malformed-image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import Span
from kubelint.systems.drone.model import CONTAINER_TYPES, DroneStep
from kubelint.tree.node import Scalar

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_DIGEST = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}\Z")
_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*\Z")
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?\Z|\[[0-9a-fA-F:]+\](?::[0-9]+)?\Z")


class MalformedImage(Rule[DroneStep]):
    """The image of a step is no name that Docker takes.

    ## Why
    The runner cannot pull it: "invalid reference format". Names are in lower case, a tag follows one colon, there is no
    space and no `https://`.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: test
      image: golang:1.22:alpine
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - the image holds a variable or a placeholder
    - the pipeline's type runs no images

    ## Source
    distribution, "Reference grammar".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the part of the image that is wrong."""
        del graph
        image = subject.image
        if image is None or image.opaque or not image.text or "$" in image.text:
            return
        if subject.pipeline.runner not in CONTAINER_TYPES:
            return
        found = _fault(image)
        if found is not None:
            place, why, help_text = found
            yield self.finding(
                f"`{image.text}` is no image that can be pulled",
                place,
                why,
                help=help_text,
                subject=subject.pipeline,
            )


def _fault(image: Scalar) -> tuple[Span, str, str] | None:
    """Return where an image reference is wrong, why, and an advice; None where it is right."""
    text = image.text
    if "://" in text:
        end = text.index("://") + 3
        return image.part(0, end), "an image has no scheme", f"write `{text[end:]}`"
    for place, character in enumerate(text):
        if character.isspace():
            return image.part(place, place + 1), "there is a space in it", "remove the space"
    name, at, digest = text.partition("@")
    if at and not _DIGEST.match(digest):
        return image.part(len(name) + 1, len(text)), "this is no digest", "write `sha256:` and 64 digits"
    slash, colon = name.rfind("/"), name.rfind(":")
    tag = ""
    if colon > slash:
        name, tag = name[:colon], name[colon + 1 :]
        if not _TAG.match(tag):
            return image.part(colon, colon + 1 + len(tag)), "this is no tag", "write a tag behind the colon, or none"
    parts = name.split("/")
    first = 0
    if len(parts) > 1 and (
        "." in parts[0] or ":" in parts[0] or parts[0] == "localhost" or parts[0] != parts[0].lower()
    ):
        if not _HOST.match(parts[0]):
            return image.part(0, len(parts[0])), "this is no registry", "write the registry's host name"
        first = 1
    offset = sum(len(part) + 1 for part in parts[:first])
    for part in parts[first:]:
        if not _COMPONENT.match(part):
            if part != part.lower() and _COMPONENT.match(part.lower()):
                return image.part(offset, offset + len(part)), "names are in lower case", f"write `{part.lower()}`"
            if ":" in part:
                return image.part(offset, offset + len(part)), "there is more than one tag", "keep one tag"
            return (
                image.part(offset, offset + len(part)),
                "this is no part of a name",
                "write it as the registry has it",
            )
        offset += len(part) + 1
    return None
