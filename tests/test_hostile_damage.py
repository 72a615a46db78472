"""Damaged files, full disks and runs that are stopped: a clear message, the right exit code, nothing half-written."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kubelint import fix
from kubelint.check import Report, check
from kubelint.repository import Repository
from kubelint.source import SourceFile
from kubelint.tree.node import Scalar
from kubelint.tree.yaml import read_yaml

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    prometheus.io/scrape: true
spec:
  selectr: {app: web}
"""
NEIGHBOUR = ("kubernetes/unknown-field", "zz.yaml")


def found(root: Path) -> Report:
    (root / "zz.yaml").write_text(SERVICE, encoding="utf-8")
    report = check(root)
    rules = [(finding.rule, finding.span.file.path) for finding in report.findings]
    assert NEIGHBOUR in rules
    assert "repository/rule-crashed" not in {rule for rule, _ in rules}
    for finding in report.findings:
        for label in finding.labels:
            assert 0 <= label.span.start <= label.span.end <= len(label.span.file.text)
    return report


def of(report: Report, path: str) -> list[str]:
    return [finding.rule for finding in report.findings if finding.span.file.path == path]


DAMAGED = {
    "latin-1": (SERVICE.encode() + b"# caf\xe9\n", ["repository/unreadable-file", "kubernetes/unknown-field"]),
    "overlong": (SERVICE.encode() + b"# \xc0\xaf\n", ["repository/unreadable-file", "kubernetes/unknown-field"]),
    "surrogate": (SERVICE.encode() + b"# \xed\xa0\x80\n", ["repository/unreadable-file", "kubernetes/unknown-field"]),
    "cut-character": (SERVICE.encode() + b"# \xf0\x9f\x98", ["repository/unreadable-file", "kubernetes/unknown-field"]),
    "utf-16": (SERVICE.encode("utf-16"), ["kubernetes/unknown-field"]),
    "utf-16-be": (b"\xfe\xff" + SERVICE.encode("utf-16-be"), ["kubernetes/unknown-field"]),
    "cut-utf-16": (SERVICE.encode("utf-16")[:-1], ["repository/unreadable-file"]),
    "utf-16-unmarked": (SERVICE.encode("utf-16-le"), ["repository/unparsable-document"]),
    "nul": (SERVICE.replace("web\n", "w\0b\n", 1).encode(), ["repository/unparsable-document"]),
    "byte-order-mark": (b"\xef\xbb\xbf" + SERVICE.encode(), ["kubernetes/unknown-field"]),
    "cr": (SERVICE.replace("\n", "\r").encode(), ["kubernetes/unknown-field"]),
    "crlf": (SERVICE.replace("\n", "\r\n").encode(), ["kubernetes/unknown-field"]),
    "tab": (SERVICE.replace("  selectr", "\tselectr").encode(), ["repository/unparsable-document"]),
    "cut-in-a-quote": (SERVICE.encode() + b"a: 'x", ["repository/unparsable-document"]),
    "cut-in-a-flow": (SERVICE.encode()[:-3], ["repository/unparsable-document"]),
    "escape-character": (SERVICE.encode() + b"a: \x1b[2J\n", ["repository/unparsable-document"]),
    "empty": (b"", []),
    "only-a-mark": (b"\xef\xbb\xbf", []),
    "binary": (bytes(range(256)) * 4, ["repository/unreadable-file"]),
}


@pytest.mark.parametrize("name", list(DAMAGED))
def test_a_damaged_file_is_a_finding_and_its_neighbour_is_checked(tmp_path: Path, name: str) -> None:
    raw, wanted = DAMAGED[name]
    (tmp_path / "damaged.yaml").write_bytes(raw)
    rules = of(found(tmp_path), "damaged.yaml")
    assert set(wanted) <= set(rules)
    assert bool(rules) == bool(wanted)


def test_a_mark_in_the_middle_is_a_character_and_moves_no_span(tmp_path: Path) -> None:
    text = SERVICE.replace("name: web", "name: 'w\ufeffb'")
    (tmp_path / "marked.yaml").write_text(text, encoding="utf-8")
    (finding,) = [f for f in found(tmp_path).findings if f.span.file.path == "marked.yaml" and "unknown" in f.rule]
    assert finding.span.text == "selectr"


@pytest.mark.parametrize("cut", range(0, len(SERVICE), 7))
def test_a_file_cut_anywhere_makes_nothing_crash(tmp_path: Path, cut: int) -> None:
    (tmp_path / "cut.yaml").write_text(SERVICE[:cut], encoding="utf-8")
    found(tmp_path)


def test_folders_pipes_sockets_and_loops_with_the_names_of_files(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "Dockerfile").mkdir()
    (tmp_path / "kustomization.yaml").mkdir()
    (tmp_path / "folder.yaml" / "inner.yaml").write_text(SERVICE, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.yaml")
    with contextlib.suppress(OSError):  # only root may make one
        os.mknod(tmp_path / "zeroes.yaml", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    (tmp_path / "self.yaml").symlink_to("self.yaml")
    (tmp_path / "null.yaml").symlink_to("/dev/null")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    (tmp_path / "here").symlink_to(".")
    (tmp_path / "compose.yaml").write_text(
        "services: {a: {image: b, env_file: [pipe.yaml, folder.yaml, self.yaml, zero.yaml]}}\n", encoding="utf-8"
    )
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "kustomization.yaml").write_text(
        "resources: [../pipe.yaml, ../folder.yaml, ../self.yaml, ../zero.yaml, ../here/here/base]\n", encoding="utf-8"
    )
    report = found(tmp_path)
    assert "kubernetes/unknown-field" in of(report, "folder.yaml/inner.yaml")
    assert {skipped.path for skipped in report.coverage.skipped} >= {"null.yaml", "zero.yaml"}
    assert not of(report, "pipe.yaml")
    assert not of(report, "zeroes.yaml")


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "closed.yaml").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "closed.yaml").chmod(0)
    (tmp_path / "closed").mkdir(mode=0)
    report = found(tmp_path)
    assert of(report, "closed.yaml") == ["repository/unreadable-file"]
    assert "closed" in {skipped.path for skipped in report.coverage.skipped}
    (tmp_path / "closed").chmod(0o700)


def test_a_file_that_vanishes_while_the_folder_is_read(tmp_path: Path) -> None:
    """What is listed may be gone, or be something else, when it is opened."""
    code = (
        "import os, sys\n"
        "def hook(event, args):\n"
        "    if event == 'open' and str(args[0]).endswith(('a.yaml', 'z.yaml')):\n"
        "        for name in ('b.yaml', 'c.yaml'):\n"
        "            if os.path.isfile(name): os.unlink(name)\n"
        "        if not os.path.exists('c.yaml'): os.mkfifo('c.yaml')\n"
        "sys.addaudithook(hook)\n"
        "from kubelint.cli import main\n"
        "sys.argv = ['kubelint', 'check', '--format', 'concise']\n"
        "main()\n"
    )
    for name in ("a.yaml", "b.yaml", "c.yaml", "zz.yaml"):
        (tmp_path / name).write_text(SERVICE, encoding="utf-8")
    run = python(code, cwd=tmp_path, KUBELINT_JOBS="1")
    assert run.returncode == 1
    assert "zz.yaml" in run.stdout
    assert "b.yaml:1:1: error[repository/unreadable-file] the file cannot be read: No such file" in run.stdout
    assert "Traceback" not in run.stderr


def test_names_that_differ_in_case_only_are_different_files(tmp_path: Path) -> None:
    (tmp_path / "Web.yaml").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "web.yaml").write_text(SERVICE.replace("selectr", "selector"), encoding="utf-8")
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("this file system knows no case")
    report = found(tmp_path)
    assert "kubernetes/unknown-field" in of(report, "Web.yaml")
    assert "kubernetes/unknown-field" not in of(report, "web.yaml")


@pytest.mark.parametrize(
    "name",
    [b"caf\xe9.yaml", b"new\nline.yaml", b"\x1b[31m.yaml", "\u202eevil.yaml".encode(), b"-rf.yaml", b"a'\"`$;.yaml"],
)
def test_file_names_of_any_bytes(tmp_path: Path, name: bytes) -> None:
    path = os.fsencode(tmp_path) + b"/" + name
    Path(os.fsdecode(path)).write_bytes(SERVICE.encode())
    assert "kubernetes/unknown-field" in of(found(tmp_path), os.fsdecode(name))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1\\ud83d\\ude002", "1\U0001f6002"),
        ("\\uD83D\\uDE00\\uD83D\\uDE00", "\U0001f600\U0001f600"),
        ("\\ud83d", "\ufffd"),
        ("\\ude00\\ud83d", "\ufffd\ufffd"),
        ("\\\\ud83d\\\\ude00", "\\ud83d\\ude00"),
        ("\\\\\\ud83d\\ude00", "\\\U0001f600"),
    ],
)
@pytest.mark.parametrize("path", ["a.json", "a.yaml"])
def test_pairs_of_surrogate_escapes_are_one_character_in_json(path: str, written: str, read: str) -> None:
    """As Go's encoding/json reads them; kubectl takes a file of any name that begins with a brace for JSON."""
    text = f' {{"x\\ud83d\\ude00": "{written}", "y": [1]}}\n'
    stream = read_yaml(SourceFile(path, text))
    assert stream.problems == []
    ((key, value), (behind, _)) = stream.documents[0].root.pairs()  # type: ignore[union-attr]
    assert isinstance(value, Scalar)
    assert (key.text, value.text) == ("x\U0001f600", read)
    assert (value.span.text, behind.span.text) == (f'"{written}"', '"y"')


@pytest.mark.parametrize(
    ("escape", "says", "advice"),
    [
        ("\\ud83d\\ude00", "one character in JSON", "`\\U0001F600`"),
        ("\\ud83d", "half of a character", "the character that is meant"),
        ("\\U00110000", "no character", "the character that is meant"),
    ],
)
def test_yaml_refuses_escapes_of_half_characters(tmp_path: Path, escape: str, says: str, advice: str) -> None:
    """As go-yaml does, under kubectl, kustomize and compose: the neighbours in the file are read all the same."""
    (tmp_path / "a.yaml").write_text(f'a: "x{escape}y"\n---\n{SERVICE}', encoding="utf-8")
    report = found(tmp_path)
    assert "kubernetes/unknown-field" in of(report, "a.yaml")
    (problem,) = [finding for finding in report.findings if finding.rule == "repository/unparsable-document"]
    assert problem.span.text == escape
    assert says in problem.headline
    assert advice in (problem.help or "")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_broken_document_ends_at_the_next_separator_whatever_ends_a_line(tmp_path: Path, end: str) -> None:
    text = f"a: [\n---\n{SERVICE}---\na: b: c\n---\n{SERVICE}".replace("\n", end)
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8", newline="")
    report = found(tmp_path)
    lines = [(f.rule, f.span.line) for f in report.findings if f.span.file.path == "a.yaml" and "wrong" not in f.rule]
    broken, unknown = "repository/unparsable-document", "kubernetes/unknown-field"
    assert lines == [(broken, 2), (unknown, 10), (broken, 12), ("kubernetes/object-defined-twice", 17), (unknown, 21)]


# -- fixing ------------------------------------------------------------------------------------------------------------


def mend(root: Path) -> fix.Fixed:
    fixed = fix.fix_all(lambda texts: check(root, overlay=texts).findings, unsafe=True)
    fix.write(root, fixed)
    return fixed


def test_a_file_that_is_no_utf_8_is_not_fixed_so_that_no_byte_is_lost(tmp_path: Path) -> None:
    raw = SERVICE.encode() + b"# caf\xe9\n"
    (tmp_path / "a.yaml").write_bytes(raw)
    fixed = mend(tmp_path)
    assert "UTF-8" in fixed.refused["a.yaml"]
    assert (tmp_path / "a.yaml").read_bytes() == raw


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_a_fixed_file_keeps_its_encoding(tmp_path: Path, mark: bytes, encoding: str) -> None:
    (tmp_path / "a.yaml").write_bytes(mark + SERVICE.encode(encoding))
    assert mend(tmp_path).applied
    raw = (tmp_path / "a.yaml").read_bytes()
    assert raw.startswith(mark)
    assert raw[2:].decode(encoding) == SERVICE.replace("true", '"true"').replace("selectr", "selector")


def python(code: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    # On a full disk Python would leave half of a compiled module behind.
    own = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {**os.environ, **own, **variables}
    return subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def run(*arguments: str, before: str = "") -> str:
    """Return a program that is kubelint with these arguments; ``before`` is done once everything is imported."""
    return f"import sys, os, signal, kubelint.cli.check, kubelint.fix\nfrom kubelint.cli import main\n{before}\nsys.argv = ['kubelint', *{arguments!r}]\nmain()\n"


#: What makes every write fail as on a full disk: no file may have more bytes than this.
FULL_DISK = "import resource; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))"


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--fix", "--unsafe-fixes"),
        ("check", "--format", "json=report.json"),
        ("check", "--add-ignore=known"),
        ("baseline", "create"),
        ("init",),
    ],
    ids=["fix", "report", "add-ignore", "baseline", "init"],
)
def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE, encoding="utf-8")
    done = python(run(*arguments, before=FULL_DISK), tmp_path)
    assert done.returncode in (1, 2)
    assert "left alone" in done.stderr or "cannot be written" in done.stderr or "is ignored" in done.stderr
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8") == SERVICE
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_report_that_cannot_be_written_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE, encoding="utf-8")
    for name in ("text", "json", "sarif"):
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            done = subprocess.run(
                [sys.executable, "-P", "-c", run("check", "--format", name)],
                cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            )  # fmt: skip
        assert done.returncode == 2
        assert "cannot be written: No space left on device" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("check", "--format", "json=closed/report.json"), ("baseline", "create", "--baseline", "closed/b.yaml")],
)
def test_a_folder_that_cannot_be_written_to(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "closed").write_text("a file where a folder should be", encoding="utf-8")
    done = python(run(*arguments), tmp_path)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "internal error" not in done.stderr


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_repository_is_checked_and_not_fixed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE, encoding="utf-8")
    tmp_path.chmod(0o500)
    done = python(run("check", "--fix", "--unsafe-fixes"), tmp_path)
    tmp_path.chmod(0o700)
    assert done.returncode == 1
    assert "a.yaml was left alone" in done.stderr


def test_a_report_goes_to_a_device_or_pipe_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE, encoding="utf-8")
    device = Path("/dev/null")
    before = device.stat().st_mode
    assert python(run("check", "--format", "json=/dev/null"), tmp_path).returncode == 1
    assert device.stat().st_mode == before
    assert (
        '"findings"'
        in python(run("check", "--format", "json=/dev/stdout", "--format", "sarif=s.json"), tmp_path).stdout
    )


# -- signals -----------------------------------------------------------------------------------------------------------

SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


def stopping(number: int, event: str, name: str) -> str:
    """Return a program part that sends a signal to itself at the first audit event of that kind about that name."""
    return (
        f"def hook(event, args):\n"
        f"    if event == {event!r} and any({name!r} in str(arg) for arg in args):\n"
        f"        os.kill(os.getpid(), {int(number)})\n"
        f"sys.addaudithook(hook)"
    )


@pytest.mark.parametrize(("number", "code"), SIGNALS)
@pytest.mark.parametrize(
    ("event", "name", "arguments"),
    [
        ("open", "a.yaml", ("check",)),
        ("os.rename", "b.yaml", ("check", "--fix", "--unsafe-fixes")),
        ("os.chmod", "b.yaml", ("check", "--fix", "--unsafe-fixes")),
        ("os.rename", "baseline", ("baseline", "create")),
        ("os.rename", "report.json", ("check", "--format", "json=report.json")),
    ],
    ids=["reading", "replacing", "writing", "baseline", "report"],
)
def test_a_stopped_run_says_so_and_leaves_whole_files(
    tmp_path: Path, number: int, code: int, event: str, name: str, arguments: tuple[str, ...]
) -> None:
    for file in ("a.yaml", "b.yaml", "c.yaml"):
        (tmp_path / file).write_text(SERVICE.replace("web", file[0]), encoding="utf-8")
    # Whoever runs the tests in the background has them ignore Ctrl-C.
    before = f"signal.signal({int(number)}, signal.SIG_DFL)\n{stopping(number, event, name)}"
    done = python(run(*arguments, before=before), tmp_path, KUBELINT_JOBS="1")
    assert done.returncode == code, done.stderr
    assert "kubelint: stopped" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in tmp_path.iterdir()} - {"report.json", ".kubelint-baseline.yaml"} == {
        "a.yaml",
        "b.yaml",
        "c.yaml",
    }
    for file in ("a.yaml", "b.yaml", "c.yaml"):
        text = (tmp_path / file).read_text(encoding="utf-8")
        before = SERVICE.replace("web", file[0])
        assert text in (before, before.replace("true", '"true"').replace("selectr", "selector"))


#: What makes even a few files worth several processes.
IN_PARTS = (
    "import kubelint.repository, kubelint.runner; kubelint.repository.SHARED_FROM = kubelint.runner.SHARED_FROM = 2"
)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="work is shared out on Linux only")
@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_stopped_parallel_run_leaves_no_process_behind(tmp_path: Path, number: int, code: int) -> None:
    """A child that lived on would hold the pipes of the run open, and this test would not end."""
    for name in "abcdefgh":
        (tmp_path / f"{name}.yaml").write_text(SERVICE.replace("web", name), encoding="utf-8")
    before = (
        f"{IN_PARTS}\nparent = os.getpid()\ndef hook(event, args):\n"
        f"    if event == 'open' and os.getpid() == parent and str(args[0])[-5:] == '.yaml':\n"
        f"        os.kill(parent, {int(number)})\nsignal.signal({int(number)}, signal.SIG_DFL)\nsys.addaudithook(hook)"
    )
    done = python(run("check", before=before), tmp_path, KUBELINT_JOBS="3")
    assert done.returncode == code
    assert "kubelint: stopped" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="work is shared out on Linux only")
def test_what_a_killed_child_should_have_done_is_done_all_the_same(tmp_path: Path) -> None:
    for name in "abcdefgh":
        (tmp_path / f"{name}.yaml").write_text(SERVICE.replace("web", name), encoding="utf-8")
    before = (
        f"{IN_PARTS}\nparent = os.getpid()\ndef hook(event, args):\n"
        f"    if event == 'open' and os.getpid() != parent: os.kill(os.getpid(), signal.SIGKILL)\nsys.addaudithook(hook)"
    )
    alone = python(run("check", "--format", "concise"), tmp_path, KUBELINT_JOBS="1")
    killed = python(run("check", "--format", "concise", "--no-cache", before=before), tmp_path, KUBELINT_JOBS="3")
    assert (killed.returncode, killed.stdout, killed.stderr) == (1, alone.stdout, alone.stderr)
    assert killed.stdout.count("kubernetes/unknown-field") == 8


def test_runs_at_once_share_one_cache_and_say_the_same(tmp_path: Path) -> None:
    root, folder = tmp_path / "root", tmp_path / "cache"
    root.mkdir()
    for name in "abcdefgh":
        (root / f"{name}.yaml").write_text(SERVICE.replace("web", name), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-P", "-c", run("check", "--format", "json", "--cache-dir", str(folder))]
    runs = [
        subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [(*process.communicate(), process.returncode) for process in runs]
    later = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert {(*each[:2], each[2]) for each in said} == {(later.stdout, later.stderr, 1)}
    entries = [path for path in folder.rglob("*") if path.is_file()]
    assert entries
    assert not [path for path in entries if path.suffix == ".tmp"]


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    """What was started with nohup goes on."""
    (tmp_path / "a.yaml").write_text(SERVICE, encoding="utf-8")
    before = "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + stopping(signal.SIGHUP, "open", "a.yaml")
    assert python(run("check", before=before), tmp_path).returncode == 1


def test_a_listing_that_changes_is_read_again_the_same_way(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number:02}.yaml").write_text(SERVICE, encoding="utf-8")
    assert [file.path for file in Repository(tmp_path).files] == sorted(path.name for path in tmp_path.iterdir())
