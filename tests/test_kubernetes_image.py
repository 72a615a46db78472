"""Image references are read as a registry client reads them."""

from __future__ import annotations

import pytest

from kubelint.systems.kubernetes.image import parse_image

DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("text", "name", "tag", "digest", "effective"),
    [
        ("nginx", "docker.io/library/nginx", None, None, "latest"),
        ("nginx:1.27", "docker.io/library/nginx", "1.27", None, "1.27"),
        ("grafana/grafana", "docker.io/grafana/grafana", None, None, "latest"),
        ("ghcr.io/example/web:2", "ghcr.io/example/web", "2", None, "2"),
        ("registry:5000/web", "registry:5000/web", None, None, "latest"),
        ("registry:5000/shop/web:latest", "registry:5000/shop/web", "latest", None, "latest"),
        ("localhost/web", "localhost/web", None, None, "latest"),
        ("index.docker.io/library/redis:7", "docker.io/library/redis", "7", None, "7"),
        (f"nginx@{DIGEST}", "docker.io/library/nginx", None, DIGEST, None),
        (f"registry:5000/web:latest@{DIGEST}", "registry:5000/web", "latest", DIGEST, None),
        ("[2001:db8::1]:5000/web:3", "[2001:db8::1]:5000/web", "3", None, "3"),
        ("web:", "docker.io/library/web", None, None, "latest"),
        ("", "docker.io/library/", None, None, "latest"),
    ],
)
def test_parts_of_an_image_reference(
    text: str, name: str, tag: str | None, digest: str | None, effective: str | None
) -> None:
    reference = parse_image(text)
    assert (str(reference), reference.tag, reference.digest, reference.effective_tag) == (name, tag, digest, effective)
