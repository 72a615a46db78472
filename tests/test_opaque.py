"""Which values count as templates, so that no rule says anything about them."""

from __future__ import annotations

import pytest

from kubelint.tree.opaque import is_opaque


@pytest.mark.parametrize(
    "text",
    [
        "{{ .Values.port }}",
        "web-{{ item }}",
        "{% if x %}a{% endif %}",
        "${PORT}",
        "<your-domain>",
        "@@IMAGE@@",
        "<%= port %>",
    ],
)
def test_placeholders_are_opaque(text: str) -> None:
    assert is_opaque(text)


@pytest.mark.parametrize(
    "text", ['{"labels": {"app": "web"}}', "a }} b", "$(HOST)", "$HOME", "a < b", "postgres@db", "100%", "__main__.py"]
)
def test_what_only_looks_like_one_is_a_value(text: str) -> None:
    """The last braces of JSON in one line are no end of a template: there is no start."""
    assert not is_opaque(text)
