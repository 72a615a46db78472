"""What a run imports: a start-up that somebody waits for at every commit must not load what it does not use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"
HEAVY = frozenset(
    {"networkx", "jsonschema", "referencing", "kubernetes_validate", "sarif_om", "attr", "pygls", "lsprotocol"}
    | {"ruamel", "multiprocessing", "concurrent", "asyncio", "sqlite3", "importlib.metadata", "pathspec", "pickle"}
)


def imported(root: Path, *arguments: str) -> set[str]:
    """Return the modules that a command has loaded when it ends."""
    program = (
        "import sys, os, runpy\n"
        "real = os._exit\n"
        "def end(code):\n"
        "    sys.stdout.flush()\n"
        "    print('\\nLOADED', *sys.modules)\n"
        "    sys.stdout.flush()\n"
        "    real(code)\n"
        "os._exit = end\n"
        "sys.argv = ['kubelint', *sys.argv[1:]]\n"
        "runpy.run_module('kubelint', run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("LOADED")[2].split())


def rule_modules(modules: set[str]) -> set[str]:
    return {name for name in modules if name.startswith("kubelint_rules.") and name.count(".") == 2}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "service.yaml").write_text(SERVICE)
    return folder


def test_checking_a_clean_file_loads_no_heavy_library(root: Path) -> None:
    modules = imported(root, "check", ".", "--root", ".", "--no-cache")
    assert "kubelint.check" in modules
    assert not HEAVY & modules


def test_only_rules_about_what_is_there_are_imported(root: Path) -> None:
    names = rule_modules(imported(root, "check", ".", "--root", ".", "--no-cache"))
    assert "kubelint_rules.kubernetes.service_selects_nothing" in names
    assert not {name for name in names if ".compose." in name or ".drone." in name or ".kubespray." in name}
    assert "kubelint_rules.kubernetes.probe_port_not_found" not in names, "it is about containers, and there are none"


def test_a_warm_run_imports_no_rule_no_system_and_no_reader(root: Path, tmp_path: Path) -> None:
    cached = ("check", ".", "--root", ".", "--cache-dir", str(tmp_path / "cache"))
    imported(root, *cached)
    modules = imported(root, *cached)
    assert "kubelint.check" not in modules
    assert not {
        name for name in modules if name.startswith(("kubelint.systems", "kubelint_rules.", "jsonschema", "yaml"))
    }


@pytest.mark.parametrize("arguments", [("--version",), ("rules",), ("explain", "kubernetes/key-not-found")])
def test_what_needs_no_repository_loads_no_reader(arguments: tuple[str, ...], tmp_path: Path) -> None:
    modules = imported(tmp_path, *arguments)
    assert not rule_modules(modules)
    assert not {"yaml", "jsonschema_rs", "kubelint.repository", "kubelint.graph.query"} & modules


def test_a_server_shows_what_is_known_before_it_loads_what_it_is_asked_with(root: Path) -> None:
    """Of what it loads, an editor waits for all: a file is opened, and neither read nor checked so far."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "import kubelint.cli.server, kubelint.server.main\n"
        "from kubelint.server.session import Session\n"
        "session = Session(Path())\n"
        "session.open('service.yaml', Path('service.yaml').read_text())\n"
        "assert session.findings('service.yaml') == []\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    modules = set(done.stdout.split())
    assert "kubelint.server.session" in modules
    late = {"check", "build", "fix", "ignore", "server.preview", "server.mentions", "systems.kubernetes.model"}
    assert not ({"yaml", "tempfile", "difflib"} | {f"kubelint.{name}" for name in late}) & modules
