"""Work in several processes: the same results in the same order, whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kubelint import repository, runner, workers
from kubelint.check import check
from kubelint.config import Settings
from kubelint.workers import available, in_parts, ranges

FIXTURES = Path(__file__).parent.parent / "fixtures"
HERE = os.getpid()


def in_children(what: Callable[[int], Any]) -> Callable[[int], Any]:
    """Return work that does something only where it is done by a child, and else returns its number."""
    return lambda part: (part, part) if os.getpid() == HERE else what(part)


def left_over() -> bool:
    """Tell whether a child of this process is still there."""
    try:
        return os.waitpid(-1, os.WNOHANG) is not None
    except ChildProcessError:
        return False


def test_results_are_in_order_and_come_from_children() -> None:
    processes = in_parts(lambda part: (part, os.getpid()), 4)
    assert [part for part, _ in processes] == [0, 1, 2, 3]
    assert len({process for _, process in processes}) == (4 if hasattr(os, "fork") else 1)
    assert not left_over()


@pytest.mark.parametrize(
    "failure",
    [
        lambda _: 1 / 0,
        lambda _: os.kill(os.getpid(), signal.SIGKILL),
        lambda _: object(),
        lambda _: sys.exit(3),
        lambda _: os._exit(0),
    ],
    ids=["raises", "is killed", "returns what cannot be carried", "exits", "ends without a word"],
)
def test_what_a_child_fails_to_do_is_done_here(failure: Callable[[int], Any]) -> None:
    assert in_parts(in_children(failure), 3) == [(0, 0), (1, 1), (2, 2)]
    assert not left_over()


def test_without_processes_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise OSError

    monkeypatch.setattr(os, "fork", refuse)
    assert in_parts(lambda _: os.getpid() == HERE, 3) == [True, True, True]


def test_an_interruption_ends_the_children() -> None:
    def work(part: int) -> None:
        if part == 0:
            raise KeyboardInterrupt
        signal.pause()

    with pytest.raises(KeyboardInterrupt):
        in_parts(work, 3)
    assert not left_over()


def test_beside_other_threads_nothing_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBELINT_JOBS", "3")
    assert available() == (3 if sys.platform.startswith("linux") else 1)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert available() == 1
    finally:
        done.set()
        thread.join()


def test_ranges_share_everything_out_once() -> None:
    for count in (0, 1, 2, 7, 100):
        for parts in (1, 2, 3, 8):
            shares = ranges(count, parts)
            assert [number for share in shares for number in share] == list(range(count))
            assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("system", ["istio", "kustomize", "compose", "drone"])
def test_a_run_in_parts_finds_what_a_run_in_one_finds(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "SHARED_FROM", 2)
    monkeypatch.setattr(runner, "SHARED_FROM", 2)
    found = []
    for jobs in ("1", "3"):
        monkeypatch.setenv(workers.ENVIRONMENT, jobs)
        report = check(FIXTURES / system, Settings(select=("all",)))
        found.append((report.findings, report.suppressed, report.coverage))
    assert found[0] == found[1]
    assert len(found[0][0]) > 25
