"""Which files are Dockerfiles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.graph.model import Document
from kubelint.repository import DOCKERFILE, RepositoryFile

_TEMPLATE_NAME = re.compile(r".*\.(?:erb|gotmpl|in|j2|jinja2?|mustache|template|tmpl|tpl)\Z", re.IGNORECASE)
#: Templates begin lines with their own statements; ``{{ }}`` inside a line is a format of ``docker inspect`` as well.
_TEMPLATE_LINE = re.compile(r"^[ \t]*(?:\{%|\{\{|<%)", re.MULTILINE)


def detect(file: RepositoryFile) -> Iterator[Document]:
    """Yield the Dockerfile that a file is; nothing for other files and for templates of Dockerfiles."""
    if file.syntax != DOCKERFILE or _TEMPLATE_NAME.match(file.name) or _TEMPLATE_LINE.search(file.text):
        return
    if not file.text.strip():
        return
    source = file.source
    yield Document("docker", "Dockerfile", source, None, "file name", 0, len(source.text), content=file.dockerfile)
