"""Which files are Dockerfiles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.files import RepositoryFile
from kubelint.graph.model import Document
from kubelint.tree.dockerfile_instruction import INSTRUCTIONS

_TEMPLATE_NAME = re.compile(r".*\.(?:erb|gotmpl|in|j2|jinja2?|mustache|template|tmpl|tpl)\Z", re.IGNORECASE)
#: Docker takes these without being told; ``Dockerfile.install`` without a ``FROM`` is a part that others are made of.
_WHOLE = frozenset({"dockerfile", "containerfile"})
#: Templates begin lines with their own statements; ``{{ }}`` inside a line is a format of ``docker inspect`` as well.
_TEMPLATE_LINE = re.compile(r"^[ \t]*(?:\{%|\{\{|<%)", re.MULTILINE)


def detect(file: RepositoryFile) -> Iterator[Document]:
    """Yield the Dockerfile that a file is; nothing for other files and for templates and parts of Dockerfiles."""
    if not file.text.strip() or is_template(file):
        return
    source = file.source
    yield Document("docker", "Dockerfile", source, None, "file name", 0, len(source.text), content=file.dockerfile)


def is_template(file: RepositoryFile) -> bool:
    """Tell whether a Dockerfile is only made of this file: by a template engine, or by putting parts together."""
    if _TEMPLATE_NAME.match(file.name) or _TEMPLATE_LINE.search(file.text):
        return True
    tree = file.dockerfile
    if file.name.lower() in _WHOLE or tree.stages or not tree.preamble:
        return False
    return all(instruction.name in INSTRUCTIONS for instruction in tree.preamble)
