"""What each part of a run costs, one by one, by pyperf: processes of their own, warmed up, with the spread.

    python benchmarks/corpus.py /tmp/corpus --files 1000
    python benchmarks/parts.py /tmp/corpus --fast
    python benchmarks/parts.py /tmp/corpus -o after.json    # python -m pyperf compare_to before.json after.json

One round of each part works on the whole folder, in one process, without the cache.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyperf

from kubelint.build import Built, build
from kubelint.catalogue import entries
from kubelint.check import check, is_selected
from kubelint.config import Settings
from kubelint.discovery import systems
from kubelint.repository import Repository
from kubelint.runner import run
from kubelint.source import SourceFile
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.validation import schema_errors
from kubelint.tree.compact import compact
from kubelint.tree.yaml import MAX_DEPTH, stream_of

SETTINGS = Settings()


def timed(work: Callable[[Any], object], prepare: Callable[[], Any]) -> Callable[[int], float]:
    """Return what pyperf calls: the seconds that so many rounds of the work take, without what prepares them."""

    def rounds(count: int) -> float:
        total = 0.0
        for _ in range(count):
            prepared = prepare()
            gc.collect()
            gc.disable()  # as in a run
            start = time.perf_counter()
            work(prepared)
            total += time.perf_counter() - start
            gc.enable()
        return total

    return rounds


def main() -> None:
    """Measure every part."""
    os.environ["KUBELINT_JOBS"] = "1"
    runner = pyperf.Runner(
        processes=5, values=3, warmups=1, add_cmdline_args=lambda command, args: command.append(args.folder)
    )
    runner.argparser.add_argument("folder", help="what is checked")
    root = Path(runner.parse_args().folder).resolve()
    runner.metadata["description"] = "parts of a run of kubelint"

    def texts() -> list[str]:
        return [file.text for file in Repository(root).files]

    def compacts() -> list[tuple[SourceFile, Any]]:
        read = [(SourceFile("a.yaml", text), compact(text, MAX_DEPTH)) for text in texts()]
        return [(source, documents) for source, documents in read if documents is not None]

    def built() -> Built:
        return build(Repository(root), SETTINGS, systems())

    classes = [entry.load() for entry in entries() if is_selected(entry, SETTINGS)]
    parts: dict[str, tuple[Callable[[Any], object], Callable[[], Any]]] = {
        "walk and read files": (lambda _: Repository(root), lambda: None),
        "YAML to compact trees": (lambda given: [compact(text, MAX_DEPTH) for text in given], texts),
        "compact trees to nodes": (lambda given: [_all_nodes(*each) for each in given], compacts),
        "build the graph, reading included": (
            lambda given: build(given, SETTINGS, systems()),
            lambda: Repository(root),
        ),
        "validate every object": (
            lambda given: [schema_errors(given.graph, item) for item in given.graph.subjects(KubernetesObject)],
            built,
        ),
        "all default rules": (lambda given: run(classes, given.graph, SETTINGS), built),
        "the whole check": (lambda _: check(root), lambda: None),
    }
    for name, (work, prepare) in parts.items():
        runner.bench_time_func(name, timed(work, prepare))


def _all_nodes(source: SourceFile, documents: Any) -> int:
    return sum(1 for document in stream_of(source, documents).documents if document.root for _ in document.root.walk())


if __name__ == "__main__":
    main()
