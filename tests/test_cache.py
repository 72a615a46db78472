"""A report out of the cache is the report that a fresh run would give, and nothing in the cache can break a run."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kubelint import cache_entry, witness
from kubelint import repository as reading
from kubelint.cache import RunCache
from kubelint.cache_entry import clean, default_folder, folder_for
from kubelint.check import check
from kubelint.config import Settings, load
from kubelint.outcome import Outcome
from kubelint.report import FORMATS, Options, render

FIXTURES = Path(__file__).parent.parent / "fixtures"
DAY = 86_400


@pytest.fixture(params=[witness._TICK, -DAY * 10**9], ids=["times of now", "believed times"])  # noqa: SLF001
def repository(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose files are all too new for their times to be believed, or as if they were not."""
    monkeypatch.setattr(witness, "_TICK", request.param)
    monkeypatch.setattr(reading, "KEPT_FROM", 1)
    root = tmp_path / "repository"
    shutil.copytree(FIXTURES / "kubernetes" / "key-not-found" / "bad", root / "plain")
    shutil.copytree(FIXTURES / "kustomize" / "missing-file" / "bad", root / "kustomized")
    shutil.copytree(FIXTURES / "compose" / "missing-file" / "bad", root / "composed")
    (root / ".kubelint.yaml").write_text("rules: {extend-select: [style]}\n")
    (root / ".gitignore").write_text("generated/\n")
    (root / "generated").mkdir()
    return root


def entry(root: Path, folder: Path, **options: object) -> RunCache:
    return RunCache(folder, root, load(root / ".kubelint.yaml"), **options)  # type: ignore[arg-type]


def shown(outcome: Outcome) -> list[str]:
    return [render(name, outcome, Options(verbose=True, suppressed=True)) for name in FORMATS]


def fresh(root: Path) -> list[str]:
    return shown(check(root, load(root / ".kubelint.yaml")))


def run(root: Path, folder: Path) -> tuple[list[str], bool]:
    """Do what the command line does: return the reports and whether they come out of the cache."""
    own = entry(root, folder)
    outcome = own.load()
    if outcome is not None:
        return shown(outcome), True
    report = check(root, load(root / ".kubelint.yaml"), kept=own.files)
    own.save(report, report.built.graph.repository)
    own.files.save()
    return shown(report), False


def test_the_second_run_gives_the_same_reports_in_every_format(repository: Path, tmp_path: Path) -> None:
    first, warm = run(repository, tmp_path / "cache")
    assert not warm
    assert "kubernetes/key-not-found" in first[0]
    assert run(repository, tmp_path / "cache") == (first, True)


def append(root: Path) -> None:
    with (root / "plain" / "web" / "deployment.yaml").open("a") as stream:
        stream.write("# a comment\n")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file changes": append,
    "a file of the same size changes": lambda root: swap(root / ".gitignore", "generated/\n", "composed/x\n"),
    "a file is added": lambda root: (root / "plain" / "new.yaml").write_text("apiVersion: v1\nkind: [\n"),
    "a file is removed": lambda root: next((root / "plain").rglob("*.yaml")).unlink(),
    "a file that is no configuration is added": lambda root: (root / "composed" / "web.env.example").write_text(
        "A=1\n"
    ),
    "a folder is renamed": lambda root: (root / "plain").rename(root / "manifests"),
    "a file becomes a folder": lambda root: to_folder(next((root / "plain").rglob("*.yaml"))),
    "a file becomes a link": lambda root: to_link(next((root / "plain").rglob("*.yaml"))),
    "what is ignored appears": lambda root: (root / "generated" / "patch.yaml").write_text("a: 1\n"),
    "what is ignored and referred to appears": lambda root: (root / "built" / "out" / "settings.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"
    ),
    "a link leads out from now on": lambda root: relink(root / "current.yaml", root.parent / "elsewhere.yaml"),
    "the configuration changes": lambda root: (root / ".kubelint.yaml").write_text("fail-on: error\n"),
}


def swap(path: Path, old: str, new: str) -> None:
    assert len(old) == len(new)
    status = path.stat()
    path.write_text(path.read_text().replace(old, new))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # as an archive tool does


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def relink(path: Path, target: Path) -> None:
    target.write_text("a: 1\n")
    path.unlink()
    path.symlink_to(target)


def to_link(path: Path) -> None:
    target = path.rename(path.with_suffix(".txt"))
    path.symlink_to(target.name)


def looked_at(root: Path) -> None:
    """Add what a run looks at without reading it: an ignored file that a kustomization names, and a link."""
    (root / "built" / "out").mkdir(parents=True)
    (root / "built" / ".gitignore").write_text("out/\n")
    (root / "built" / "kustomization.yaml").write_text("resources: [out/settings.yaml]\n")
    (root / "current.yaml").symlink_to("plain/web/deployment.yaml")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(change: Callable[[Path], object], repository: Path, tmp_path: Path) -> None:
    looked_at(repository)
    run(repository, tmp_path / "cache")
    change(repository)
    assert run(repository, tmp_path / "cache")[0] == fresh(repository), "a report of the past was believed"
    assert run(repository, tmp_path / "cache")[0] == fresh(repository)


def test_new_times_alone_are_no_change(repository: Path, tmp_path: Path) -> None:
    first, _ = run(repository, tmp_path / "cache")
    for path in repository.rglob("*"):
        os.utime(path, follow_symlinks=False)
    assert run(repository, tmp_path / "cache") == (first, True)


def test_random_edits_give_the_reports_of_fresh_runs(repository: Path, tmp_path: Path) -> None:
    chosen = random.Random(8)
    for _ in range(25):
        files = [path for path in sorted(repository.rglob("*")) if path.is_file() and path.name != ".kubelint.yaml"]
        path = chosen.choice(files)
        text = path.read_text()
        place = chosen.randrange(len(text) + 1)
        match chosen.randrange(5):
            case 0:
                path.write_text(text[:place] + chosen.choice("\n :-x{") + text[place:])
            case 1:
                path.write_text(text[:place] + text[place + chosen.randrange(9) :])
            case 2:
                path.with_name(f"copy-{chosen.randrange(4)}.yaml").write_text(text)
            case 3 if len(files) > 6:
                path.unlink()
            case _:
                pass
        assert run(repository, tmp_path / "cache")[0] == fresh(repository)


def test_another_version_does_not_believe_an_entry(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = run(repository, tmp_path / "cache")
    monkeypatch.setattr(cache_entry, "__version__", "0.0.9")
    assert run(repository, tmp_path / "cache") == (first, False)
    assert run(repository, tmp_path / "cache") == (first, True)


def test_options_have_entries_of_their_own(repository: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    run(repository, folder)
    assert entry(repository, folder, paths=("plain",)).load() is None
    assert entry(repository, folder, touching=True).load() is None
    other = RunCache(folder, repository, Settings(select=("all",)))
    assert other.load() is None


@pytest.mark.parametrize("kind", ["run", "files"])
@pytest.mark.parametrize("harm", ["empty", "cut", "flipped", "foreign", "folder", "other user's form"])
def test_a_harmed_entry_is_ignored_and_replaced(harm: str, kind: str, repository: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    first, _ = run(repository, folder)
    (path,) = folder.glob(f"*.{kind}")
    raw = path.read_bytes()
    if kind == "files":  # it is read where the report is of no use
        next(folder.glob("*.run")).unlink()
    if harm == "folder":
        path.unlink()
        path.mkdir()
        assert run(repository, folder) == (first, False)
        return
    path.write_bytes(
        {
            "empty": b"",
            "cut": raw[: len(raw) // 2],
            "flipped": raw[:-40] + bytes([raw[-40] ^ 1]) + raw[-39:],
            "foreign": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
            "other user's form": raw[:20] + raw,
        }[harm]
    )
    assert run(repository, folder) == (first, False)
    assert run(repository, folder) == (first, True)


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(repository: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    first, _ = run(repository, blocked)
    assert run(repository, blocked) == (first, False)
    assert blocked.read_text() == "a file where the folder should be"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_an_entry_of_another_user_is_not_believed(repository: Path, tmp_path: Path) -> None:
    first, _ = run(repository, tmp_path / "cache")
    (path,) = (tmp_path / "cache").glob("*.run")
    os.chown(path, 12_345, 12_345)
    assert run(repository, tmp_path / "cache") == (first, False)


def test_an_entry_that_is_a_link_is_not_followed(repository: Path, tmp_path: Path) -> None:
    first, _ = run(repository, tmp_path / "cache")
    (path,) = (tmp_path / "cache").glob("*.run")
    path.symlink_to(path.rename(tmp_path / "elsewhere"))
    assert run(repository, tmp_path / "cache") == (first, False)


def test_the_folder_is_the_users_and_never_inside_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBELINT_CACHE_DIR", str(tmp_path / "of-ci"))
    assert default_folder() == tmp_path / "of-ci"
    assert folder_for(tmp_path) is None, "a repository could bring its own cache along"
    assert folder_for(tmp_path / "of-ci") is None
    assert folder_for(tmp_path, tmp_path / "asked-for") == tmp_path / "asked-for"
    monkeypatch.delenv("KUBELINT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    if sys.platform.startswith("linux"):
        assert folder_for(tmp_path / "repository") == tmp_path / "xdg" / "kubelint"


def test_cleaning_removes_entries_and_nothing_else(repository: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    run(repository, folder)
    (folder / "notes.txt").write_text("mine")
    (folder / ".abc.run.17.tmp").write_text("left over")
    assert clean(folder) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["CACHEDIR.TAG", "notes.txt"]
    assert clean(tmp_path / "no-such-folder") == 0
