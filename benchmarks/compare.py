"""kubelint beside whichever peers are installed: ``python benchmarks/compare.py CORPUS [--runs 5] [--peers DIR]``.

Runs are interleaved, so that a busy machine is busy for all of them; the figures are medians, with ratios to
kubeconform's wall time. kubelint runs cold (an empty cache), warm (nothing changed), warm with one file changed, and on
a single file. Peers are looked for on PATH and in ``--peers``: kubeconform (with the schemas that kubelint has, written
out for it), kube-score, yamllint. CORPUS is a folder that ``benchmarks/corpus.py`` has made; one file of it is changed
and changed back.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kubelint_schemas import crds, istio, kubernetes

KUBELINT = (sys.executable, "-m", "kubelint")
ALL_FILES = ("yamllint", "kube-score")


@dataclass
class Run:
    """One thing to measure: the command, what to do before it (not measured), and its figures."""

    name: str
    command: list[str]
    before: Callable[[], None] = lambda: None
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    codes: set[int] = field(default_factory=set)

    def once(self) -> None:
        """Run it and note wall time, CPU time of all its processes, and the largest process's peak memory.

        The latter is never less than this program's own at the fork, some 40 MB.
        """
        self.before()
        start = time.perf_counter()
        process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        self.wall.append(time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.codes.add(process.returncode)
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.memory.append(usage.ru_maxrss / 1024)


def write_schemas(folder: Path) -> None:
    """Write kubelint's schemas as kubeconform looks for them: one file for each kind and version."""
    version = kubernetes.versions()[-1]
    found = {pair: kubernetes.schema(version, *pair) for pair in kubernetes.kinds(version)}
    found |= {pair: istio.schema(*pair) for pair in istio.kinds()}
    found |= {pair: crds.schema(*pair) for pair in crds.kinds()}
    for (api_version, kind), schema in found.items():
        group, _, number = api_version.rpartition("/")
        name = f"{kind.lower()}-{group.partition('.')[0]}-{number}" if group else f"{kind.lower()}-{number}"
        (folder / f"{name}.json").write_text(json.dumps(schema))


def peers(corpus: Path, schemas: Path, path: str) -> list[Run]:
    """Return the runs of the peers that are installed."""
    found: list[Run] = []
    if tool := shutil.which("kubeconform", path=path):
        write_schemas(schemas)
        location = f"{schemas}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
        options = ["-strict", "-ignore-missing-schemas", "-schema-location", location]
        found.append(Run("kubeconform", [tool, *options, str(corpus)]))
    files = [str(file) for file in sorted(corpus.rglob("*.y*ml"))]
    if tool := shutil.which("kube-score", path=path):
        found.append(Run("kube-score", [tool, "score", "--output-format", "ci", *files]))
    if tool := shutil.which("yamllint", path=path):
        found.append(Run("yamllint, 1,000 files", [tool, "-d", "relaxed", *files[:1000]]))
    return found


def own(corpus: Path, cache: Path) -> list[Run]:
    """Return kubelint's runs over the corpus."""
    check = [*KUBELINT, "check", str(corpus), "--root", str(corpus), "--format", "concise"]
    cached = [*check, "--cache-dir", str(cache)]
    file = next(file for file in sorted(corpus.rglob("*.yaml")))
    text = file.read_text()

    def change() -> None:
        file.write_text(f"{text}# changed at {time.time_ns()}\n")

    def restore() -> None:
        file.write_text(text)
        subprocess.run(cached, check=False, capture_output=True)

    def empty() -> None:
        shutil.rmtree(cache, ignore_errors=True)

    return [
        Run("kubelint, cold", cached, empty),
        Run("kubelint, without cache", [*check, "--no-cache"]),
        Run("kubelint, warm, nothing changed", cached, restore),
        Run("kubelint, warm, one file changed", cached, change),
    ]


def small(folder: Path, cache: Path) -> list[Run]:
    """Return the runs in which start-up is all."""
    (folder / "service.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - port: 80\n"
    )
    one = [*KUBELINT, "check", str(folder), "--root", str(folder)]
    return [
        Run("one file, without cache", [*one, "--no-cache"]),
        Run("one file, warm", [*one, "--cache-dir", str(cache)]),
        Run("kubelint --version", [*KUBELINT, "--version"]),
        Run("kubelint rules", [*KUBELINT, "rules"]),
        Run("kubelint explain", [*KUBELINT, "explain", "kubernetes/key-not-found"]),
        Run("python -c pass", [sys.executable, "-c", "pass"]),
    ]


def report(runs: list[Run]) -> None:
    """Print the table: medians, and the ratio to kubeconform's wall time where that was measured."""
    base = next((statistics.median(run.wall) for run in runs if run.name == "kubeconform"), None)
    print("| run | wall | CPU | peak memory | wall / kubeconform | exit |")
    print("|---|---|---|---|---|---|")
    for run in runs:
        wall = statistics.median(run.wall)
        ratio = "" if base is None else f"{wall / base:.2f}"
        codes = ", ".join(map(str, sorted(run.codes)))
        cpu, memory = statistics.median(run.cpu), statistics.median(run.memory)
        print(f"| {run.name} | {wall:.3f} s | {cpu:.2f} s | {memory:.0f} MB | {ratio} | {codes} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", default="", help="where peers are that are not on PATH")
    parser.add_argument("--only", default="", help="measure only the runs whose name holds this text")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch, name) for name in ("schemas", "cache", "small", "small-cache")]
        for folder in folders:
            folder.mkdir()
        path = os.pathsep.join(part for part in (arguments.peers, os.environ.get("PATH", "")) if part)
        runs = peers(arguments.corpus, folders[0], path) + own(arguments.corpus, folders[1])
        runs += small(folders[2], folders[3])
        runs = [run for run in runs if arguments.only in run.name]
        for _ in range(arguments.runs):
            for run in runs:
                run.once()
    report(runs)


if __name__ == "__main__":
    main()
