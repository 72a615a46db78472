"""Which files are service units or drop-ins, and what they set in the environment of their daemon."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.files import RepositoryFile
from kubelint.graph.model import Document, Unit
from kubelint.system import Assembly
from kubelint.systems.systemd.model import SYSTEM, ServiceFile
from kubelint.systems.systemd.read import read_environment

_ENVIRONMENT = re.compile(r"^[ \t]*Environment[ \t]*=", re.MULTILINE)


def detect(file: RepositoryFile) -> Iterator[Document]:
    """Yield a document for a service unit, or for a drop-in of one, that sets variables."""
    if not _ENVIRONMENT.search(file.text):
        return
    folder = file.directory.rpartition("/")[2]
    if file.name.endswith(".service"):
        kind, evidence = "service unit", "file name and `Environment=`"
    elif file.name.endswith(".conf"):
        kind = "service drop-in"
        evidence = f"`Environment=` in `{folder}`" if folder.endswith(".d") else "file name and `Environment=`"
    else:
        return
    yield Document(SYSTEM, kind, file.source, None, evidence, 0, len(file.text))


def assemble(assembly: Assembly) -> None:
    """Add each file, and what it sets as subjects of the rules on variables."""
    for document in assembly.of(SYSTEM):
        assembly.take(document)
        unit = assembly.graph.add_unit(Unit(document.kind, document.source.path))
        file = ServiceFile(unit, document, read_environment(document.source))
        assembly.graph.add(file)
        for name, value in file.environment.assignments:
            place = f"{document.kind} {document.source.path}"
            assembly.graph.add_variable(name.text, name, value, file, place)
