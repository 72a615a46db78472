"""`kubelint render` beside `kubectl kustomize`: the same objects, and in how much time.

    python benchmarks/render.py FOLDER...

builds every kustomization below the folders twice: all of them in one process of kubelint, and each by a process of
`kubectl kustomize`, which is how it is used. What both build must be equal as values; each difference is printed, and
the exit code is 1 where there is one. Components, which are built as parts of others, are left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kubelint.systems.kustomize.build.door import build
from kubelint.systems.kustomize.build.emit import to_yaml
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.files import Files
from kubelint.systems.kustomize.build.loader import Loader
from kubelint.systems.kustomize.detect import NAMES

_PASSED_OVER = frozenset({".git", "node_modules"})
_TIMEOUT = 60


class _Reader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as Go reads it: dates and a lone ``=`` are text."""


_Reader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(slots=True)
class Outcome:
    """What a tool made of one kustomization: its output, or why there is none; ``opaque`` are parts it left out."""

    text: str | None
    reason: str = ""
    opaque: list[str] = field(default_factory=list)

    @property
    def documents(self) -> list[Any]:
        """The objects as plain data."""
        return [document for document in yaml.load_all(self.text or "", _Reader) if document is not None]


def kustomizations(folder: Path) -> Iterator[Path]:
    """Yield the folders below one that hold a kustomization which may be built for itself."""
    for current, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _PASSED_OVER)
        name = next((name for name in NAMES if name in files), None)
        if name is not None and "kind: Component" not in Path(current, name).read_text("utf-8", "replace"):
            yield Path(current)


def render(top: Path, folders: list[Path]) -> list[Outcome]:
    """Build all folders below one root in this process."""
    loader = Loader(Files(top))
    found: list[Outcome] = []
    for folder in folders:
        relative = folder.relative_to(top).as_posix()
        try:
            result = build(loader, "" if relative == "." else relative)
            found.append(Outcome(to_yaml(result.roots), opaque=[part.what for part in result.opaque]))
        except BuildError as error:
            found.append(Outcome(None, str(error)))
    return found


def kubectl(program: str, folder: Path) -> Outcome:
    """Build one folder with a process of its own."""
    try:
        done = subprocess.run(
            [program, "kustomize", str(folder)], capture_output=True, text=True, timeout=_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(None, "timed out")
    return Outcome(done.stdout) if done.returncode == 0 else Outcome(None, done.stderr.strip().splitlines()[-1])


def main(arguments: list[str]) -> int:
    """Compare all kustomizations below the folders; return the exit code."""
    program = shutil.which("kubectl")
    if program is None or not arguments:
        print("kubectl is not here" if arguments else (__doc__ or "").strip())
        return 2
    ours = theirs = 0.0
    equal = refused = opaque = 0
    different: list[str] = []
    for top in (Path(argument).resolve() for argument in arguments):
        folders = list(kustomizations(top))
        start = time.perf_counter()
        rendered = render(top, folders)
        ours += time.perf_counter() - start
        for folder, mine in zip(folders, rendered, strict=True):
            if mine.opaque:
                opaque += 1  # the other tool would go to the network
                continue
            start = time.perf_counter()
            other = kubectl(program, folder)
            theirs += time.perf_counter() - start
            if mine.text is None and other.text is None:
                refused += 1
            elif mine.text is not None and other.text is not None and mine.documents == other.documents:
                equal += 1
            else:
                different.append(f"{folder}: {mine.reason or 'built'} / {other.reason or 'built'}")
    print(f"{equal} equal, {refused} refused by both, {opaque} not known in whole, {len(different)} different")
    for line in different:
        print(f"  {line}")
    if ours:
        print(f"kubelint {ours:.2f} s, kubectl {theirs:.2f} s: {theirs / ours:.1f} times")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
