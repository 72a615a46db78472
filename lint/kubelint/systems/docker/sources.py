"""Whether what a Dockerfile copies is in the context that it is built with.

Source: Dockerfile reference, "COPY" and "ADD"; "Build context" of the Docker documentation. What git leaves out, what a
command makes before the build and what a script or a text beside it names is no mistake.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from kubelint.graph.absent import Mentions, in_submodule, is_ignored
from kubelint.graph.containers import ImageBuild, is_known
from kubelint.graph.query import Graph
from kubelint.paths import join, normalise
from kubelint.repository import Repository
from kubelint.suggest import nearest
from kubelint.systems.docker.ignore import IgnoreFile, ignore_file
from kubelint.systems.docker.model import Dockerfile, Flaw, SourceFault
from kubelint.tree import dockerfile as tree
from kubelint.tree.node import Scalar

#: Folders and files that builds make; nobody keeps them in a repository.
_PRODUCED = frozenset(
    {
        *(".next", ".nuxt", ".output", "_site", "app", "artifacts", "bin", "build", "builds", "classes", "coverage"),
        *("deploy", "dist", "node_modules", "out", "output", "pkg", "publish", "release", "releases", "server"),
        *("site", "static", "target", "tmp", "vendor", "wheels", "www", "main"),
    }
)
_PRODUCED_SUFFIXES = (
    ".jar",
    ".war",
    ".ear",
    ".whl",
    ".tgz",
    ".tar",
    ".gz",
    ".zip",
    ".deb",
    ".rpm",
    ".so",
    ".exe",
    ".dll",
)
#: Patterns of ignore files that are compared with sources; a bound on cost that no repository of people reaches.
MAX_COMPARISONS = 300_000
_GLOB = ("*", "?", "[")


def copied_sources(dockerfile: Dockerfile) -> Iterator[Scalar]:
    """Yield what ``COPY``, ``ADD`` and bind mounts of ``RUN`` take from the context and that is known."""
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            if instruction.name in ("ADD", "COPY") and instruction.flag("from") is None:
                for word in instruction.arguments[:-1]:
                    if is_local(word.text):
                        yield word
            elif instruction.name == "RUN":
                yield from _bound(instruction)


def _bound(instruction: tree.Instruction) -> Iterator[Scalar]:
    for flag in instruction.flags:
        kinds = {key.text: value for key, value in flag.options}
        kind = kinds.get("type")
        if flag.name.text == "mount" and "from" not in kinds and (kind is None or kind.text == "bind"):
            source = flag.option("source", "src")
            if source is not None and is_local(source.text):
                yield source


def is_local(text: str) -> bool:
    """Tell whether a source is a path in the context that is known."""
    # A backslash is a separator for Windows images only: which paths there are is not looked into.
    return is_known(text) and "\\" not in text and "://" not in text and not text.startswith(("git@", "<<"))


class Sources:
    """Judges the sources of Dockerfiles; reads each ignore file once."""

    def __init__(self, graph: Graph) -> None:
        self.repository: Repository = graph.repository
        self.mentions = Mentions(graph.repository)
        self._ignore: dict[tuple[str, str], IgnoreFile | None] = {}
        self._compared = 0

    def faults(self, dockerfile: Dockerfile, builds: list[ImageBuild]) -> Iterator[SourceFault]:
        """Yield, for each source, why the first build that does not find it fails."""
        assumed = [build for build in builds if build.assumed]
        for node in copied_sources(dockerfile):
            if assumed:
                verdicts = [self._judge(node, build) for build in assumed]
                if all(verdict is not None for verdict in verdicts) and verdicts[0] is not None:
                    yield verdicts[0]
                continue
            for build in builds:
                fault = self._judge(node, build)
                if fault is not None:
                    yield fault
                    break

    def _judge(self, node: Scalar, build: ImageBuild) -> SourceFault | None:
        path = normalise(node.text.lstrip("/") or ".")
        if path in ("", "."):
            return None
        if path == ".." or path.startswith("../"):
            inside = path.lstrip("./")
            if self.repository.exists(join(build.context, inside)):
                return None  # BuildKit takes the root of the context for what is above it
            return SourceFault(Flaw.OUTSIDE, node, path, build)
        if build.sent is not None:
            return self._sent(node, path, build, build.sent)
        if any(mark in path for mark in _GLOB):
            return None  # BuildKit goes on where a pattern matches nothing
        pattern = self._excluded(build, path)
        if pattern is not None:
            return SourceFault(Flaw.IGNORED, node, path, build, pattern=pattern)
        full = join(build.context, path)
        if full == ".." or full.startswith(("../", "/")) or self.repository.exists(full):
            return None
        near = self._near(full)
        if near is None and self._may_come(build, path, full):
            return None
        if build.assumed and self.repository.folders_with(path):
            return None  # the context may well be the folder that has it
        return SourceFault(Flaw.MISSING, node, path, build, near=near)

    def _sent(self, node: Scalar, path: str, build: ImageBuild, sent: tuple[Scalar, ...]) -> SourceFault | None:
        full = join(build.context, path)
        if any(not is_known(each.text) or _holds(each.text, full) for each in sent):
            return None
        return SourceFault(Flaw.NOT_SENT, node, path, build)

    def _excluded(self, build: ImageBuild, path: str) -> Scalar | None:
        place = (build.context, build.dockerfile)
        if place not in self._ignore:
            self._ignore[place] = ignore_file(self.repository, *place)
        found = self._ignore[place]
        if found is None or self._compared > MAX_COMPARISONS:
            return None
        self._compared += len(found.patterns)
        return found.excludes(path)

    def _near(self, full: str) -> str | None:
        folder, _, name = full.rpartition("/")
        found = nearest(name, self.repository.names(folder)) if self.repository.exists(folder) else []
        return found[0] if found else None

    def _may_come(self, build: ImageBuild, path: str, full: str) -> bool:
        """Tell whether something may put the source there before the build."""
        name = path.rpartition("/")[2]
        if build.produced or name.endswith(_PRODUCED_SUFFIXES) or not _PRODUCED.isdisjoint(path.split("/")):
            return True
        if is_ignored(self.repository, full) or in_submodule(self.repository, full):
            return True
        return self.mentions.has(build.context, name)


def _holds(sent: str, path: str) -> bool:
    """Tell whether what was sent has a part of what is copied."""
    sent = normalise(sent)
    if sent in ("", "."):
        return True
    steps, wanted = sent.split("/"), path.split("/")
    return all(fnmatchcase(one, other) or fnmatchcase(other, one) for one, other in zip(steps, wanted, strict=False))
