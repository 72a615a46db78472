"""nginx: what a configuration file listens on, serves and passes requests to."""

from __future__ import annotations

from collections.abc import Iterable

from kubelint.files import NGINX, RepositoryFile
from kubelint.graph.model import Document
from kubelint.graph.query import Graph
from kubelint.system import Assembly, System


class NginxSystem(System):
    """Detects configuration files by name and content; those of other names are known by where images get them."""

    name = "nginx"
    order = 45  # behind those that place files in containers
    syntaxes = frozenset({NGINX})
    reads = frozenset({"nginx", "docker", "compose"})  # which place files that go by any name

    def detect(self, file: RepositoryFile) -> Iterable[Document]:
        """Return the configuration file."""
        from kubelint.systems.nginx.detect import detect

        return detect(file)

    def is_template(self, file: RepositoryFile) -> bool:
        """Tell whether a configuration file is only made of this file."""
        from kubelint.systems.nginx.detect import is_template

        return is_template(file)

    def assemble(self, assembly: Assembly) -> None:
        """Make a unit of each file, and know where it lies in which container."""
        from kubelint.systems.nginx.assemble import assemble

        assemble(assembly)

    def link(self, graph: Graph) -> None:
        """Find the hosts and ports that requests are passed to."""
        from kubelint.systems.nginx.links import link

        link(graph)


SYSTEM = NginxSystem()
