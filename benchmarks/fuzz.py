"""Mutated repositories: ``python benchmarks/fuzz.py [--seconds N] [--seed N] [--count N] [--keep FOLDER] [FOLDER…]``.

Each input is a small repository (by default one of ``fixtures/``; FOLDER… names others, whose sub-folders are taken as
repositories) of which a few files are mutated: bytes flipped, lines dropped, doubled and swapped, text cut short, bytes
put in, pieces of other files pasted in. It is checked with every rule switched on and must hold what kubelint promises:

- nothing is raised, no system and no rule crashes;
- every span lies inside its file, and a plain scalar's span reads as the scalar;
- every format can be written, and is UTF-8;
- it ends within :data:`PATIENCE` seconds.

``--write N FOLDER`` writes N mutated files into a folder instead, as one repository to run ``kubelint check`` over;
``--small`` makes them small and sound, which measures what a file costs.

An input is known by its seed alone: ``--seed S --count 1`` makes it again, ``--keep FOLDER`` writes it there. Exit code
1 where an input failed.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from kubelint.check import Report, check
from kubelint.config import Settings
from kubelint.report import FORMATS, Options, render
from kubelint.source import Span
from kubelint.tree.node import OPAQUE_TAG, Scalar

HERE = Path(__file__).resolve().parent.parent
#: Seconds that one input may take before it counts as a hang.
PATIENCE = 20
LARGEST = 64 * 1024
SPLICES = (
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\t", b"---\n", b"...\n", b"{{ .Values.x }}", b"${X:-${Y}}",
    b"<<: *a\n", b"&a ", b"*a", b"? ", b"!!binary ", b"!vault |\n", b"%YAML 1.1\n", b"'", b'"', b"[", b"]", b"{", b"}",
    b": ", b"- ", b"# kubelint: ignore", b"\xe2\x80\xae", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"null", b"~", b"0x",
    b"-1", b"9" * 20, b"9" * 5000, b"1e999", b"1e999999999", b".nan", b"[1:999999999]", b"../../..", b"/etc/passwd",
    b"\\\n", b"<<EOF\n", b"$(A)", b"\\ud83d\\ude00", b"\xc2\x85", b"\xe2\x80\xa8", b"a" * 3000, b"[" * 300,
)  # fmt: skip


VALUES = (b"{}", b"[]", b"null", b"[{}]", b"{a: {b: [c]}}", b"''", b"-1")


class Hang(BaseException):
    """An input took longer than :data:`PATIENCE`; no handler of kubelint may take it for an error of its own."""


@dataclass
class Tally:
    """What a run of the fuzzer has seen."""

    inputs: int = 0
    findings: int = 0
    slowest: tuple[float, int] = (0.0, -1)
    failures: Counter[str] = field(default_factory=Counter)
    seeds: dict[str, int] = field(default_factory=dict)

    def fail(self, what: str, seed: int) -> None:
        """Count a failure; the first seed of each kind is kept."""
        self.failures[what] += 1
        self.seeds.setdefault(what, seed)


def mutate(chance: random.Random, raw: bytes, others: list[bytes]) -> bytes:
    """Return a few mutations of a file; ``others`` are files whose pieces may be pasted in."""
    for _ in range(chance.randrange(1, 5)):
        kind = chance.randrange(9)
        at = chance.randrange(len(raw) + 1)
        lines = raw.split(b"\n")
        one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
        if kind == 0 and raw:
            at = min(at, len(raw) - 1)
            raw = raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]
        elif kind == 1:
            raw = b"\n".join(lines[:one] + lines[one + 1 :])
        elif kind == 2:
            raw = b"\n".join(lines[:one] + [lines[one]] * chance.choice((2, 2, 3, 50)) + lines[one + 1 :])
        elif kind == 3:
            lines[one], lines[two] = lines[two], lines[one]
            raw = b"\n".join(lines)
        elif kind == 4:
            raw = raw[:at]
        elif kind == 5:
            raw = raw[:at] + chance.choice(SPLICES) + raw[at:]
        elif kind == 6:
            lines[one] = b" " * chance.randrange(1, 5) + lines[one] if chance.random() < 0.5 else lines[one].lstrip()
            raw = b"\n".join(lines)
        elif kind == 7:
            other = chance.choice(others).split(b"\n")
            start = chance.randrange(len(other))
            raw = b"\n".join(lines[:one] + other[start : start + chance.randrange(1, 12)] + lines[one:])
        else:  # a value becomes another kind of value
            head, colon, _ = lines[one].partition(b": ")
            if colon:
                lines[one] = (
                    head + colon + chance.choice((b"{}", b"[]", b"null", b"[{}]", b"{a: {b: [c]}}", b"''", b"-1"))
                )
                raw = b"\n".join(lines)
    return raw[:LARGEST]


def repositories(folders: list[Path]) -> list[Path]:
    """Return the small repositories below the folders: the cases of fixtures, or each folder of a corpus."""
    if not folders:
        cases = HERE.glob("fixtures/*/*/*")
        return sorted(path for path in cases if path.is_dir())
    return sorted(path for folder in folders for path in folder.iterdir() if path.is_dir())


def write_input(chance: random.Random, source: Path, target: Path, pool: list[Path]) -> None:
    """Write a mutated copy of a repository."""
    shutil.copytree(source, target, symlinks=True)
    files = sorted(path for path in target.rglob("*") if path.is_file() and not path.is_symlink())
    others = [path.read_bytes()[:LARGEST] for path in chance.sample(pool, 2)]
    for path in chance.sample(files, min(len(files), chance.randrange(1, 4))):
        path.write_bytes(mutate(chance, path.read_bytes()[:LARGEST], others))


def verify(report: Report) -> list[str]:
    """Return what is wrong with a report."""
    wrong: list[str] = []
    for finding in report.findings:
        if finding.rule == "repository/rule-crashed":
            wrong.append(f"crash: {finding.headline.partition('`')[0]}: {finding.note}")
        spans = [label.span for label in finding.labels]
        spans += [edit.span for edit in finding.fix.edits] if finding.fix is not None else []
        wrong += [f"span outside of the file: {finding.rule}" for span in spans if not _inside(span)]
    for file in report.built.graph.repository.files:
        for document in file.yaml.documents:
            for node in document.root.walk() if document.root is not None else ():
                if not 0 <= node.start <= node.end <= len(file.text):
                    wrong.append("a node outside of the file")
                elif isinstance(node, Scalar) and not _reads(node):
                    wrong.append("a plain scalar's span does not read as the scalar")
    return wrong


def _inside(span: Span) -> bool:
    return 0 <= span.start <= span.end <= len(span.file.text) and 1 <= span.line <= len(span.file.lines)


def _reads(node: Scalar) -> bool:
    text = node.span.text
    if node.style is not None or node.tag not in (None, "") or node.tag == OPAQUE_TAG or text[:1] in ("&", "!"):
        return True
    return text == node.text or any(end in text for end in "\n\r\x85\u2028\u2029") or "\ufffd" in node.text


def run_one(seed: int, cases: list[Path], pool: list[Path], scratch: Path, tally: Tally) -> None:
    """Make the input of a seed, check it and count what came of it."""
    chance = random.Random(seed)  # noqa: S311 - inputs are to be made again, not to be secret
    target = scratch / "repository"
    shutil.rmtree(target, ignore_errors=True)
    write_input(chance, chance.choice(cases), target, pool)
    signal.alarm(PATIENCE)
    began = time.perf_counter()
    try:
        report = check(target, Settings(select=("all",)))
        for what in verify(report):
            tally.fail(what, seed)
        for name in FORMATS:
            render(name, report, Options(color=name == "text", width=chance.choice((None, 20, 80)))).encode()
        tally.findings += len(report.findings)
    except Hang:
        tally.fail("a hang", seed)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        tally.fail(f"{type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno})", seed)
    finally:
        signal.alarm(0)
    tally.slowest = max(tally.slowest, (time.perf_counter() - began, seed))
    tally.inputs += 1


def write_many(number: int, folder: Path, pool: list[Path], seed: int, *, small: bool) -> None:
    """Write one repository of that many mutated files, a hundred to a folder."""
    chance = random.Random(seed)  # noqa: S311 - as above
    for index in range(number):
        source = chance.choice(pool)
        target = folder / f"{index // 100:04}" / f"{index % 100:02}" / source.name
        raw = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings-{index}}}\ndata: {{a: b}}\n".encode()
        if small:
            target = target.parent.with_suffix(".yaml")
        else:
            raw = mutate(chance, source.read_bytes()[:LARGEST], [chance.choice(pool).read_bytes()[:LARGEST]])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw)


def _alarm(number: int, frame: object) -> None:
    del number, frame
    raise Hang


def main() -> int:
    """Run; prints the figures and, for each kind of failure, how often it was seen and a seed that makes it again."""
    parser = argparse.ArgumentParser(description="Check mutated repositories.")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=sys.maxsize)
    parser.add_argument("--keep", type=Path, help="write the last input here")
    parser.add_argument("--write", nargs=2, metavar=("N", "FOLDER"), help="write one repository of N mutated files")
    parser.add_argument("--small", action="store_true", help="with --write: small files without a mistake")
    options = parser.parse_args()
    cases = repositories(options.folders)
    pool = [path for case in cases[:2000] for path in sorted(case.rglob("*")) if path.is_file() and path.stat().st_size]
    if options.write is not None:
        write_many(int(options.write[0]), Path(options.write[1]), pool, options.seed, small=options.small)
        return 0
    signal.signal(signal.SIGALRM, _alarm)
    tally = Tally()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kubelint-fuzz-") as scratch:
        seed = options.seed
        while tally.inputs < options.count and time.monotonic() - began < options.seconds:
            run_one(seed, cases, pool, Path(scratch), tally)
            seed += 1
        if options.keep is not None:
            shutil.copytree(Path(scratch) / "repository", options.keep, symlinks=True, dirs_exist_ok=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{tally.inputs} inputs in {time.monotonic() - began:.0f} s from seed {options.seed}: {tally.findings} findings"
    )
    print(f"slowest: {tally.slowest[0]:.2f} s (seed {tally.slowest[1]}); peak memory {peak} MB")
    for what, count in tally.failures.most_common():
        print(f"FAILED {count} times, first with seed {tally.seeds[what]}: {what}")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
