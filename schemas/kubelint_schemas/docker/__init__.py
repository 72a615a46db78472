"""What is known of images by their names alone: the Docker Official Images (docker-library/official-images)."""

from __future__ import annotations

from functools import cache

from kubelint_schemas.data import read_json


@cache
def official_images() -> frozenset[str]:
    """Return the names of the Docker Official Images, and ``scratch``."""
    return frozenset(read_json(__file__, "official-images.json"))
