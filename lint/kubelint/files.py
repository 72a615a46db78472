"""One file: with which syntax its name says that it is read, its text, and its trees when first asked for (floor 2)."""

from __future__ import annotations

import marshal
import re
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from kubelint.source import BOM, SourceFile, Span
from kubelint.tree.compact import MAX_ALIAS_EXPANSION, MAX_DEPTH, CompactStream
from kubelint.tree.problem import Problem, Undecodable

if TYPE_CHECKING:
    from kubelint.tree.dockerfile import Dockerfile
    from kubelint.tree.dotenv import Dotenv
    from kubelint.tree.ini import IniFile
    from kubelint.tree.nginx import NginxFile
    from kubelint.tree.yaml import YamlStream

#: Files that are read as they are: braces in them are for a plugin, and no template that is rendered first.
NEVER_RENDERED = frozenset({".drone.yml", ".drone.yaml"})
YAML, JSON, INI, DOCKERFILE, DOTENV, NGINX = "yaml", "json", "ini", "dockerfile", "dotenv", "nginx"
#: Endings of configuration that a template engine makes: known as nginx's, counted, and not read.
NGINX_TEMPLATES = (".conf.erb", ".conf.j2", ".conf.jinja2", ".conf.tmpl", ".conf.tpl")
#: Folders in which people keep configuration of nginx.
_NGINX_FOLDERS = frozenset({"nginx", ".nginx", "sites-available", "sites-enabled"})
#: ``Dockerfile``, ``Dockerfile.dev``, ``Dockerfile-alpine``, ``api.Dockerfile``.
_DOCKERFILE = re.compile(r"(?:dockerfile|containerfile)(?:[._-].*)?\Z|.*\.(?:dockerfile|containerfile)\Z", re.DOTALL)
#: What has such a name and is a text about Dockerfiles, a program that reads them or a packed file.
_NO_DOCKERFILE = (
    *(".dockerignore", ".md", ".rst", ".txt", ".adoc", ".html", ".sh", ".bash", ".ps1", ".bat", ".py", ".go", ".js"),
    *(".ts", ".tsx", ".jsx", ".mjs", ".cjs", ".rs", ".rb", ".java", ".kt", ".c", ".h", ".cc", ".cpp", ".cs", ".php"),
    *(".pl", ".lua", ".vim", ".el", ".toml", ".xml", ".patch", ".diff", ".orig", ".rej", ".bak", ".swp", ".lock"),
    *(".log", ".snap", ".svg", ".png", ".gz", ".xz", ".bz2", ".zst", ".zip", ".tar", ".tgz"),
)


class Limits(NamedTuple):
    """Bounds on what a file and a repository may cost; going over one is a finding that names it.

    ``total_size`` counts the characters of all texts that are read, ``total_findings`` what the rules find before
    anything is suppressed.
    """

    file_size: int = 5 * 1024 * 1024
    total_size: int = 256 * 1024 * 1024
    depth: int = MAX_DEPTH
    aliases: int = MAX_ALIAS_EXPANSION
    files: int = 200_000
    documents: int = 500_000
    hosts: int = 10_000
    objects: int = 400_000
    findings: int = 1_000
    total_findings: int = 200_000


class Skipped(NamedTuple):
    """A file that was not read, and why, in words for the user."""

    path: str
    reason: str


class RepositoryFile:
    """A file with its text and, made when first asked for, its trees."""

    def __init__(
        self,
        source: SourceFile,
        syntax: str,
        limits: Limits,
        problems: Iterable[Problem] = (),
    ) -> None:
        self.source = source
        self.syntax = syntax
        self.limits = limits
        self.reading_problems = list(problems)
        self._trees: bytes | None = None

    @property
    def path(self) -> str:
        """The path relative to the root."""
        return self.source.path

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.source.name

    @property
    def directory(self) -> str:
        """The folder, empty for the root."""
        return self.source.directory

    @property
    def text(self) -> str:
        """The text."""
        return self.source.text

    @property
    def wants_trees(self) -> bool:
        """Whether trees of another process or another run would spare work."""
        return self.syntax in (YAML, JSON) and "yaml" not in self.__dict__ and not self.reading_problems

    def take_trees(self, trees: bytes) -> None:
        """Take the compact form (:mod:`kubelint.tree.compact`) of the very text, packed by :mod:`marshal`."""
        self._trees = trees

    @cached_property
    def yaml(self) -> YamlStream:
        """The documents of a YAML (or JSON) file; an empty stream for other syntaxes."""
        from kubelint.tree.yaml import YamlStream, read_yaml, stream_of

        if self.syntax not in (YAML, JSON):
            return YamlStream()
        trees, self._trees = self._trees, None
        if trees is not None:
            documents: CompactStream | None = marshal.loads(trees)  # noqa: S302 - made by us, and kept behind a checksum
            if documents is not None:
                return stream_of(self.source, documents)
        limits = self.limits
        templates = self.name not in NEVER_RENDERED
        return read_yaml(self.source, max_depth=limits.depth, max_aliases=limits.aliases, templates=templates)

    @cached_property
    def ini(self) -> IniFile:
        """The file read as INI."""
        from kubelint.tree.ini import read_ini  # each syntax is imported when a repository has it

        return read_ini(self.source)

    @cached_property
    def dockerfile(self) -> Dockerfile:
        """The file read as a Dockerfile."""
        from kubelint.tree.dockerfile import read_dockerfile

        return read_dockerfile(self.source)

    @cached_property
    def dotenv(self) -> Dotenv:
        """The file read as compose reads ``.env`` files."""
        from kubelint.tree.dotenv import read_dotenv

        return read_dotenv(self.source)

    @cached_property
    def nginx(self) -> NginxFile:
        """The file read as configuration of nginx."""
        from kubelint.tree.nginx import read_nginx

        return read_nginx(self.source)

    def __repr__(self) -> str:
        return f"RepositoryFile({self.path!r})"


def syntax_of(path: str) -> str | None:
    """Return the syntax that a file is read with, by its name; None for files that are no configuration."""
    name = path.rpartition("/")[2]
    lower = name.lower()
    if lower.endswith((".yaml", ".yml")) or name == "Kustomization":
        return YAML
    if lower.endswith(".json"):
        return JSON
    if lower.endswith(".ini") or lower in ("hosts", "inventory", "hosts.cfg", "inventory.cfg"):
        return INI
    if lower.endswith(".service") or (lower.endswith(".conf") and _is_drop_in(path.lower())):
        return INI
    if _DOCKERFILE.match(lower):
        return None if lower.endswith(_NO_DOCKERFILE) else DOCKERFILE
    if lower == ".env" or lower.startswith(".env.") or lower.endswith(".env"):
        return DOTENV
    if lower.endswith((".conf", ".conf.template", *NGINX_TEMPLATES)):
        known = "nginx" in lower or not _NGINX_FOLDERS.isdisjoint(path.split("/")[:-1])
        return NGINX if known else None
    if "." not in name and any(part in ("group_vars", "host_vars") for part in path.split("/")[:-1]):
        return YAML
    return None


def _is_drop_in(path: str) -> bool:
    """Tell whether a path is that of a drop-in of a systemd service (``docker.service.d/http-proxy.conf``)."""
    folder, _, name = path.rpartition("/")
    return folder.endswith(".service.d") or name == "http-proxy.conf"


def decode(path: str, raw: bytes) -> tuple[SourceFile, list[Problem]]:
    """Return the text of the bytes: UTF-8 or, with a byte order mark, UTF-16; what cannot be decoded is a problem."""
    encoding = "utf-8"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        text = raw.decode(encoding)
        return SourceFile(path, text.removeprefix(BOM), marked=text.startswith(BOM)), []
    except UnicodeDecodeError as error:
        source = SourceFile(path, raw.decode(encoding, errors="replace").removeprefix(BOM))
        offset = source.text.find("\ufffd")
        offset = max(offset, 0)
        message = (
            f"the byte 0x{raw[error.start]:02x} is not {encoding.upper()} text"
            if error.start < len(raw)
            else "cut short"
        )
        help_text = "save the file as UTF-8"
        span = Span(source, offset, min(offset + 1, len(source.text)))
        return source, [Undecodable(message, span, None, help_text)]
