"""What a build context leaves out: ``.dockerignore``.

Source: "Build context", section ".dockerignore files", of the Docker documentation and ``patternmatcher`` of moby: the
last pattern that matches a path or a folder above it decides, ``!`` takes back, ``**`` stands for any folders. A file
named after the Dockerfile (``web.Dockerfile.dockerignore``) is read instead of the context's own.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from kubelint.paths import join, normalise
from kubelint.repository import Repository
from kubelint.source import SourceFile
from kubelint.tree.node import Scalar

#: Patterns that are looked at; a bound on cost that no file of a person reaches.
MAX_PATTERNS = 500


class IgnoreFile:
    """The patterns of one ``.dockerignore``, each with its place."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.patterns: list[tuple[Scalar, tuple[str, ...], bool]] = []
        offset = 0
        for line in source.text.split("\n"):
            text = line.strip()
            start = offset + len(line) - len(line.lstrip())
            offset += len(line) + 1
            if not text or text.startswith("#"):
                continue
            node = Scalar(source, start, start + len(text), text)
            taken_back = text.startswith("!")
            path = normalise(text.removeprefix("!").strip().lstrip("/"))
            if path and len(self.patterns) < MAX_PATTERNS:
                self.patterns.append((node, tuple(path.replace("[^", "[!").split("/")), taken_back))

    def excludes(self, path: str) -> Scalar | None:
        """Return the pattern that leaves a path out of the context, with all below it; None where it is sent."""
        steps = path.split("/")
        found: Scalar | None = None
        for node, pattern, taken_back in self.patterns:
            if any(_matches(pattern, steps[:count]) for count in range(1, len(steps) + 1)):
                found = None if taken_back else node
            elif taken_back and (len(pattern) > len(steps) or "**" in pattern):
                inside = "**" in pattern or all(map(fnmatchcase, steps, pattern))
                found = None if inside else found  # something below comes back
        return found


def _matches(pattern: tuple[str, ...], steps: list[str]) -> bool:
    """Tell whether a pattern matches a whole path, in steps of at most their product."""
    reached = {0}
    for piece in pattern:
        following: set[int] = set()
        for position in reached:
            if piece == "**":
                following.update(range(position, len(steps) + 1))
            elif position < len(steps) and fnmatchcase(steps[position], piece):
                following.add(position + 1)
        reached = following
        if not reached:
            return False
    return len(steps) in reached


def ignore_file(repository: Repository, context: str, dockerfile: str) -> IgnoreFile | None:
    """Return the patterns that hold for a build; None where nothing is left out."""
    for path in (f"{dockerfile}.dockerignore", join(context, ".dockerignore")):
        source = repository.source(path)
        if source is not None:
            return IgnoreFile(source)
    return None
