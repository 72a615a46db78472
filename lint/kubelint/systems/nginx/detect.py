"""Which files are configuration of nginx."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.files import NGINX_TEMPLATES, RepositoryFile
from kubelint.graph.model import Document

#: What only a template engine writes; ``${NAME}`` is a variable of nginx, too, so it does not count.
TEMPLATE = re.compile(r"\{\{|\{%|<%|^[ \t]*@@", re.MULTILINE)
_TELLING = re.compile(
    r"^[ \t]*(?:server|http|upstream|events|location\b[^\n{]*)\s*+\{|^[ \t]*upstream[ \t]+\S+\s*\{", re.MULTILINE
)


def detect(file: RepositoryFile) -> Iterator[Document]:
    """Yield the configuration file that a file is; nothing for other files and for templates of them."""
    if is_template(file):
        return
    if file.name != "nginx.conf" and not is_nginx(file.text):
        return
    if not file.text.strip():
        return
    source = file.source
    yield Document("nginx", "nginx configuration", source, None, "file name", 0, len(source.text), content=file.nginx)


def is_template(file: RepositoryFile) -> bool:
    """Tell whether configuration is only made of this file.

    A ``.conf.template`` is none of these: images of nginx put values of the environment into it, and it reads as it is.
    """
    if not (file.name.startswith("nginx.conf") or is_nginx(file.text)):
        return False
    return file.name.endswith(NGINX_TEMPLATES) or TEMPLATE.search(file.text) is not None


def is_nginx(text: str) -> bool:
    """Tell whether a text has a block that nginx has and other servers do not write this way."""
    return _TELLING.search(text) is not None
