"""What an image holds: the files that its stages copy from the context, its ports, and the texts that start it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from kubelint.graph.containers import ImageBuild, ImageContents, PlacedFile, is_known
from kubelint.paths import join, normalise
from kubelint.repository import Repository
from kubelint.systems.docker.model import Dockerfile
from kubelint.tree import dockerfile as tree
from kubelint.tree.node import Scalar

#: Stages that are followed through ``COPY --from``, and files that one image may be asked for.
MAX_STEPS = 20
MAX_FILES = 400
_STARTING = frozenset({"CMD", "ENTRYPOINT", "ENV", "HEALTHCHECK", "ARG", "RUN"})


class Contents:
    """The files of the stages of one Dockerfile in one context."""

    def __init__(self, repository: Repository, dockerfile: Dockerfile, context: str) -> None:
        self.repository = repository
        self.dockerfile = dockerfile
        self.context = context
        self._files: dict[int, list[PlacedFile]] = {}

    def files(self, stage: tree.Stage, depth: int = 0) -> list[PlacedFile]:
        """Return what a stage holds of the repository, what it has from the stage below first."""
        known = self._files.get(stage.number)
        if known is not None:
            return known
        self._files[stage.number] = found = []
        below = self.dockerfile.parent(stage)
        if below is not None and depth < MAX_STEPS:
            found += self.files(below, depth + 1)
        for instruction, directory in with_directories(self.dockerfile, stage):
            if instruction.name in ("ADD", "COPY") and len(found) < MAX_FILES:
                found += self._copied(stage, instruction, directory, depth)
        return found

    def _copied(
        self, stage: tree.Stage, instruction: tree.Instruction, directory: str | None, depth: int
    ) -> Iterator[PlacedFile]:
        if len(instruction.arguments) < 2:
            return
        *sources, destination = instruction.arguments
        target = absolute(destination.text, directory)
        if target is None:
            return
        flag = instruction.flag("from")
        into = destination.text.endswith("/") or destination.text in (".", "./") or len(sources) > 1
        for heredoc in instruction.heredocs:
            yield PlacedFile(heredoc.marker, None, _inside(target, heredoc.delimiter, into))
        for source in sources:
            if source.text.startswith("<<"):
                continue
            if flag is None:
                yield from self._from_context(source, target, into)
            elif flag.value is not None:
                yield from self._from_stage(stage, flag.value, source, target, into, depth)

    def _from_context(self, source: Scalar, target: str, into: bool) -> Iterator[PlacedFile]:
        text = source.text
        if not is_known(text) or "://" in text or text.startswith("git@"):
            yield PlacedFile(source, None, target)
            return
        for path in self._expanded(normalise(text.lstrip("/"))):
            full = join(self.context, path) if path else self.context
            if not self.repository.is_file(full):
                yield PlacedFile(source, full, target)  # of a folder its contents are copied
            else:
                name = path.rpartition("/")[2]
                yield PlacedFile(source, full, _inside(target, name, into or self._is_folder(target)))

    def _expanded(self, path: str) -> list[str]:
        if not any(mark in path for mark in "*?["):
            return [path]
        from fnmatch import fnmatchcase

        folder, _, pattern = path.rpartition("/")
        if any(mark in folder for mark in "*?["):
            return []
        names = self.repository.names(join(self.context, folder) if folder else self.context)
        return [f"{folder}/{name}" if folder else name for name in names if fnmatchcase(name, pattern)][:MAX_FILES]

    @staticmethod
    def _is_folder(target: str) -> bool:
        """Tell whether a path is a folder that images of servers have."""
        return target.rstrip("/").endswith(("/conf.d", "/sites-enabled", "/sites-available", "/templates", "/html"))

    def _from_stage(
        self, stage: tree.Stage, name: Scalar, source: Scalar, target: str, into: bool, depth: int
    ) -> Iterator[PlacedFile]:
        other = self.dockerfile.stage(name.text)
        path = absolute(source.text, "/")
        if other is None or other.number >= stage.number or path is None or depth >= MAX_STEPS:
            yield PlacedFile(source, None, target)
            return
        found = False
        for file in reversed(self.files(other, depth + 1)):
            if file.source is None:
                continue
            within = _relative(path, file.target)
            if within is not None:
                full = join(file.source, within) if within else file.source
                # What a build step makes there is not the repository's, though it lies in the same folder.
                if self.repository.exists(full) and (within or file.target == path):
                    name_in = full.rpartition("/")[2]
                    is_file = self.repository.is_file(full)
                    yield PlacedFile(source, full, _inside(target, name_in, into and is_file))
                    found = True
                break
            if _relative(file.target, path) is not None:
                below = _relative(file.target, path) or ""
                yield PlacedFile(source, file.source, posixpath.join(target, below).rstrip("/"))
        if not found:
            yield PlacedFile(source, None, target)


def _inside(target: str, name: str, into: bool) -> str:
    return posixpath.join(target, name) if into else target


def _relative(path: str, folder: str) -> str | None:
    """Return a path relative to a folder that holds it; None where it lies elsewhere."""
    folder = folder.rstrip("/")
    if path.rstrip("/") == folder:
        return ""
    return path[len(folder) + 1 :] if path.startswith(f"{folder}/") else None


def absolute(text: str, directory: str | None) -> str | None:
    """Return the path in the image that a text means; None where it is not known."""
    if not is_known(text):
        return None
    if text.startswith("/"):
        return posixpath.normpath(text)
    return None if directory is None else posixpath.normpath(posixpath.join(directory, text))


def with_directories(dockerfile: Dockerfile, stage: tree.Stage) -> Iterator[tuple[tree.Instruction, str | None]]:
    """Yield the instructions of a stage, each with the working directory in effect; None where that is not known."""
    below = dockerfile.parent(stage)
    directory: str | None = None
    if below is not None:
        directory = final_directory(dockerfile, below)
    elif stage.image is not None and stage.image.text.lower() == "scratch":
        directory = "/"
    for instruction in stage.instructions:
        if instruction.name == "WORKDIR" and instruction.arguments:
            directory = absolute(instruction.arguments[0].text, directory)
        yield instruction, directory


def final_directory(dockerfile: Dockerfile, stage: tree.Stage) -> str | None:
    """Return the working directory at the end of a stage; None where it is not known."""
    directory: str | None = None
    chain = [stage]
    while (below := dockerfile.parent(chain[-1])) is not None and len(chain) < MAX_STEPS:
        chain.append(below)
    for each in reversed(chain):
        for instruction in each.instructions:
            if instruction.name == "WORKDIR" and instruction.arguments:
                directory = absolute(instruction.arguments[0].text, directory)
    return directory


def exposed_ports(dockerfile: Dockerfile, stage: tree.Stage) -> Iterator[tuple[int, Scalar]]:
    """Yield the TCP ports that a stage and those below it expose."""
    current: tree.Stage | None = stage
    while current is not None:
        for instruction in current.instructions:
            if instruction.name == "EXPOSE":
                for word in instruction.arguments:
                    number, _, protocol = word.text.partition("/")
                    first, _, last = number.partition("-")
                    if not first.isdecimal() or len(first) > 5 or protocol.lower() not in ("", "tcp"):
                        continue
                    end = int(last) if last.isdecimal() and len(last) <= 5 else int(first)
                    for port in range(int(first), min(end, int(first) + 1000) + 1):
                        yield port, word
        current = dockerfile.parent(current)


def describe(repository: Repository, dockerfile: Dockerfile, build: ImageBuild) -> ImageContents | None:
    """Return what is known of the image that a build makes; None where its stage is not known."""
    target = None if build.target is None else build.target.text
    if dockerfile.unit.incomplete or (target is not None and not is_known(target)):
        return None
    stage = dockerfile.stage(target)
    if stage is None:
        return None
    files = tuple(Contents(repository, dockerfile, build.context).files(stage))
    texts: list[str] = []
    unknown_ports = False
    current: tree.Stage | None = stage
    while current is not None:
        for instruction in current.instructions:
            if instruction.name in _STARTING and instruction.rest is not None:
                texts.append(instruction.rest.text)
                texts += [heredoc.body.text for heredoc in instruction.heredocs]
            unknown_ports = unknown_ports or (
                instruction.name == "EXPOSE" and any(not is_known(word.text) for word in instruction.arguments)
            )
        current = dockerfile.parent(current)
    exposed = () if unknown_ports else tuple(exposed_ports(dockerfile, stage))
    return ImageContents(dockerfile, dockerfile.base_image(stage), files, exposed, tuple(texts))
