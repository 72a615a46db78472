"""A repository is only read: nothing outside of it is, nothing in it runs, and nothing is fetched."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.config import Settings
from kubelint.report import FORMATS, Options, render

ROOT = Path(__file__).resolve().parent.parent
WATCHED = Path(__file__).with_name("watched.py")
SHARED = Path(os.environ.get("KUBELINT_SHARED", ROOT.parent / "shared"))
#: What lies outside of the repository; no report may ever show it.
SECRET = "swordfish-7c1e"  # noqa: S105 - it stands for one
MANIFEST = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: {SECRET}}}\nstringData: {{password: {SECRET}}}\n"
OUTSIDE = {
    "secret.yaml": MANIFEST,
    "compose.yaml": f"services: {{{SECRET}: {{image: x, command: {SECRET}}}}}\n",
    ".env": f"TAG={SECRET}\n",
    "base/kustomization.yaml": f"namePrefix: {SECRET}-\nresources: [../secret.yaml]\n",
    "Dockerfile": f"FROM {SECRET}\n",
    "example.org/trap_v1.json": json.dumps({"type": "object", "properties": {SECRET: {"type": "string"}}, "required": [SECRET]}),
    "hosts.ini": f"[all]\n{SECRET} ansible_host=10.0.0.1\n[kube_node]\n{SECRET}\n",
    ".kubelint.yaml": f"{SECRET}: 1\n",
    ".kubelint-baseline.yaml": f"{SECRET}: 1\n",
}  # fmt: skip
WAYS = (
    "../outside",
    "{absolute}",
    "file://{absolute}",
    "linked",
    "//host/share",
    "\\\\\\\\host\\\\share",
    "deep/../../outside",
)


def inside(way: str) -> dict[str, str]:
    """Return files of a repository that name what lies outside, each in its system's own way."""
    return {
        "kustomize/kustomization.yaml": (
            f"resources:\n- '{way}/base'\n- '{way}/secret.yaml'\n- https://example.invalid/base?ref=v1\n- git@example.invalid:a/b\n"
            f"components: ['{way}/base']\ncrds: ['{way}/secret.yaml']\npatches: [{{path: '{way}/secret.yaml'}}]\n"
            f"configMapGenerator:\n- {{name: a, files: ['{way}/.env', 'x={way}/secret.yaml'], envs: ['{way}/.env']}}\n"
            f"openapi: {{path: '{way}/secret.yaml'}}\nhelmCharts: [{{name: x, repo: 'https://example.invalid', valuesFile: '{way}/secret.yaml'}}]\n"
            f"generators: ['{way}/secret.yaml']\nconfigurations: ['{way}/secret.yaml']\nreplacements: [{{path: '{way}/secret.yaml'}}]\n"
        ),
        "compose.yaml": (
            f"include: ['{way}/compose.yaml', {{path: '{way}/compose.yaml', env_file: '{way}/.env', project_directory: '{way}'}}]\n"
            f"services:\n  web:\n    extends: {{file: '{way}/compose.yaml', service: {SECRET[:4]}}}\n    image: web:${{TAG}}\n"
            f"    env_file: ['{way}/.env']\n    build: {{context: '{way}', dockerfile: '{way}/Dockerfile'}}\n"
            f"    volumes: ['{way}/secret.yaml:/a']\nsecrets: {{a: {{file: '{way}/secret.yaml'}}}}\nconfigs: {{b: {{file: '{way}/.env'}}}}\n"
        ),
        "Dockerfile": f"# syntax=docker/dockerfile:1\nFROM scratch\nCOPY {way}/secret.yaml /\nADD https://example.invalid/x /\nRUN . {way}/.env\n",
        ".drone.yml": (
            "kind: pipeline\ntype: docker\nname: a\nsteps:\n- name: b\n  image: plugins/docker\n"
            f"  settings: {{dockerfile: '{way}/Dockerfile', repo: a/b}}\n  commands: ['cat {way}/secret.yaml', 'make -f {way}/secret.yaml']\n"
        ),
        "inventory/hosts.yaml": (
            f"all:\n  hosts: {{node1: {{ansible_ssh_private_key_file: '{way}/secret.yaml', x: \"{{{{ lookup('file', '{way}/.env') }}}}\"}}}}\n"
            "  children: {kube_node: {hosts: {node1: }}, etcd: {hosts: {node1: }}}\n"
        ),
        "trap.yaml": "apiVersion: example.org/v1\nkind: Trap\nmetadata: {name: a}\n",
        "crd.yaml": (
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: lures.example.org}\nspec:\n"
            "  group: example.org\n  names: {kind: Lure, plural: lures}\n  scope: Namespaced\n  versions:\n  - name: v1\n"
            "    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object, properties: {\n"
            f"      a: {{$ref: '{way}/example.org/trap_v1.json'}}, b: {{$ref: 'https://example.invalid/x.json'}}}}}}}}\n"
        ),
        "lure.yaml": "apiVersion: example.org/v1\nkind: Lure\nmetadata: {name: a}\na: 1\nb: 2\n",
        "settings.yaml": (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
            f"  nginx.conf: 'include {way}/secret.yaml;'\n  a.xml: '<!DOCTYPE a [<!ENTITY b SYSTEM \"file://{way}/secret.yaml\">]><a>&b;</a>'\n"
        ),
    }  # fmt: skip


def lay_out(tmp_path: Path, way: str) -> Path:
    outside, root = tmp_path / "outside", tmp_path / "root"
    files = {outside / name: text for name, text in OUTSIDE.items()}
    files |= {root / name: text for name, text in inside(way.format(absolute=outside)).items()}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "deep").mkdir()
    for folder in (root, root / "kustomize", root / "inventory"):
        (folder / "linked").symlink_to(outside, target_is_directory=True)
    (root / "linked.yaml").symlink_to(outside / "secret.yaml")
    (root / "hosts.ini").symlink_to(outside / "hosts.ini")
    (root / "escape").symlink_to("/")
    return root


def watched(root: Path, *, cwd: Path | None = None) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "KUBELINT_JOBS": "1"}
    run = subprocess.run(
        [sys.executable, "-P", str(WATCHED), str(root)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    # Looking for a module to import lists the folders that hold kubelint itself.
    searched = {f"os.listdir {folder}" for folder in sys.path}
    return [line for line in run.stdout.splitlines() if line and line not in searched]


@pytest.mark.parametrize(
    "way", WAYS, ids=["parent", "absolute", "file-url", "link", "unc", "backslashes", "round-about"]
)
def test_nothing_outside_the_root_is_read_or_shown(tmp_path: Path, way: str) -> None:
    root = lay_out(tmp_path, way)
    assert watched(root) == []
    (root / ".kubelint.yaml").write_text(f"schemas: ['{way}', linked, ../outside, escape]\n", encoding="utf-8")
    report = check(root, Settings(select=("all",), schemas=(way, "linked", "../outside", str(tmp_path / "outside"))))
    assert report.findings
    assert "repository/rule-crashed" not in {finding.rule for finding in report.findings}
    for name in FORMATS:
        assert SECRET not in render(name, report, Options(verbose=True))


def test_the_fixtures_are_only_read() -> None:
    assert watched(ROOT / "fixtures") == []


@pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="the corpus of real repositories is not at hand")
def test_real_repositories_are_only_read() -> None:
    assert watched(SHARED / "corpus") == []


PLANTED = (
    "yaml",
    "click",
    "json",
    "pathspec",
    "jsonschema_rs",
    "sitecustomize",
    "usercustomize",
    "kubelint_rules",
    "conftest",
    "re",
)


def planted(root: Path) -> Path:
    """Lay out modules that shadow what kubelint imports; each leaves a mark when it runs."""
    root.mkdir(exist_ok=True)
    mark = root / "ran"
    for name in PLANTED:
        (root / f"{name}.py").write_text(f"open({str(mark)!r}, 'a').write({name!r})\n", encoding="utf-8")
    (root / "a.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selectr: {}}\n", encoding="utf-8"
    )
    (root / "b.yaml").write_text(
        f"a: !!python/object/apply:os.system ['touch {mark}']\nb: !!python/name:os.system\n", encoding="utf-8"
    )
    (root / "c.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"{{ lipsum.__globals__['os'].popen('touch " + str(mark) + "') }}\"}\n"
        "data: {a: '{{ 7*7 }}', b: '${7*7}', c: '$(touch " + str(mark) + ")', d: '`touch " + str(mark) + "`'}\n", encoding="utf-8"
    )  # fmt: skip
    (root / "kustomization.yaml").write_text(
        "resources: [a.yaml]\ngenerators: [exec.yaml]\ntransformers: [exec.yaml]\nvalidators: [exec.yaml]\n",
        encoding="utf-8",
    )
    (root / "exec.yaml").write_text(
        "apiVersion: example.org/v1\nkind: Run\nmetadata:\n  name: a\n  annotations:\n"
        "    config.kubernetes.io/function: 'exec: {path: ./run.sh}'\n", encoding="utf-8"
    )  # fmt: skip
    (root / "run.sh").write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
    (root / "run.sh").chmod(0o755)
    return mark


@pytest.mark.parametrize(
    "start", [["-m", "kubelint"], ["-c", "from kubelint.cli import main; main()"]], ids=["module", "command"]
)
def test_modules_of_the_repository_are_not_imported(tmp_path: Path, start: list[str]) -> None:
    root = tmp_path / "repository"
    mark = planted(root)
    safe = (
        ["-P"] if start[0] == "-c" else []
    )  # the installed command has its own folder first on the path, as -P has none
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    run = subprocess.run(
        [sys.executable, *safe, *start, "check", "--select", "all"],
        cwd=root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1, run.stderr
    assert "kubernetes/unknown-field" in run.stdout
    assert not mark.exists()


def test_nothing_of_the_repository_is_run(tmp_path: Path) -> None:
    mark = planted(tmp_path / "repository")
    assert watched(tmp_path / "repository", cwd=tmp_path) == []
    assert not mark.exists()


def test_the_watch_sees_what_it_is_for(tmp_path: Path) -> None:
    """The audit is of no use if a reader that breaks out goes unnoticed."""
    (tmp_path / "a.yaml").write_text("a: b\n", encoding="utf-8")
    code = (
        "import os, runpy, socket, sys, kubelint.repository as r\n"
        "from pathlib import Path\n"
        "old = r.Repository._read\n"
        "def evil(self, *arguments):\n"
        "    Path('/etc/hosts').read_text(); compile('1', 'x', 'eval'); import subprocess; subprocess.run(['true'])\n"
        "    os.close(os.open(sys.argv[1] + '/new', os.O_CREAT | os.O_WRONLY)); socket.socket().close(); os.utime('.')\n"
        "    return old(self, *arguments)\n"
        "r.Repository._read = evil\n"
        f"sys.argv = ['watched', {str(tmp_path)!r}]; runpy.run_path({str(WATCHED)!r}, run_name='__main__')\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    run = subprocess.run(
        [sys.executable, "-P", "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert "open /etc/hosts" in run.stdout, run.stderr
    for event in ("subprocess.Popen", "write ", "socket.__new__", "os.utime"):
        assert event in run.stdout, event


#: A system call that strace shows: its name and, for those of files, the path.
CALL = re.compile(r"(?P<name>\w+)\((?:AT_FDCWD, |-?\d+, )?(?:\"(?P<path>(?:[^\"\\]|\\.)*)\")?(?P<rest>.*)")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_operating_system_sees_no_program_no_socket_and_no_write(tmp_path: Path) -> None:
    root, log = lay_out(tmp_path, "../outside"), tmp_path / "log"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment["XDG_CACHE_HOME"] = str(tmp_path / "cache")
    environment["KUBELINT_CACHE_DIR"] = str(tmp_path / "cache")
    calls = "trace=execve,socket,connect,openat,open,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,symlink,symlinkat"
    run = subprocess.run(
        ["strace", "-f", "-qq", "-s", "4096", "-e", calls, "-o", str(log), sys.executable, "-m", "kubelint", "check", str(root),
         "--root", str(root), "--format", "json"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "ptrace" in run.stderr or not log.exists():
        pytest.skip("this system does not let strace look")
    assert run.returncode == 1, run.stderr
    forbidden = []
    cache = str(tmp_path / "cache")
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        found = CALL.match(line.split(None, 1)[1])
        if found is None or "= -1 " in line:
            continue
        name, path = found["name"], os.path.realpath(found["path"] or "")
        if name == "execve" and path == os.path.realpath(sys.executable):
            continue
        if name in ("open", "openat"):
            writes = re.search(r"O_WRONLY|O_RDWR|O_CREAT", found["rest"]) and not path.startswith((cache, "/dev/"))
            if not writes and not path.startswith(str(tmp_path / "outside")):
                continue
        elif path.startswith(cache):
            continue
        forbidden.append(line)
    assert forbidden == []


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        (".kubelint.yaml", ["check"]),
        (".kubelint-baseline.yaml", ["check"]),
        (".kubelint-baseline.yaml", ["baseline", "check"]),
    ],
)
def test_own_files_are_not_read_through_links_that_lead_out(tmp_path: Path, name: str, arguments: list[str]) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside.yaml").write_text(f"{SECRET}: [\n", encoding="utf-8")
    (root / "a.yaml").write_text(MANIFEST.replace(SECRET, "a"), encoding="utf-8")
    (root / name).symlink_to(tmp_path / "outside.yaml")
    run = kubelint(*arguments, "--root", str(root), cwd=tmp_path)
    assert run.returncode == 2
    assert "leads out of the repository" in run.stderr
    assert SECRET not in run.stdout + run.stderr
    (root / name).unlink()
    os.mkfifo(root / name)  # and nobody waits for a pipe
    run = kubelint(*arguments, "--root", str(root), cwd=tmp_path)
    assert run.returncode == 2
    assert "not a regular file" in run.stderr


def kubelint(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.run(
        [sys.executable, "-P", "-m", "kubelint", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_only_the_command_line_loads_a_rule_pack(tmp_path: Path) -> None:
    for key in ("packs: [evil]", "pack: evil", "plugins: [evil]", "rules: {packs: [evil]}"):
        (tmp_path / ".kubelint.yaml").write_text(key + "\n", encoding="utf-8")
        run = kubelint("check", cwd=tmp_path)
        assert run.returncode == 2
        assert "is no setting" in run.stderr


def test_a_written_file_never_goes_through_a_link_of_the_repository(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.write_text("mine", encoding="utf-8")
    (root / "a.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selectr: {}}\n", encoding="utf-8"
    )
    for number in range(os.getpid(), os.getpid() + 400):  # a name that can be foreseen can be laid out as a link
        (root / f"..kubelint-baseline.yaml.{number}.tmp").symlink_to(outside)
    assert kubelint("baseline", "create", cwd=root).returncode == 0
    (root / "report.json").symlink_to(outside)
    assert kubelint("check", "--no-baseline", "--format", f"json={root / 'report.json'}", cwd=root).returncode == 1
    assert outside.read_text(encoding="utf-8") == "mine"
    assert (root / ".kubelint-baseline.yaml").stat().st_mode & 0o777 == 0o666 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize(
    "setting", ["filter.evil.clean", "filter.evil.process", "filter.a=b.clean", "core.fsmonitor", "diff.evil.textconv"]
)
def test_comparing_with_a_commit_runs_nothing_of_the_repository(tmp_path: Path, setting: str) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )

    mark = tmp_path.parent / f"{tmp_path.name}-ran"
    name = setting.split(".")[1]
    (tmp_path / "a.yaml").write_text("a: b\n", encoding="utf-8")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "a")
    (tmp_path / ".gitattributes").write_text(f"* filter={name} diff={name}\n", encoding="utf-8")
    git("config", setting, f"touch {mark}; cat")
    os.utime(tmp_path / "a.yaml", (1, 1))  # changed as far as git can tell without reading it
    (tmp_path / "a.yaml").write_text("a: c\n", encoding="utf-8")
    assert kubelint("check", "--changed-since", "HEAD", "--allow-empty", cwd=tmp_path).returncode == 0
    assert not mark.exists()
