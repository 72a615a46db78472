"""Targets for coverage-guided fuzzing: ``python benchmarks/fuzz_targets.py TARGET [LIBFUZZER OPTION…] [CORPUS…]``.

TARGET is one of :data:`TARGETS`: a reader, the kustomize build, suppression comments, the configuration, the baseline.
Each takes any bytes and must return; what it raises is a failure, and what takes long is one for libFuzzer
(``-timeout=20``). Without a CORPUS the fixtures' own files are the seeds. Needs atheris: ``pip install atheris``.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kubelint"]):
    from kubelint import baseline, config
    from kubelint.check import check
    from kubelint.config import ConfigurationError
    from kubelint.discovery import rules, systems
    from kubelint.files import Limits, RepositoryFile, decode, syntax_of
    from kubelint.systems.kustomize.build.door import build
    from kubelint.systems.kustomize.build.emit import to_yaml
    from kubelint.systems.kustomize.build.error import BuildError
    from kubelint.systems.kustomize.build.files import Files
    from kubelint.systems.kustomize.build.loader import Loader

    systems()
    rules()

HERE = Path(__file__).resolve().parent.parent
SCRATCH = Path(tempfile.mkdtemp(prefix="kubelint-targets-"))
LARGEST = 16 * 1024


def read(name: str, raw: bytes) -> RepositoryFile:
    """Return the file that bytes of a name are."""
    source, problems = decode(name, raw)
    return RepositoryFile(source, syntax_of(name) or "yaml", Limits(), problems)


def yaml(raw: bytes) -> None:
    """Read YAML; every node and problem lies in the text."""
    file = read("a.yaml", raw)
    for document in file.yaml.documents:
        for node in document.root.walk() if document.root is not None else ():
            assert 0 <= node.start <= node.end <= len(file.text)  # noqa: S101 - what the target is for
    for problem in file.yaml.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(file.text)  # noqa: S101


def repository(*names: str) -> Callable[[bytes], None]:
    """Return a target that checks a repository whose only files are these, with the bytes shared among them."""

    def target(raw: bytes) -> None:
        parts = raw[:LARGEST].split(b"\n#####\n", len(names) - 1)
        for name, part in zip(names, [*parts, *[b""] * len(names)], strict=False):
            path = SCRATCH / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(part)
        report = check(SCRATCH)
        crashed = [finding.note for finding in report.findings if finding.rule == "repository/rule-crashed"]
        assert not crashed, crashed  # noqa: S101 - what the target is for

    return target


def kustomize(raw: bytes) -> None:
    """Build a kustomization of which the bytes are the kustomization file and one resource."""
    head, _, tail = raw[:LARGEST].partition(b"\n#####\n")
    (SCRATCH / "kustomization.yaml").write_bytes(head)
    (SCRATCH / "resource.yaml").write_bytes(tail)
    try:
        to_yaml(build(Loader(Files(SCRATCH), steps=5000), "").roots, origin=False)
    except BuildError:
        return


def settings(raw: bytes) -> None:
    """Read a configuration."""
    source, problems = decode(".kubelint.yaml", raw)
    try:
        config.parse(source, problems)
    except ConfigurationError:
        return


def known(raw: bytes) -> None:
    """Read a baseline."""
    try:
        baseline.parse(decode(".kubelint-baseline.yaml", raw)[0])
    except ConfigurationError:
        return


TARGETS: dict[str, tuple[Callable[[bytes], None], str]] = {
    "yaml": (yaml, "*.yaml"),
    "kubernetes": (repository("a.yaml"), "*.yaml"),
    "kustomize": (kustomize, "kustomization.yaml"),
    "compose": (repository("compose.yaml", ".env"), "compose*.y*ml"),
    "dockerfile": (repository("Dockerfile"), "Dockerfile*"),
    "inventory": (repository("inventory/hosts.ini", "inventory/group_vars/all.yml"), "*.ini"),
    "drone": (repository(".drone.yml"), ".drone.y*ml"),
    "suppression": (repository("a.yaml", "Dockerfile"), "*.yaml"),
    "configuration": (settings, ".kubelint.yaml"),
    "baseline": (known, ".kubelint-baseline.yaml"),
}


def seeds(pattern: str) -> Iterator[bytes]:
    """Yield the files of the fixtures that a target begins with."""
    for path in sorted((HERE / "fixtures").rglob(pattern)):
        if path.is_file() and path.stat().st_size <= LARGEST:
            yield path.read_bytes()


def main() -> None:
    """Run one target until libFuzzer is told to stop or finds something."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: fuzz_targets.py {{{','.join(TARGETS)}}} [-max_total_time=SECONDS] [CORPUS…]")
    target, pattern = TARGETS[sys.argv.pop(1)]
    if not any(not argument.startswith("-") for argument in sys.argv[1:]):
        corpus = Path(tempfile.mkdtemp(prefix="kubelint-corpus-"))
        for number, raw in enumerate(seeds(pattern)):
            (corpus / str(number)).write_bytes(raw)
        sys.argv.append(str(corpus))
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
