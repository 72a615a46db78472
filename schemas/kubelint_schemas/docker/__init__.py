"""What is known of images by their names alone: the Docker Official Images, and on which ports images listen.

Source: docker-library/official-images; the ``EXPOSE`` of the images and the pages that describe them.
"""

from __future__ import annotations

from functools import cache

from kubelint_schemas.data import read_json


@cache
def official_images() -> frozenset[str]:
    """Return the names of the Docker Official Images, and ``scratch``."""
    return frozenset(read_json(__file__, "official-images.json"))


@cache
def _listening_ports() -> dict[str, frozenset[int]]:
    return {name: frozenset(ports) for name, ports in read_json(__file__, "listening-ports.json").items()}


def listening_ports(image: str) -> frozenset[int]:
    """Return the TCP ports that an image listens on unless it is told otherwise; empty for one that is not well known.

    The tag does not count, and may hold a variable.
    """
    name = image.partition("@")[0].partition("$")[0]
    if name.rfind(":") > name.rfind("/"):
        name = name[: name.rfind(":")]
    elif "$" in image:
        return frozenset()
    return _listening_ports().get(name.removeprefix("docker.io/").removeprefix("library/"), frozenset())
