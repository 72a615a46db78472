"""Which files are compose files.

By name where the content does not speak against it, else by content: ``services`` whose values look like services, and
nothing beside it that Compose does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.files import RepositoryFile
from kubelint.graph.model import Document
from kubelint.suggest import nearest
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.yaml import YamlDocument

BASE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDE_NAMES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)

SECTIONS = frozenset(
    {"configs", "include", "jobs", "models", "name", "networks", "secrets", "services", "version", "volumes"}
)

_NAME = re.compile(r"(?:docker-compose[^/]*|compose(?:[._-][^/]*)?)\.ya?ml\Z")
_SUFFIXES = re.compile(r".*(?:[._-]compose|docker-stack)\.ya?ml\Z")
#: Keys of a service that say on their own what it is.
_SOURCES = ("image", "build")
_TELLING = frozenset(
    {
        *("build", "command", "container_name", "depends_on", "deploy", "entrypoint", "env_file", "environment"),
        *("expose", "extends", "healthcheck", "image", "links", "network_mode", "networks", "ports", "profiles"),
        *("restart", "volumes"),
    }
)
#: Folders whose files belong to somebody else, whatever they are called.
_FOREIGN = frozenset({".github", ".circleci", ".gitlab"})


def detect(file: RepositoryFile) -> Iterator[Document]:
    """Yield the documents of a compose file; nothing for any other file."""
    named = is_named(file.path)
    if not named and "services:" not in file.text and '"services"' not in file.text:
        return
    for document in file.yaml.documents:
        evidence = _evidence(document, named)
        if evidence is not None:
            yield Document(
                "compose",
                "compose file",
                file.source,
                document.root,
                evidence,
                document.start,
                document.end,
                document.broken,
            )


def is_named(path: str) -> bool:
    """Tell whether a path is one that a compose file usually has."""
    *folders, name = path.split("/")
    if _FOREIGN.intersection(folders):
        return False
    return _NAME.match(name) is not None or _SUFFIXES.match(name) is not None


def _evidence(document: YamlDocument, named: bool) -> str | None:
    """Return why a document is Compose's; None where it is not."""
    root = document.root
    if root is None:
        return "file name" if named and document.broken else None
    if not isinstance(root, Mapping) or ("apiVersion" in root and "kind" in root):
        return None
    if named and (_has_section(root) or v1_services(root)):
        return "file name"
    return "services with an image or a build" if _looks_like(root) else None


def _has_section(root: Mapping) -> bool:
    services = root.get("services")
    if services is not None:
        return isinstance(services, Mapping) or (isinstance(services, Scalar) and services.is_null)
    if any(nearest(key.text, ("services",)) and isinstance(value, Mapping) for key, value in root.pairs()):
        return True  # `service:` in a file of this name is a slip
    if not any(name in root for name in ("include", "networks", "volumes", "secrets", "configs")):
        return False
    # Without services it takes more to tell: a pipeline file may `include` as well.
    return all(key.text in SECTIONS or key.text.startswith("x-") for key, _ in root.pairs())


def v1_services(root: Mapping) -> list[Scalar]:
    """Return the names of services that stand at the top level, as in files of before 2016."""
    if "services" in root:
        return []
    found = []
    for key, value in root.pairs():
        if key.text in SECTIONS or key.text.startswith("x-"):
            continue
        if not _is_service(value):
            return []
        found.append(key)
    return found


def _is_service(node: Node) -> bool:
    return isinstance(node, Mapping) and any(isinstance(node.get(name), Scalar | Mapping) for name in _SOURCES)


def _looks_like(root: Mapping) -> bool:
    services = root.get("services")
    if not isinstance(services, Mapping) or not len(services):
        return False
    for key, _ in root.pairs():
        if key.text not in SECTIONS and not key.text.startswith("x-") and not nearest(key.text, SECTIONS):
            return False
    any_source = False
    for _, value in services.pairs():
        if isinstance(value, Scalar) and value.is_null:
            continue
        if not isinstance(value, Mapping) or not any(name in value for name in _TELLING):
            return False
        any_source = any_source or _is_service(value)
    return any_source
