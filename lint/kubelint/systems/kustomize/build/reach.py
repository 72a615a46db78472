"""How far up a build reaches, where nothing marks the root of a repository."""

from __future__ import annotations

import os
from pathlib import Path

from kubelint.source import SourceFile
from kubelint.systems.kustomize.detect import NAMES
from kubelint.systems.kustomize.paths import is_remote
from kubelint.tree.node import Scalar
from kubelint.tree.yaml import read_yaml

_MOST_FOLDERS = 10_000
_LARGEST = 5 * 1024 * 1024


def common_root(start: Path) -> Path:
    """Return the nearest folder that holds all folders with kustomizations that a build enters, and their files."""
    seen: set[str] = set()
    common = str(start)
    waiting = [str(start)]
    while waiting and len(seen) < _MOST_FOLDERS:
        folder = waiting.pop()
        if folder in seen:
            continue
        seen.add(folder)
        for text in _named(folder):
            path = os.path.realpath(os.path.join(folder, text))  # noqa: PTH118 - strings all the way
            if os.path.isdir(path):  # noqa: PTH112
                if any(os.path.isfile(os.path.join(path, name)) for name in NAMES):  # noqa: PTH113, PTH118
                    common = os.path.commonpath([common, path])
                    waiting.append(path)
            elif os.path.isfile(path):  # noqa: PTH113
                common = os.path.commonpath([common, os.path.dirname(path)])  # noqa: PTH120
    return Path(common)


def _named(folder: str) -> set[str]:
    """Return everything in a kustomization that may be a relative path which leads upwards or into another folder."""
    found: set[str] = set()
    for name in NAMES:
        path = Path(folder, name)
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST:
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for document in read_yaml(SourceFile(name, text)).documents[:1]:
            for node in () if document.root is None else document.root.walk():
                if isinstance(node, Scalar) and node.text and "\n" not in node.text and "\0" not in node.text:
                    path_text = node.text.rpartition("=")[2]
                    if not path_text.startswith("/") and not is_remote(path_text) and len(path_text) < 1024:
                        found.add(path_text)
    return found
