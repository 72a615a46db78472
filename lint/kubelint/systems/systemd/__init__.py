"""systemd: the variables that service units and their drop-ins set for daemons such as Docker and containerd."""

from __future__ import annotations

from collections.abc import Iterable

from kubelint.files import INI, RepositoryFile
from kubelint.graph.model import Document
from kubelint.system import Assembly, System


class SystemdSystem(System):
    """Detects unit files and drop-ins that set variables; makes one unit of each."""

    name = "systemd"
    order = 15
    syntaxes = frozenset({INI})

    def detect(self, file: RepositoryFile) -> Iterable[Document]:
        """Return the whole file where it is a service's and sets variables."""
        from kubelint.systems.systemd.detect import detect

        return detect(file)

    def assemble(self, assembly: Assembly) -> None:
        """Add each file with the variables that its daemon gets."""
        from kubelint.systems.systemd.detect import assemble

        assemble(assembly)


SYSTEM = SystemdSystem()
