"""What is known of images by their names alone."""

from __future__ import annotations

from kubelint_schemas import docker


def is_official(image: str) -> bool:
    """Tell whether an image is ``scratch`` or one of the Docker Official Images, with whatever tag.

    None of these has a HEALTHCHECK: their maintainers leave it to users (docker-library/faq, "healthcheck").
    """
    name = image.removeprefix("docker.io/").removeprefix("library/")
    return name.partition("@")[0].partition(":")[0].lower() in docker.official_images()
